/** Bearer tokens, RFC 6750: how they are asked for, and the header that they make. */

/** A token; `null`, `undefined` and `''` stand for none. */
export type Token = string | null | undefined
/** Gives the token to send now. */
export type TokenSource = () => Token | Promise<Token>

/** Answers that are still awaited, by the token function that was asked. */
const pending = new WeakMap<TokenSource, Promise<Token>>()

/**
 * Asks for the token. Calls that begin while an answer is awaited share it: a function that renews a token which is about to
 * end would otherwise do so once for each of them, and spend a refresh token that is good for one use.
 */
export function askToken(source: TokenSource): Token | Promise<Token> {
  const shared = pending.get(source)
  if (shared) return shared
  const answer = source()
  if (typeof answer !== 'object' || answer === null) return answer
  const asked = Promise.resolve(answer).finally(() => {
    if (pending.get(source) === asked) pending.delete(source)
  })
  pending.set(source, asked)
  return asked
}

/** Forgets what is awaited, so that the next call asks anew. */
export function forgetToken(source: TokenSource): void {
  pending.delete(source)
}

/**
 * The value of the Authorization header, or `undefined` without a token. RFC 6750 section 2.1, but with all visible ASCII
 * characters, since servers make tokens that are no b64token.
 */
export function bearer(token: unknown): string | undefined {
  if (token === null || token === undefined || token === '') return undefined
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`
  throw new TypeError('auth: the token must be text of visible ASCII characters')
}

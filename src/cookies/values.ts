/** Names and values that a caller gives: what can be sent at all, and how a session's and a call's are merged. */

/** The cookies of a session or a call; `null` withholds the jar's cookie of that name. */
export type CookieValues = Readonly<Record<string, string | null>> | undefined

/**
 * RFC 6265bis section 5.6, step 1, and what would end the pair; a lone surrogate is no text, and so has no bytes. Step 5: a
 * server's blanks at an end are dropped, so such a cookie could not come back as it was given.
 */
const UNSENDABLE = /[;\0-\x08\x0a-\x1f\x7f]|\p{Surrogate}|^[ \t]|[ \t]$/u
/** Section 5.7: a value without a name that begins so would be sent as if it were a cookie with that prefix. */
const PREFIX_OR_NOTHING = /^(?:__(?:secure|host)-|$)/i

/** Checks that a server could have sent this cookie: name and value, in text. The message never holds the value. */
export function checkCookie(name: unknown, value: unknown): void {
  const shown = `'${JSON.stringify(String(name)).slice(1, -1)}'`
  if (typeof name !== 'string' || !isSendable(name) || name.includes('=')) throw notText(`name ${shown}`, "'=', ")
  if (typeof value !== 'string' || !isSendable(value)) throw notText(`value of ${shown}`, '')
  if (isMisleading(name, value))
    throw new TypeError(`cookies: a cookie named '' needs a value, and not one that begins like __Host- or __Secure-`)
}

function notText(what: string, also: string): TypeError {
  return new TypeError(
    `cookies: the ${what} must be text without ${also}';', control characters, lone surrogates and blanks at its ends`,
  )
}

/** Reports whether a header can carry a text as a name or a value, and a server's cookie can have it. */
export function isSendable(text: string): boolean {
  return !UNSENDABLE.test(text)
}

/** Reports whether a cookie has neither name nor value, or no name and a value that poses as one. */
export function isMisleading(name: string, value: string): boolean {
  return name === '' && PREFIX_OR_NOTHING.test(value)
}

/** What the rules on names are about. */
interface Prefixed {
  readonly name: string
  readonly secure: boolean
  readonly hostOnly?: boolean | null | undefined
  readonly path: string | null
}

/** Section 5.7, the name prefixes in any case: the rule that a cookie breaks, if it does. */
export function prefixProblem({ name, secure, hostOnly, path }: Prefixed): string | undefined {
  if (!name.startsWith('__')) return undefined
  const prefix = name.slice(0, 9).toLowerCase()
  if (prefix === '__secure-' && !secure) return 'the prefix __Secure- needs Secure'
  if (!prefix.startsWith('__host-') || (secure && hostOnly && path === '/')) return undefined
  return 'the prefix __Host- needs Secure, Path=/ and no Domain'
}

/** The `cookies` option as it is given. */
type CookieOption = Readonly<Record<string, string | null | undefined>> | null | undefined

/** Merges cookies by name; `undefined` inherits, `null` withholds. */
export function mergeCookies(base: CookieValues, more: CookieOption): CookieValues {
  if (more === undefined || more === null) return base
  if (typeof more !== 'object' || Symbol.iterator in more) throw new TypeError('cookies: give an object { name: value }')
  const merged: Record<string, string | null> = Object.assign(Object.create(null), base)
  for (const [name, value] of Object.entries(more)) {
    if (value === undefined) continue
    checkCookie(name, value ?? 'withheld')
    merged[name] = value
  }
  return merged
}

/**
 * What must not be seen in a trace, and how it is masked. Three rules, each on the safe side:
 *
 * - by place: credentials, cookies, userinfo, and the headers that the session calls sensitive;
 * - by name: a header, a query parameter or a field of a body that is called `token`, `password` and the like;
 * - by value: what was masked so in a call is masked wherever else the call shows it (a server that echoes it).
 *
 * Every expression here is linear in the text, which a server may have written.
 */

import type { TraceHeader } from './entry.ts'
import { type Hide, maskFields, maskParts } from './masked-bodies.ts'
import { decoded, isJWT, isSecretName, isSurelySecret, looksLikeToken } from './secret-names.ts'

const MASK = '•••'

/** Shorter secrets are not looked for elsewhere: a cookie `a=1` would take every 1 out of the trace. */
const SHORTEST_VALUE = 6
/** Values that are looked for in one call; a server that sets thousands of cookies must not make each text slow. */
const MOST_VALUES = 200

const SECRET_HEADERS: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization'])
/** They speak of credentials or keys, and hold none. */
const OPEN_HEADERS: ReadonlySet<string> = new Set([
  ...['www-authenticate', 'proxy-authenticate', 'access-control-allow-credentials'],
  ...['idempotency-key', 'sec-websocket-key', 'surrogate-key'],
])

/** Masks what one call shows. With `isOff` everything stays as it is. */
export class Mask {
  readonly #isOff: boolean
  readonly #sensitive: ReadonlySet<string>
  readonly #values = new Set<string>()

  constructor(isOff: boolean, sensitive: readonly string[] = []) {
    this.#isOff = isOff
    this.#sensitive = new Set(sensitive.map((name) => name.toLowerCase()))
  }

  /** A value that is secret by its place. Of an `Authorization` also what comes after the scheme. */
  secret(value: string): string {
    if (this.#isOff || value === '') return value
    this.#remember(value)
    this.#remember(value.slice(value.indexOf(' ') + 1))
    return MASK
  }

  /** Also without the quotes that a cookie may have, and as a string of JSON has it. */
  #remember(value: string): void {
    const bare = value.length > 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
    for (const form of [value, bare, JSON.stringify(bare).slice(1, -1)]) {
      if (form.length >= SHORTEST_VALUE && this.#values.size < MOST_VALUES) this.#values.add(form)
    }
  }

  /** A value that is secret by its name; one that may be a plain word is not looked for elsewhere. */
  readonly #hide: Hide = (value, name) => {
    if (isSurelySecret(name) && value !== MASK)
      for (const form of [value, decoded(value.replaceAll('+', ' '))]) this.#remember(form)
    return MASK
  }

  header({ name, value }: TraceHeader): TraceHeader {
    if (this.#isOff) return { name, value }
    const lower = name.toLowerCase()
    if (lower === 'cookie')
      return {
        name,
        value: value
          .split(/; */)
          .map((pair) => this.#pair(pair))
          .join('; '),
      }
    if (lower === 'set-cookie') return { name, value: this.#setCookie(value) }
    if (this.#isSecretHeader(lower)) return { name, value: this.secret(value) }
    return { name, value: this.text(this.#address(value)) }
  }

  #isSecretHeader(name: string): boolean {
    if (SECRET_HEADERS.has(name) || this.#sensitive.has(name)) return true
    return !OPEN_HEADERS.has(name) && (isSecretName(name) || name.endsWith('-key') || name.includes('cookie'))
  }

  #setCookie(line: string): string {
    const end = line.indexOf(';')
    return end < 0 ? this.#pair(line) : this.#pair(line.slice(0, end)) + line.slice(end)
  }

  /** A cookie without a name is all value. */
  #pair(pair: string): string {
    const end = pair.indexOf('=')
    return pair.slice(0, end + 1) + this.secret(pair.slice(end + 1).trim())
  }

  /**
   * Without userinfo, secret parameters, and the fragment, which is never sent. By value only in the query: a path that has a
   * cookie's value in it (`/english/`) is no secret, and a trace without paths is of no use.
   */
  url(text: string): string {
    if (this.#isOff) return text
    const masked = this.#address(text.split('#', 1)[0] ?? '')
    const query = masked.indexOf('?')
    return query < 0 ? masked : masked.slice(0, query) + this.text(masked.slice(query))
  }

  /** A text that may quote a secret of this call. */
  text(text: string): string {
    let masked = text
    for (const value of this.#values) masked = masked.replaceAll(value, MASK)
    return masked
  }

  /** A body: the fields of forms, JSON and markup that are called like secrets, and the addresses in it. */
  body(text: string, mimeType: string): string {
    if (this.#isOff) return text
    const type = mimeType.toLowerCase()
    if (type.startsWith('application/x-www-form-urlencoded')) return this.text(maskPairs(text, this.#hide))
    if (type.startsWith('multipart/')) return this.text(maskParts(text, this.#hide))
    return this.text(maskFields(this.#address(text), type, this.#hide))
  }

  #address(text: string): string {
    return maskAddress(text, this.#hide)
  }

  /** The message of whatever was thrown, on one line. */
  error(error: unknown): string {
    const message = error instanceof Error ? `${error.name}: ${wordsOf(error)}` : String(error)
    const [line = ''] = message.split('\n', 1)
    return this.#isOff ? line : this.text(this.#address(line.slice(0, 500)))
  }
}

/** A platform's "fetch failed" says nothing; the session's own words for it are its cause, and begin with method and URL. */
function wordsOf({ message, cause }: Error): string {
  return cause instanceof Error && /^[A-Z]+ [a-z][\w+.-]*:\/\//.test(cause.message) ? cause.message : message
}

/** Userinfo, secret parameters of query, fragment and path, and a JWT as a path segment, wherever in a text they stand. */
function maskAddress(text: string, hide: Hide): string {
  const withoutUser = text.replace(/:\/\/[^\s/?#"'<>\\]*@/g, `://${MASK}@`)
  return maskPairs(withoutUser, hide).replace(/\/([^/?#\s]+)/g, (whole, segment: string) => (isJWT(segment) ? `/${MASK}` : whole))
}

/**
 * `;` also begins a parameter of a path (`/x;jsessionid=1?q=2`), which ends where the query begins. After a blank stand the
 * words of a message or a line of settings, where only the name counts.
 */
function maskPairs(text: string, hide: Hide): string {
  const maskIf =
    (isSecret: (name: string, value: string) => boolean) => (whole: string, before: string, name: string, value: string) =>
      value !== '' && isSecret(name, value) ? `${before}${name}=${hide(value, name)}` : whole
  return text
    .replace(/(;)([^=&#?;\s<>"']+)=([^&#?;\s<>"']*)/g, maskIf(isSecretPair))
    .replace(/(^|[?&#])([^=&#?;\s<>"']+)=([^&#;\s<>"']*)/g, maskIf(isSecretPair))
    .replace(/(\s)([^=&#?;\s<>"']+)=([^&#;\s<>"']*)/g, maskIf(isSecretName))
}

/** Also a parameter that is itself an address with a secret or userinfo in it: `next=/x%3Ftoken%3D1`. */
function isSecretPair(name: string, value: string): boolean {
  if (isSecretName(name) || looksLikeToken(value)) return true
  if (!/%3d|%40|@/i.test(value)) return false
  const inner = decoded(value)
  if (/^[a-z][a-z\d+.-]*:\/\/[^/?#]*@/i.test(inner)) return true
  return inner.split(/[?&#;]/).some((pair) => pair.includes('=') && isSecretName(pair.slice(0, pair.indexOf('='))))
}

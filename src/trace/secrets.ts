/**
 * What must not be seen in a trace, and how it is masked. Three rules, each on the safe side:
 *
 * - by place: credentials, cookies, userinfo, and the headers that the session calls sensitive;
 * - by name: a header, a query parameter or a field of a body that is called `token`, `password` and the like;
 * - by value: what was masked in a call by place is masked wherever else the call shows it (a server that echoes it).
 *
 * Every expression here is linear in the text, which a server may have written.
 */

import type { TraceHeader } from './entry.ts'

const MASK = '•••'

/** Shorter secrets are not looked for elsewhere: a cookie `a=1` would take every 1 out of the trace. */
const SHORTEST_VALUE = 6
/** Values that are looked for in one call; a server that sets thousands of cookies must not make each text slow. */
const MOST_VALUES = 200

const SECRET_HEADERS: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization'])
/** They speak of credentials, and hold none. */
const OPEN_HEADERS: ReadonlySet<string> = new Set(['www-authenticate', 'proxy-authenticate', 'access-control-allow-credentials'])
const SECRET_WORD =
  /token|secret|passw|pwd|passphrase|apikey|accesskey|privatekey|auth(?!or(?!i[sz]))|signature|credential|session|jwt|csrf|xsrf|assertion/
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'sid',
  'sig',
  'code',
  'key',
  'pin',
  'otp',
  'nonce',
  'ticket',
  'samlresponse',
  'samlrequest',
])

/** Reports whether a parameter, field or header is called like a secret. */
export function isSecretName(name: string): boolean {
  const plain = decoded(name)
    .toLowerCase()
    .replace(/[-_.\s[\]]/g, '')
  return SECRET_NAMES.has(plain) || SECRET_WORD.test(plain)
}

/** Reports whether a value looks made by a machine to be unguessable: a JWT, or 20 characters and more of letters and digits. */
export function looksLikeToken(value: string): boolean {
  const plain = decoded(value)
  if (isJWT(plain)) return true
  const isDate = /^\d{4}-\d\d-\d\d/.test(plain)
  return plain.length >= 20 && !isDate && /^[\w.~+/=-]+$/.test(plain) && /\d/.test(plain) && /[a-z]/i.test(plain)
}

/** RFC 7519: header and payload are JSON objects in base64url, so both begin with `{"`. */
function isJWT(text: string): boolean {
  return /^eyJ[\w-]+\.[\w-]+/.test(text)
}

function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

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
    for (const one of [value, value.slice(value.indexOf(' ') + 1)]) {
      if (one.length >= SHORTEST_VALUE && this.#values.size < MOST_VALUES) this.#values.add(one)
    }
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
    return { name, value: this.text(maskAddress(value)) }
  }

  #isSecretHeader(name: string): boolean {
    if (SECRET_HEADERS.has(name) || this.#sensitive.has(name)) return true
    return !OPEN_HEADERS.has(name) && isSecretName(name)
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
    const masked = maskAddress(text.split('#', 1)[0] ?? '')
    const query = masked.indexOf('?')
    return query < 0 ? masked : masked.slice(0, query) + this.text(masked.slice(query))
  }

  /** A text that may quote a secret of this call. */
  text(text: string): string {
    let masked = text
    for (const value of this.#values) masked = masked.replaceAll(value, MASK)
    return masked
  }

  /** A body: the fields of JSON and of forms that are called like secrets. */
  body(text: string, mimeType: string): string {
    if (this.#isOff) return text
    const isForm = mimeType.startsWith('application/x-www-form-urlencoded')
    const isMultipart = mimeType.startsWith('multipart/')
    return this.text(isForm ? maskPairs(text) : isMultipart ? maskParts(text) : maskFields(text))
  }

  /** The message of whatever was thrown, on one line. */
  error(error: unknown): string {
    const message = error instanceof Error ? `${error.name}: ${wordsOf(error)}` : String(error)
    const [line = ''] = message.split('\n', 1)
    return this.#isOff ? line : this.text(maskAddress(line.slice(0, 500)))
  }
}

/** A platform's "fetch failed" says nothing; the session's own words for it are its cause, and begin with method and URL. */
function wordsOf({ message, cause }: Error): string {
  return cause instanceof Error && /^[A-Z]+ [a-z][\w+.-]*:\/\//.test(cause.message) ? cause.message : message
}

/** Userinfo, secret query parameters and path parameters, and a JWT as a path segment, wherever in a text they stand. */
function maskAddress(text: string): string {
  return maskPairs(text.replace(/:\/\/[^\s/?#@]*@/g, `://${MASK}@`)).replace(/\/([^/?#\s]+)/g, (whole, segment: string) =>
    isJWT(segment) ? `/${MASK}` : whole,
  )
}

/** `;` also begins a parameter of a path (`/x;jsessionid=1?q=2`), which ends where the query begins. */
function maskPairs(text: string): string {
  return text
    .replace(/(;)([^=&#?;\s<>"']+)=([^&#?;\s<>"']*)/g, maskPair)
    .replace(/(^|[?&])([^=&#?;\s<>"']+)=([^&#;\s<>"']*)/g, maskPair)
}

function maskPair(whole: string, before: string, name: string, value: string): string {
  return value !== '' && (isSecretName(name) || looksLikeToken(value)) ? `${before}${name}=${MASK}` : whole
}

/** The closing quote may be missing, where a body was cut. */
function maskFields(text: string): string {
  const field = /"([^"\\]{1,64})"(\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|-?\d[\d.eE+-]*)/g
  return text.replace(field, (whole, name: string, colon: string) => (isSecretName(name) ? `"${name}"${colon}"${MASK}"` : whole))
}

/** RFC 7578: the part's headers, an empty line, its value. More than a few headers would take quadratic time. */
function maskParts(text: string): string {
  const part = /(form-data; name="([^"\r\n]{1,64})"[^\r\n]*\r\n(?:[^\r\n]+\r\n){0,8}\r\n)([^\r\n]*)/g
  return text.replace(part, (whole, head: string, name: string) => (isSecretName(name) ? head + MASK : whole))
}

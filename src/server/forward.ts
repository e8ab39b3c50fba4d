/** The `forward` option: which of a visitor's cookies and headers go on to the API. */
import { isSendable } from '../cookies/values.ts'
import { isToken } from '../http/token.ts'

/** Names of cookies, or of cookies and headers. There is no wildcard: what is not named is not forwarded. */
export type Forward =
  | readonly string[]
  | {
      /** Names of the visitor's cookies. @default none */
      readonly cookies?: readonly string[] | undefined
      /** Names of the visitor's headers. @default none */
      readonly headers?: readonly string[] | undefined
    }

/** The `forward` option, checked. */
export interface ForwardNames {
  /** Names of the visitor's cookies that go on, as text. */
  readonly cookies: readonly string[]
  /** Names of the visitor's headers that go on, in lower case. */
  readonly headers: readonly string[]
}

/** Headers of one connection (RFC 9110 section 7.6.1) or one message, and Cookie, which `cookies` stands for. */
const NEVER: ReadonlySet<string> = new Set([
  ...['cookie', 'cookie2', 'host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'proxy-connection'],
  ...['proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'trailers', 'upgrade', 'expect', 'http2-settings'],
])

/** Checks `forward`. */
export function parseForward(forward: unknown): ForwardNames {
  if (forward === undefined || forward === null) return { cookies: [], headers: [] }
  if (Array.isArray(forward)) return { cookies: forward.map(cookieName), headers: [] }
  if (typeof forward !== 'object')
    throw new TypeError('forward: give names of cookies, or { cookies, headers }; there is no wildcard')
  const given: { cookies?: unknown; headers?: unknown } = { ...forward }
  const unknown = Object.keys(given).find((key) => key !== 'cookies' && key !== 'headers')
  if (unknown !== undefined) throw new TypeError(`forward: '${unknown}' is unknown: give { cookies, headers }`)
  return { cookies: listOf(given.cookies, 'cookies').map(cookieName), headers: listOf(given.headers, 'headers').map(headerName) }
}

function listOf(names: unknown, what: string): readonly unknown[] {
  if (names === undefined || names === null) return []
  if (Array.isArray(names)) return names
  throw new TypeError(`forward: ${what} must be a list of names; there is no wildcard`)
}

function cookieName(name: unknown): string {
  if (typeof name !== 'string' || name === '' || name.includes('=') || !isSendable(name))
    throw new TypeError('forward: a name of a cookie must be text without =, ;, control characters and blanks around it')
  if (name.includes('*')) throw new TypeError('forward: there is no wildcard: name each cookie')
  return name
}

function headerName(name: unknown): string {
  if (!isToken(name)) throw new TypeError('forward: a name of a header must be a token of RFC 9110')
  const lower = name.toLowerCase()
  if (lower.includes('*')) throw new TypeError('forward: there is no wildcard: name each header')
  if (lower === 'cookie') throw new TypeError('forward: cookies are forwarded by their names: { cookies: [name] }')
  if (NEVER.has(lower)) throw new TypeError(`forward: '${lower}' belongs to one connection or message and cannot be forwarded`)
  return lower
}

/** A Set-Cookie of a recorded response, by RFC 6265bis section 5.7 with the time of the recording in place of a clock. */
import { pairText } from '../cookies/bytes.ts'
import { asciiDomain, isSuffix, isWithin } from '../cookies/domains.ts'
import { MAX_PAIR } from '../cookies/limits.ts'
import { readSetCookie } from '../cookies/set-cookie.ts'
import { defaultPath } from '../cookies/tough.ts'
import { type Claim, sameSiteOf, TOO_LONG } from './claim.ts'
import { recordedBytes } from './recorded-text.ts'

/** Where a response came from. */
export interface Answer {
  readonly host: string
  readonly path: string
  readonly isSecure: boolean
}

/** What a Set-Cookie line, or HAR's own form of it, says: a claim without the host that sent it. */
export interface SetCookie extends Omit<Claim, 'hostOnly'> {
  /** `''` for none. */
  readonly domain: unknown
}

/** Reads a line, or says why it is none. `time`: when it came, in milliseconds. */
export function readLine(line: string, time: number): SetCookie | string {
  const said = readSetCookie(recordedBytes(line))
  if (!said) return 'it holds a control character'
  // Before its bytes are read as text, which takes far longer.
  if (said.key.length + said.value.length > MAX_PAIR) return TOO_LONG
  const { maxAge, expires, domain, path, secure, httpOnly, sameSite, partitioned } = said.attributes
  // Section 5.5: Max-Age wins over Expires.
  const end = maxAge === null ? (expires?.getTime() ?? null) : maxAge <= 0 ? 0 : time + maxAge * 1000
  const { name, value, bytes } = pairText(said.key, said.value)
  return { name, value, bytes, domain, path, secure, httpOnly, sameSite, partitioned, expires: end }
}

/** The claim of a cookie that this response may set: its Domain covers the host, and Secure came over a secure connection. */
export function claimOf(cookie: SetCookie, { host, path, isSecure }: Answer): Claim | string {
  if (cookie.secure && !isSecure) return 'it is Secure, and this was not a secure connection'
  if (sameSiteOf(cookie.sameSite) === 'none' && !cookie.secure) return 'SameSite=None needs Secure'
  const given = typeof cookie.domain === 'string' ? cookie.domain.replace(/^\./, '') : undefined
  const domain = given && asciiDomain(given)
  if (domain === undefined) return 'its Domain is not a domain'
  const isOwn = domain === '' || (domain === host && isSuffix(host))
  if (!isOwn && !isWithin(host, domain)) return 'the host is not in its Domain'
  const { name, value, bytes, expires, secure, httpOnly, sameSite, partitioned, path: own } = cookie
  const hasPath = typeof own === 'string' && own.startsWith('/')
  const place = isOwn ? host : domain
  const inPath = hasPath ? own : defaultPath(path)
  // Field by field: to spread an object takes longer than all the rest, and a file may hold millions of lines.
  return { name, value, bytes, expires, secure, httpOnly, sameSite, partitioned, domain: place, hostOnly: isOwn, path: inPath }
}

/** A Set-Cookie line of a recorded response. RFC 6265bis section 5.6, with the time of the recording in place of a clock. */
import { asciiDomain, isSuffix } from '../cookies/domains.ts'
import { defaultPath, parseDate } from '../cookies/tough.ts'
import { type Claim, isOneMachine, sameSiteOf } from './claim.ts'
import { textOfBytes } from './text-of-bytes.ts'

/** Who has answered. */
export interface Answer {
  readonly host: string
  readonly path: string
  readonly isSecure: boolean
}

/** What a Set-Cookie line or HAR's own form of it says. */
export interface SetCookie {
  readonly name: unknown
  readonly value: unknown
  /** `''` for none. */
  readonly domain: unknown
  readonly path: unknown
  readonly expires: number | null
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: unknown
  readonly partitioned: boolean
}

const MAX_ATTRIBUTE = 1024

/** Takes a line apart. Of several attributes of one name the last counts. `time`: when it came, in milliseconds. */
export function readSetCookie(line: string, time: number): SetCookie {
  const [pair = '', ...rest] = line.split(';')
  const end = pair.indexOf('=')
  const attributes = new Map(
    rest
      .map(cut)
      .filter(([, given]) => given.length <= MAX_ATTRIBUTE)
      .map(([key, given]) => [key.toLowerCase(), given]),
  )
  return {
    // Without `=` it is all value.
    name: textOfBytes(pair.slice(0, Math.max(0, end))),
    value: textOfBytes(pair.slice(end + 1)),
    domain: attributes.get('domain') ?? '',
    path: attributes.get('path'),
    expires: endOf(attributes, time),
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    sameSite: attributes.get('samesite'),
    partitioned: attributes.has('partitioned'),
  }
}

function cut(text: string): [name: string, value: string] {
  const end = text.indexOf('=')
  return end < 0 ? [text.trim(), ''] : [text.slice(0, end).trim(), text.slice(end + 1).trim()]
}

/** Section 5.5: Max-Age wins over Expires, and what is neither number nor date says nothing. */
function endOf(attributes: ReadonlyMap<string, string>, time: number): number | null {
  const maxAge = attributes.get('max-age') ?? ''
  if (/^-?\d+$/.test(maxAge)) return Number(maxAge) <= 0 ? 0 : time + Number(maxAge) * 1000
  return parseDate(attributes.get('expires') ?? '')?.getTime() ?? null
}

/** What the answer may claim. Section 5.7: a Domain that covers the host, and Secure where the connection was. */
export function claimOf(cookie: SetCookie, answer: Answer): Claim | string {
  const { host, isSecure } = answer
  const { secure, expires, httpOnly, partitioned } = cookie
  if (secure && !isSecure) return 'it is Secure, and this was not a secure connection'
  if (sameSiteOf(cookie.sameSite) === 'none' && !secure) return 'SameSite=None needs Secure'
  const given = typeof cookie.domain === 'string' ? cookie.domain.replace(/^\./, '') : undefined
  const domain = given && asciiDomain(given)
  if (domain === undefined) return 'its Domain is not a domain'
  const isOwn = domain === '' || (domain === host && (isOneMachine(host) || isSuffix(host)))
  if (!isOwn && domain !== host && !(host.endsWith(`.${domain}`) && !isOneMachine(host))) return 'the host is not in its Domain'
  const path = typeof cookie.path === 'string' && !cookie.path.startsWith('/') ? undefined : cookie.path
  return {
    name: cookie.name,
    value: cookie.value,
    domain: isOwn ? host : domain,
    hostOnly: isOwn,
    path: path ?? defaultPath(answer.path),
    expires,
    secure,
    httpOnly,
    sameSite: cookie.sameSite,
    partitioned,
  }
}

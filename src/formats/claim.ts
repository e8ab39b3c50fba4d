/**
 * What an entry of a file claims to be, and whether that can be a cookie.
 *
 * The formats turn each entry into a claim; here it becomes a cookie in the words of `session.cookies.getAll()`, or a reason why
 * not. No reason quotes anything of the entry: a value must not get into a log by way of its error.
 */
import { pairBytes, pairText } from '../cookies/bytes.ts'
import { asciiDomain, isIP, isPublicSuffix, isSuffix } from '../cookies/domains.ts'
import { trimBlanks } from '../cookies/header.ts'
import { MAX_ATTRIBUTE, MAX_PAIR } from '../cookies/limits.ts'
import type { SessionCookie } from '../cookies/session-cookies.ts'
import { prefixProblem } from '../cookies/values.ts'

/** Nothing but `name` and `domain` needs to be there. */
export interface Claim {
  readonly name: unknown
  readonly value?: unknown
  /** As in {@link SessionCookie}. */
  readonly bytes?: unknown
  readonly domain: unknown
  /** Without it the leading dot of the domain decides. */
  readonly hostOnly?: boolean | undefined
  readonly path?: unknown
  /** Milliseconds since the epoch; `null` for a session cookie. */
  readonly expires?: number | null
  readonly secure?: boolean
  readonly httpOnly?: boolean
  /** In any case; what is none of the three says nothing. */
  readonly sameSite?: unknown
  readonly partitioned?: boolean
}

/** RFC 6265bis section 5.6: a tab inside is allowed. */
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/
const LONE_SURROGATE = /\p{Surrogate}/u
/** RFC 1035 section 2.3.4, with room for brackets. */
const MAX_HOST = 255
const EMPTY_LABEL = /^\.|\.\.|\.$/
/** The last moment that a Date can hold. */
const LAST_MOMENT = 8.64e15

/** Judges claims. Files name few domains many times, so each is looked up in the suffix list once for one reading. */
export class Judge {
  readonly #hosts = new Map<string, Owner | string>()
  readonly #domains = new Map<string, Owner | string>()

  /** The cookie, or the reason why the claim is none. */
  cookie(claim: Claim): SessionCookie | string {
    const pair = readPair(claim)
    if (typeof pair === 'string') return pair
    const path = readPath(claim.path)
    if (path.reason) return path.reason
    const owner = this.#owner(claim.domain, claim.hostOnly)
    if (typeof owner === 'string') return owner
    const { secure = false, httpOnly = false, partitioned = false, expires } = claim
    const cookie: SessionCookie = {
      name: pair.name,
      value: pair.value,
      domain: owner.domain,
      hostOnly: owner.hostOnly,
      path: path.text,
      expires: typeof expires === 'number' ? Math.min(expires, LAST_MOMENT) : null,
      secure,
      httpOnly,
      partitioned,
    }
    const sameSite = sameSiteOf(claim.sameSite)
    const problem = prefixProblem(cookie)
    if (problem || !(sameSite || pair.bytes)) return problem ?? cookie
    return { ...cookie, ...(pair.bytes ? { bytes: pair.bytes } : {}), ...(sameSite ? { sameSite } : {}) }
  }

  #owner(domain: unknown, hostOnly: boolean | undefined): Owner | string {
    if (domain === undefined || domain === null || domain === '') return 'it has no host'
    if (typeof domain !== 'string' || domain.length > MAX_HOST) return 'its host is not a host'
    const isHostOnly = hostOnly ?? !domain.startsWith('.')
    const owners = isHostOnly ? this.#hosts : this.#domains
    const known = owners.get(domain)
    if (known !== undefined) return known
    const owner = readOwner(domain, isHostOnly)
    owners.set(domain, owner)
    return owner
  }
}

/** The seconds of a file as milliseconds. 0 and less are what programs write for a session cookie. */
export function endOfSeconds(seconds: number): number | null {
  return seconds > 0 ? Math.round(seconds * 1000) : null
}

/** `undefined` for what is none of the three. */
export function sameSiteOf(given: unknown): SessionCookie['sameSite'] {
  const text = typeof given === 'string' ? given.toLowerCase() : ''
  return text === 'strict' || text === 'lax' || text === 'none' ? text : undefined
}

interface Owner {
  readonly domain: string
  readonly hostOnly: boolean
}

interface Pair {
  readonly name: string
  readonly value: string
  readonly bytes?: string
}

function readPair({ name: givenName, value: givenValue, bytes }: Claim): Pair | string {
  if (givenName === undefined || givenName === null) return 'it has no name'
  if (typeof givenName !== 'string') return 'its name is not text'
  if (typeof (givenValue ?? '') !== 'string') return 'its value is not text'
  const name = trimBlanks(givenName)
  const value = trimBlanks(String(givenValue ?? ''))
  if (name === '') return 'it has no name'
  const problem = textProblem(name) ?? textProblem(value)
  if (problem) return problem
  if (name.includes('=')) return "its name holds '='"
  const pair = typeof bytes === 'string' ? exactPair(name, value, bytes) : { name, value }
  return isLonger(pair.bytes ?? name + value, MAX_PAIR) ? `name and value are longer than ${MAX_PAIR} bytes` : pair
}

/** The bytes stay with the pair where they are its own and its text does not say them. */
function exactPair(name: string, value: string, bytes: string): Pair {
  const exact = pairBytes({ name, value, bytes })
  return pairText(exact.key, exact.value)
}

function readPath(given: unknown): { text: string; reason?: string } {
  if (given !== undefined && given !== null && typeof given !== 'string') return { text: '/', reason: 'its path is not text' }
  // RFC 6265bis section 5.6.4: what is no path is as none.
  if (!given?.startsWith('/')) return { text: '/' }
  const reason =
    textProblem(given.replaceAll('\t', '\0')) ??
    (isLonger(given, MAX_ATTRIBUTE) ? `its path is longer than ${MAX_ATTRIBUTE} bytes` : '')
  return reason ? { text: '/', reason } : { text: given }
}

function textProblem(text: string): string | undefined {
  if (CONTROL.test(text)) return 'it holds a control character'
  if (text.includes(';')) return "it holds ';'"
  return LONE_SURROGATE.test(text) ? 'it holds a lone surrogate' : undefined
}

function isLonger(text: string, bytes: number): boolean {
  // A UTF-16 unit is at most three bytes of UTF-8.
  if (text.length > bytes) return true
  return text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes
}

/** The host or the Domain, and the public suffixes, which nobody may set a cookie for. */
function readOwner(given: string, hostOnly: boolean): Owner | string {
  const bare = given.slice(given.startsWith('.') ? 1 : 0, given.length > 1 && given.endsWith('.') ? -1 : undefined)
  const domain = asciiDomain(bare)
  // After punycode: a dot has other forms, such as U+3002.
  if (!domain || EMPTY_LABEL.test(domain)) return 'its host is not a host'
  if (!URL.canParse(`https://${domain.includes(':') ? `[${domain}]` : domain}/`)) return 'its host is not a host'
  if (isOneMachine(domain)) return { domain, hostOnly: true }
  return !hostOnly && isSuffix(domain) ? 'its Domain is a public suffix' : { domain, hostOnly }
}

/** An address or localhost, without subdomains: there a Domain of the host's own means the host (RFC 6265bis section 5.7). */
export function isOneMachine(domain: string): boolean {
  return isIP(domain) || (!domain.includes('.') && !isPublicSuffix(domain))
}

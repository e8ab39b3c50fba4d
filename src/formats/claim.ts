/**
 * Claims: entries of a file in one form, before it is known whether they can be cookies.
 *
 * Each format turns its entries into claims. Here a claim becomes a cookie in the form of `session.cookies.getAll()`, or the
 * reason why it cannot be one. A reason quotes nothing of the entry, so that no value gets into a log.
 */
import { pairBytes, pairText } from '../cookies/bytes.ts'
import { asciiDomain, isIP, isPublicSuffix, isSuffix } from '../cookies/domains.ts'
import { trimBlanks } from '../cookies/header.ts'
import { MAX_ATTRIBUTE, MAX_PAIR } from '../cookies/limits.ts'
import type { SessionCookie } from '../cookies/session-cookies.ts'
import { prefixProblem } from '../cookies/values.ts'

/** What an entry says of its cookie. Only `name` and `domain` have to be there. */
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
  readonly expires?: number | null | undefined
  readonly secure?: boolean | undefined
  readonly httpOnly?: boolean | undefined
  /** In upper or lower case; any other value than the three counts as none. */
  readonly sameSite?: unknown
  readonly partitioned?: boolean | undefined
}

/** RFC 6265bis section 5.6: a tab inside is allowed. */
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/
const LONE_SURROGATE = /\p{Surrogate}/u
/** The reason against a pair that is too long. */
export const TOO_LONG = `name and value are longer than ${MAX_PAIR} bytes`
/** RFC 1035 section 2.3.4, with room for brackets. */
const MAX_HOST = 255
const EMPTY_LABEL = /^\.|\.\.|\.$/
/** The last moment that a Date can hold. */
const LAST_MOMENT = 8.64e15

/** Judges the claims of one reading. Files name few domains many times, so each is looked up in the suffix list only once. */
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

/** The seconds of a file as milliseconds; `null` for 0 and less, which programs write for a session cookie. */
export function endOfSeconds(seconds: number): number | null {
  return seconds > 0 ? Math.round(seconds * 1000) : null
}

/** A SameSite in lower case; `undefined` for any other value than the three. */
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
  return isLonger(pair.bytes ?? name + value, MAX_PAIR) ? TOO_LONG : pair
}

/** The pair with its `bytes`, if they read as this text and could not be made of it. */
function exactPair(name: string, value: string, bytes: string): Pair {
  const exact = pairBytes({ name, value, bytes })
  return pairText(exact.key, exact.value)
}

function readPath(given: unknown): { text: string; reason?: string } {
  if (given !== undefined && given !== null && typeof given !== 'string') return { text: '/', reason: 'its path is not text' }
  // RFC 6265bis section 5.6.4: a text that does not begin with a slash counts as no path.
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
  // Checked after the change to punycode, since a dot has other forms, such as U+3002.
  if (!domain || EMPTY_LABEL.test(domain)) return 'its host is not a host'
  if (!URL.canParse(`https://${domain.includes(':') ? `[${domain}]` : domain}/`)) return 'its host is not a host'
  if (isOneMachine(domain)) return { domain, hostOnly: true }
  return !hostOnly && isSuffix(domain) ? 'its Domain is a public suffix' : { domain, hostOnly }
}

/** An address or localhost, without subdomains: there a Domain of the host's own means the host (RFC 6265bis section 5.7). */
export function isOneMachine(domain: string): boolean {
  return isIP(domain) || (!domain.includes('.') && !isPublicSuffix(domain))
}

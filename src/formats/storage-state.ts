/**
 * Cookies in JSON, as programs that drive browsers and extensions of browsers write them. What differs between the dialects:
 *
 *     Playwright             { cookies, origins }, expires in seconds or -1, sameSite 'Lax'
 *     Puppeteer              an array; the same, and session: true
 *     Selenium               an array, expiry
 *     EditThisCookie,        an array, expirationDate with a fraction, or session: true; hostOnly;
 *     Cookie-Editor, chrome.cookies   sameSite 'no_restriction' or 'unspecified'; partitionKey
 */
import type { SessionCookie } from '../cookies/session-cookies.ts'
import { type Claim, endOfSeconds, sameSiteOf } from './claim.ts'
import { ownOf, parseJSON } from './json.ts'
import { type ReadCookies, Reading } from './reading.ts'
import { cookieList, dotted, owned, secondsOf } from './writing.ts'

const FORMAT = 'storageState'
const WANTED = "Playwright's storage state ({ cookies, origins }), or an array of cookies, as an object or as its JSON text"

/** A cookie as Playwright has it. */
export interface StorageStateCookie {
  /** `''` for a cookie without a name. */
  name: string
  /** As text. */
  value: string
  /** With a dot in front if subdomains get it too. */
  domain: string
  /** Sent to this path and those below it. */
  path: string
  /** Seconds since the epoch; -1 for a session cookie. */
  expires: number
  /** Whether it is hidden from the scripts of a page. */
  httpOnly: boolean
  /** Whether it is sent over https and to loopback only. */
  secure: boolean
  /** `Lax` where the server has said none: Playwright demands one. */
  sameSite: 'Strict' | 'Lax' | 'None'
  /**
   * As in `session.cookies.getAll()`, and there only if the text alone would not go back byte for byte. Playwright passes over
   * it.
   */
  bytes?: string
}

/** What Playwright's `newContext({ storageState })` takes. */
export interface StorageState {
  /** In the order of the jar. */
  cookies: StorageStateCookie[]
  /** Always empty: a session has no localStorage. */
  origins: { origin: string; localStorage: { name: string; value: string }[] }[]
}

/** Playwright's storage state; reads also what Puppeteer, Selenium, EditThisCookie, Cookie-Editor and `chrome.cookies` give. */
export const storageState = {
  /**
   * Reads cookies from JSON, given as its text or as the object or array.
   *
   * @throws TypeError if these are no cookies; the message says what it looks like
   * @example
   * ```ts
   * await session.cookies.import(storageState.read(await context.storageState()).cookies)
   * ```
   */
  read(state: string | object): ReadCookies {
    const parsed = parseJSON(state)
    const reading = new Reading(FORMAT, parsed ?? state, parsed === undefined)
    const isBare = Array.isArray(parsed)
    const entries = isBare ? parsed : ownOf(parsed, 'cookies')
    // The result of another format's `read` is refused: its `expires` are milliseconds.
    if (!Array.isArray(entries) || ownOf(parsed, 'skipped') !== undefined) return reading.refuse(WANTED)
    const cookies: SessionCookie[] = []
    for (const [index, entry] of entries.entries()) {
      const cookie = reading.judge(`${isBare ? '' : 'cookies'}[${index}]`, readEntry(entry))
      if (cookie) cookies.push(cookie)
    }
    return reading.end(cookies)
  },

  /**
   * Writes cookies as Playwright's storage state.
   *
   * @throws TypeError for a cookie without a domain; the message names it
   * @example
   * ```ts
   * const context = await browser.newContext({ storageState: storageState.write(await session.cookies.getAll()) })
   * ```
   */
  write(cookies: readonly SessionCookie[]): StorageState {
    return { cookies: cookieList(FORMAT, cookies).map(writeEntry), origins: [] }
  },
}

const FLAGS = ['secure', 'httpOnly', 'hostOnly', 'session'] as const

function readEntry(entry: unknown): Claim | string {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return 'it is not an object'
  const wrong = FLAGS.find((flag) => typeof (ownOf(entry, flag) ?? false) !== 'boolean')
  if (wrong) return `${wrong} must be true or false`
  const end = readEnd(entry)
  if (end === undefined) return 'its expiry is not a number'
  const hostOnly = ownOf(entry, 'hostOnly')
  const secure = ownOf(entry, 'secure') === true
  return {
    name: ownOf(entry, 'name'),
    value: ownOf(entry, 'value'),
    bytes: ownOf(entry, 'bytes'),
    domain: ownOf(entry, 'domain'),
    hostOnly: typeof hostOnly === 'boolean' ? hostOnly : undefined,
    path: ownOf(entry, 'path'),
    expires: ownOf(entry, 'session') === true ? null : end,
    secure,
    httpOnly: ownOf(entry, 'httpOnly') === true,
    sameSite: readSameSite(ownOf(entry, 'sameSite'), secure),
    partitioned: ownOf(entry, 'partitioned') === true || hasPartitionKey(ownOf(entry, 'partitionKey')),
  }
}

/**
 * `no_restriction` is Chrome's word for None; `unspecified` its word for a cookie without SameSite. Firefox and WebKit say `None`
 * of such a cookie: without Secure no response could have said so, and a jar would refuse it.
 */
function readSameSite(given: unknown, secure: boolean): SessionCookie['sameSite'] {
  const sameSite = given === 'no_restriction' ? 'none' : sameSiteOf(given)
  return sameSite === 'none' && !secure ? undefined : sameSite
}

/** Milliseconds, `null` for a session cookie, or `undefined` for what is neither. */
function readEnd(entry: object): number | null | undefined {
  const end = ownOf(entry, 'expires') ?? ownOf(entry, 'expiry') ?? ownOf(entry, 'expirationDate') ?? -1
  const seconds = typeof end === 'string' && /^\s*-?\d/.test(end) ? Number(end) : end
  return typeof seconds === 'number' && !Number.isNaN(seconds) ? endOfSeconds(seconds) : undefined
}

/** A text, or Chrome's `{ topLevelSite }` or `{ sourceOrigin }`, whose empty text means none. */
function hasPartitionKey(key: unknown): boolean {
  if (typeof key === 'string') return key !== ''
  const site = ownOf(key, 'topLevelSite') ?? ownOf(key, 'sourceOrigin')
  return typeof site === 'string' && site !== ''
}

function writeEntry(cookie: SessionCookie): StorageStateCookie {
  const known = owned(FORMAT, cookie)
  const { name, value, path = '/', expires = null, secure, httpOnly, sameSite, bytes } = known
  return {
    name,
    value,
    // Chromium refuses the whole state for an IPv6 address without brackets.
    domain: known.domain.includes(':') ? `[${known.domain}]` : dotted(known),
    path,
    expires: expires === null ? -1 : secondsOf(expires),
    httpOnly: httpOnly === true,
    secure: secure === true,
    sameSite: CAPITALISED[sameSite ?? 'lax'],
    ...(bytes === undefined ? {} : { bytes }),
  }
}

const CAPITALISED = { strict: 'Strict', lax: 'Lax', none: 'None' } as const

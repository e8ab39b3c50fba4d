/**
 * HAR 1.2, as the network panels of browsers and Playwright's `recordHar` write it. It records responses, so it is read as a jar
 * would have received them: in order, each Set-Cookie for the URL that sent it and at the time it came.
 */
import { textOf } from '../cookies/bytes.ts'
import { hostOf, isSecure } from '../cookies/domains.ts'
import type { SessionCookie } from '../cookies/session-cookies.ts'
import { ownOf, parseJSON } from './json.ts'
import { type ReadCookies, Reading } from './reading.ts'
import { recordedBytes } from './recorded-text.ts'
import { type Answer, claimOf, readLine, type SetCookie } from './set-cookie.ts'

const FORMAT = 'har'
const WANTED = 'a HAR ({ log: { entries } }), as an object or as its JSON text'

/** HAR 1.2, the recording of a browser or of Playwright. Read only: nothing takes cookies from a HAR. */
export const har = {
  /**
   * Reads the cookies that the recorded responses have left behind: later ones replace and end earlier ones, and what had
   * ended by `Max-Age` or `Expires` at the time of its response is not there.
   *
   * @throws TypeError if this is not a HAR; the message says what it looks like
   * @example
   * ```ts
   * const session = createSession({ jar: har.read(await readFile('shop.example.har', 'utf8')) })
   * ```
   */
  read(recording: string | object): ReadCookies {
    const parsed = parseJSON(recording)
    const reading = new Reading(FORMAT, parsed ?? recording, parsed === undefined)
    const entries = ownOf(ownOf(parsed, 'log'), 'entries')
    if (!Array.isArray(entries)) return reading.refuse(WANTED)
    const kept = new Map<string, SessionCookie>()
    let good = 0
    let time = 0
    for (const [index, entry] of entries.entries()) {
      time = timeOf(entry) ?? time
      const answer = answerOf(entry)
      for (const { at, cookie: said } of setCookies(entry, `entries[${index}]`, time)) {
        const claim = typeof said === 'string' ? said : answer ? claimOf(said, answer) : 'it has no host'
        const cookie = reading.judge(at, claim)
        if (!cookie) continue
        good++
        keep(kept, cookie, time)
      }
    }
    return reading.end([...kept.values()], good)
  },
}

/** Keeps a cookie, in the place of the one that it replaces (RFC 6265bis section 5.7), or removes that one if it has ended. */
function keep(kept: Map<string, SessionCookie>, cookie: SessionCookie, time: number): void {
  const { name, domain, hostOnly, path, expires } = cookie
  // No cookie holds a control character.
  const key = `${name}\0${domain}\0${hostOnly}\0${path}`
  if (expires !== null && expires <= time) kept.delete(key)
  else kept.set(key, cookie)
}

function timeOf(entry: unknown): number | undefined {
  const started = ownOf(entry, 'startedDateTime')
  const time = typeof started === 'string' ? Date.parse(started) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

function answerOf(entry: unknown): Answer | undefined {
  const text = ownOf(ownOf(entry, 'request'), 'url')
  if (typeof text !== 'string' || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const host = hostOf(url)
  if (host === '') return undefined
  return { host, path: url.pathname, isSecure: isSecure(url.protocol, host) }
}

interface Said {
  readonly at: string
  /** The cookie, or the reason why it is none. */
  readonly cookie: SetCookie | string
}

/**
 * The cookies that a response sets: its Set-Cookie headers, or, where the recorder left these out, its list `cookies`. One by one:
 * to hold them all at once costs more than to read them.
 */
function* setCookies(entry: unknown, at: string, time: number): Generator<Said> {
  const response = ownOf(entry, 'response')
  let hasLines = false
  for (const [index, header] of listOf(response, 'headers').entries()) {
    for (const line of headerLines(header)) {
      hasLines = true
      yield { at: `${at}.response.headers[${index}]`, cookie: readLine(line, time) }
    }
  }
  if (hasLines) return
  for (const [index, cookie] of listOf(response, 'cookies').entries())
    yield { at: `${at}.response.cookies[${index}]`, cookie: recorded(cookie) }
}

function listOf(object: unknown, name: string): readonly unknown[] {
  const list = ownOf(object, name)
  return Array.isArray(list) ? list : []
}

/** The Set-Cookie lines of a header. Chromium joins those of one response with line breaks. */
function headerLines(header: unknown): string[] {
  const name = ownOf(header, 'name')
  const value = ownOf(header, 'value')
  if (typeof name !== 'string' || name.toLowerCase() !== 'set-cookie' || typeof value !== 'string') return []
  return value.split('\n')
}

function recordedText(given: unknown): unknown {
  return typeof given === 'string' ? textOf(recordedBytes(given)) : given
}

function recorded(cookie: unknown): SetCookie {
  const expires = ownOf(cookie, 'expires')
  const end = typeof expires === 'string' ? Date.parse(expires) : Number.NaN
  return {
    name: recordedText(ownOf(cookie, 'name')),
    value: recordedText(ownOf(cookie, 'value')),
    domain: ownOf(cookie, 'domain') ?? '',
    path: ownOf(cookie, 'path') || undefined,
    expires: Number.isNaN(end) ? null : end,
    secure: ownOf(cookie, 'secure') === true,
    httpOnly: ownOf(cookie, 'httpOnly') === true,
    sameSite: ownOf(cookie, 'sameSite'),
    partitioned: ownOf(cookie, 'partitioned') === true,
  }
}

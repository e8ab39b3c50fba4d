/** What all formats share when they write: check each cookie, and name the one that does not fit. */
import type { SessionCookie } from '../cookies/session-cookies.ts'
import { isOneMachine } from './claim.ts'

/** A cookie whose host is known. */
export interface OwnedCookie extends SessionCookie {
  readonly domain: string
}

/** Checks a list of cookies as `session.cookies.getAll()` gives it. */
export function cookieList(format: string, cookies: unknown): readonly SessionCookie[] {
  if (!Array.isArray(cookies))
    throw new TypeError(`${format}: give an array of cookies, as await session.cookies.getAll() is one`)
  for (const [index, cookie] of cookies.entries()) {
    if (typeof cookie?.name !== 'string' || typeof cookie.value !== 'string') {
      throw new TypeError(`${format}: cookies[${index}] has no name and value of type string`)
    }
    const { expires } = cookie
    if (expires !== undefined && expires !== null && (typeof expires !== 'number' || Number.isNaN(expires))) {
      throw misfit(format, cookie, 'expires must be milliseconds since the epoch, or null')
    }
  }
  return cookies
}

/** Checks that the host of a cookie is known. Cookies that a page lists have none. */
export function owned(format: string, cookie: SessionCookie): OwnedCookie {
  const { domain } = cookie
  if (typeof domain === 'string' && domain !== '' && domain !== '.') return { ...cookie, domain: domain.replace(/^\./, '') }
  throw misfit(format, cookie, 'it has no domain, as in a page; give it one')
}

/** The host of a cookie, with a dot in front if subdomains get it too. */
export function dotted({ domain, hostOnly }: OwnedCookie): string {
  return hostOnly || isOneMachine(domain) ? domain : `.${domain}`
}

/** Playwright refuses all of a state in which a cookie ends after the year 9999. */
const LAST_SECOND = 253_402_300_799

/** The seconds of a cookie's end, at least 1: 0 would turn a cookie that has ended into a session cookie for other programs. */
export function secondsOf(expires: number): number {
  return Math.max(1, Math.min(expires / 1000, LAST_SECOND))
}

/** The error for a cookie that a format cannot hold. It names the cookie, never its value. */
export function misfit(format: string, { name }: SessionCookie, why: string): TypeError {
  return new TypeError(`${format}: the cookie ${JSON.stringify(name.slice(0, 80))}: ${why}`)
}

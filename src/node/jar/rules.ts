/**
 * May this cookie be kept? RFC 6265bis section 5.7 ("Storage Model"), each rule beside its step. The same rules hold for a
 * server's line, for what a caller sets or imports, and for a saved state. A reason never quotes the value.
 *
 * SameSite for a client without a page: there is no "site for cookies", every request is what a browser calls a
 * top-level, same-site one, and so all values are sent. The attribute is kept, and `None` still needs `Secure`.
 */

import { asciiDomain, isSuffix, isWithin } from '../../cookies/domains.ts'
import { MAX_LIFE, MAX_PAIR } from '../../cookies/limits.ts'
import { readSetCookie } from '../../cookies/set-cookie.ts'
import { Cookie, defaultPath, pathMatch } from '../../cookies/tough.ts'
import { isMisleading, prefixProblem } from '../../cookies/values.ts'
import type { Site } from './site.ts'

/** Milliseconds between two clocks beyond which one of them is taken to be wrong. */
const DAY = 86_400_000

/** A cookie that may be kept, or the rule that it breaks. */
export type Verdict = { readonly cookie: Cookie } | { readonly reason: string }

/**
 * Reads and judges a Set-Cookie line that came from a site.
 * @param date the answer's own Date header
 */
export function judge(line: string, site: Site, now: number, date?: string | null): Verdict {
  const read = readSetCookie(line)
  if (!read) return { reason: 'it holds a control character' }
  const { key, value, attributes } = read
  const { domain, path, secure, httpOnly, sameSite, partitioned } = attributes
  const creation = new Date(now)
  const times = { creation, lastAccessed: creation, expires: endOf(attributes, now, date) }
  const extensions = partitioned ? ['Partitioned'] : null
  const cookie = new Cookie({ key, value, path, secure, httpOnly, sameSite, extensions, ...times })
  const reason = settleDomain(cookie, domain, site) ?? problemOf(cookie, site.isSecure)
  if (reason) return { reason }
  settlePath(cookie, site)
  return { cookie }
}

/** Section 5.7, steps on domain-attribute: public suffixes, IP hosts, and hosts that are not in the domain. */
export function settleDomain(cookie: Cookie, given: string, { host }: Pick<Site, 'host'>): string | undefined {
  const domain = given === '' ? '' : asciiDomain(given)
  if (domain === undefined) return 'its Domain is not a domain'
  if (domain === '' || (domain === host && isSuffix(domain))) {
    cookie.domain = host
    cookie.hostOnly = true
    return undefined
  }
  if (isSuffix(domain)) return 'its Domain is a public suffix'
  if (!isWithin(host, domain)) return 'the host is not in its Domain'
  cookie.domain = domain
  cookie.hostOnly = false
  return undefined
}

/** Sections 5.6 and 5.7: name and value, Secure, SameSite=None, and the name prefixes in any case. */
export function problemOf({ key, value, secure, hostOnly, path, sameSite }: Cookie, isSecure: boolean): string | undefined {
  if (isMisleading(key, value)) {
    return value === '' ? 'it has no name and no value' : 'it has no name, and its value begins like a prefix'
  }
  if (key.length + value.length > MAX_PAIR) return `name and value are longer than ${MAX_PAIR} bytes`
  if (secure && !isSecure) return 'it is Secure, and this is not a secure connection'
  if (sameSite === 'none' && !secure) return 'SameSite=None needs Secure'
  return prefixProblem({ name: key, secure, hostOnly, path })
}

function settlePath(cookie: Cookie, { path }: Site): void {
  if (cookie.path !== null) return
  cookie.path = defaultPath(path)
  cookie.pathIsDefault = true
}

/**
 * Section 5.5: Max-Age wins over Expires, both are capped. Kept as a date, since tough-cookie's Max-Age begins anew at every
 * read. An Expires of a server whose clock is more than a day off means its distance from that clock, as in Chromium.
 */
function endOf({ maxAge, expires }: Pick<Cookie, 'maxAge' | 'expires'>, now: number, date?: string | null): Date | 'Infinity' {
  if (maxAge !== null) return endAfter(Number(maxAge) <= 0 ? 0 : now + Number(maxAge) * 1000, now)
  if (!(expires instanceof Date)) return 'Infinity'
  const skew = date ? now - Date.parse(date) : 0
  return endAfter(expires.getTime() + (Math.abs(skew) > DAY ? skew : 0), now)
}

/** A cookie's end in ms, capped at 400 days from now. */
export function endAfter(end: number, now: number): Date {
  return new Date(Math.max(0, Math.min(end, now + MAX_LIFE)))
}

/** Section 5.7, "leave secure cookies alone": what http sets may not replace or shadow what https has set. */
export function wouldShadow(cookie: Cookie, secured: Iterable<Cookie>): boolean {
  const { key, path, domain } = cookie
  for (const other of secured) {
    const overlaps = isWithin(domain ?? '', other.domain ?? '') || isWithin(other.domain ?? '', domain ?? '')
    if (other.secure && other.key === key && overlaps && pathMatch(path ?? '/', other.path ?? '/')) return true
  }
  return false
}

/** Section 5.8.3: whether a cookie is sent to a site. */
export function isSentTo(cookie: Cookie, { host, path, isSecure }: Site): boolean {
  const fits = cookie.domain === host || (!cookie.hostOnly && isWithin(host, cookie.domain ?? ''))
  return fits && (isSecure || !cookie.secure) && pathMatch(path, cookie.path ?? '/')
}

/** When a cookie ends, in ms since the epoch; a session cookie never does by itself. */
export function expiryOf(cookie: Cookie): number {
  const { expires } = cookie
  if (cookie.maxAge !== null) return cookie.expiryTime() ?? Number.POSITIVE_INFINITY
  return expires instanceof Date ? expires.getTime() : Number.POSITIVE_INFINITY
}

/** A cookie's name for a message, quoted; `''` for one that is not fit to be shown. */
export function shownName(key: unknown): string {
  return typeof key === 'string' && /^[!-~]{1,80}$/.test(key) ? `'${key}'` : ''
}

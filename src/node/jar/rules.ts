/**
 * May this cookie be kept? RFC 6265bis section 5.7 ("Storage Model"), each rule beside its step. tough-cookie parses
 * lines and dates and knows the public suffixes; what it takes and should not is refused here, with a reason.
 *
 * SameSite for a client without a page: there is no "site for cookies", every request is what a browser calls a
 * top-level, same-site one, and so all values are sent. The attribute is kept, and `None` still needs `Secure`.
 */
import { asciiDomain, hostOf, isSuffix } from '../../cookies/domains.ts'
import { Cookie, type CreateCookieOptions, defaultPath, domainMatch, pathMatch } from '../../cookies/tough.ts'

/** Section 5.6, step 1 (all but HTAB). */
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/
/** Section 5.6: octets of name and value together, and of one attribute value. */
const MAX_PAIR = 4096
const MAX_ATTRIBUTE = 1024
/** Section 5.5: 400 days, in milliseconds. */
const MAX_LIFE = 400 * 86_400_000

export type Verdict = { readonly cookie: Cookie } | { readonly reason: string }

/** A URL as cookies see it, taken apart once for all that is asked about it. */
export interface Site {
  /** A trailing dot names the same host, and IPv6 goes without brackets, as in tough-cookie. */
  readonly host: string
  readonly path: string
  /** Https, or a loopback host, which nobody on the network can impersonate. */
  readonly isSecure: boolean
}

export function siteOf(url: URL): Site {
  const host = hostOf(url)
  // A mount's URL may have no path.
  return { host, path: url.pathname || '/', isSecure: isSecure(url.protocol, host) }
}

/** Parses and judges a Set-Cookie line that came from a site. The reason never quotes the value. */
export function judge(line: string, site: Site, now: number): Verdict {
  if (CONTROL.test(line)) return { reason: 'it holds a control character' }
  const stop = line.indexOf(';')
  const pair = stop < 0 ? line : line.slice(0, stop)
  const end = pair.indexOf('=')
  const key = trim(pair.slice(0, Math.max(0, end)))
  const value = trim(pair.slice(end + 1))
  if (key === '') return { reason: 'it has no name' }
  if (key.length + value.length > MAX_PAIR) return { reason: `name and value are longer than ${MAX_PAIR} bytes` }
  const { domain, template } = readAttributes(line.slice(pair.length))
  const creation = new Date(now)
  const cookie = new Cookie({ ...template, key, value, creation, lastAccessed: creation })
  const reason = settleDomain(cookie, domain, site) ?? attributeProblem(cookie, site)
  if (reason) return { reason }
  settlePath(cookie, site)
  settleExpiry(cookie, now)
  return { cookie }
}

/** A cookie's name for a message, quoted; `''` for one that is not fit to be shown. */
export function shownName(key: unknown): string {
  return typeof key === 'string' && /^[!-~]{1,80}$/.test(key) ? `'${key}'` : ''
}

const BLANK_ENDS = /^[ \t]|[ \t]$/

/** Section 5.6: only blanks and tabs, and not all that JavaScript calls white space. */
function trim(text: string): string {
  return BLANK_ENDS.test(text) ? text.replace(/^[ \t]+|[ \t]+$/g, '') : text
}

interface Attributes {
  readonly domain: string
  readonly template: CreateCookieOptions
}

/** Attributes by their text: a server writes the same ones with ever new values. */
const attributesByText = new Map<string, Attributes>()
const MOST_REMEMBERED = 64

/**
 * tough-cookie reads the attributes. The name and the value it would trim of no-break spaces, and the bytes of a Domain it
 * would lower-case.
 */
function readAttributes(text: string): Attributes {
  const known = attributesByText.get(text)
  if (known) return known
  const { domain, others } = splitAttributes(text.split(';').slice(1))
  const { expires, maxAge, path, secure, httpOnly, extensions, sameSite } =
    Cookie.parse(['x=y', ...others].join(';')) ?? new Cookie()
  const attributes = { domain, template: { expires, maxAge, path, secure, httpOnly, extensions, sameSite } }
  if (attributesByText.size >= MOST_REMEMBERED) attributesByText.clear()
  if (text.length <= MAX_ATTRIBUTE) attributesByText.set(text, attributes)
  return attributes
}

/** Section 5.6: an attribute value that is too long is ignored, and of several Domains the last counts, empty or not. */
function splitAttributes(attributes: readonly string[]): { domain: string; others: string[] } {
  let domain = ''
  const others: string[] = []
  for (const attribute of attributes) {
    const end = attribute.indexOf('=')
    const value = end < 0 ? '' : trim(attribute.slice(end + 1))
    if (value.length > MAX_ATTRIBUTE) continue
    if (trim(end < 0 ? attribute : attribute.slice(0, end)).toLowerCase() !== 'domain') others.push(attribute)
    else domain = value.replace(/^\./, '')
  }
  return { domain, others }
}

/** Section 5.7, steps on domain-attribute: public suffixes, IP hosts, and hosts that are not in the domain. */
function settleDomain(cookie: Cookie, given: string, { host }: Site): string | undefined {
  const domain = given === '' ? '' : asciiDomain(given)
  if (domain === undefined) return 'its Domain is not a domain'
  if (domain === '' || (domain === host && isSuffix(domain))) {
    cookie.domain = host
    cookie.hostOnly = true
    return undefined
  }
  if (isSuffix(domain)) return 'its Domain is a public suffix'
  if (!domainMatch(host, domain, false)) return 'the host is not in its Domain'
  cookie.domain = domain
  cookie.hostOnly = false
  return undefined
}

function isSecure(protocol: string, host: string): boolean {
  if (protocol === 'https:' || protocol === 'wss:') return true
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** Section 5.7: Secure, SameSite=None and the name prefixes, which are compared case-insensitively. */
function attributeProblem({ key, secure, hostOnly, path, sameSite }: Cookie, site: Site): string | undefined {
  if (secure && !site.isSecure) return 'it is Secure, and this is not a secure connection'
  if (sameSite === 'none' && !secure) return 'SameSite=None needs Secure'
  if (!key.startsWith('__')) return undefined
  const name = key.toLowerCase()
  if (name.startsWith('__secure-') && !secure) return 'the prefix __Secure- needs Secure'
  if (name.startsWith('__host-') && !(secure && hostOnly && path === '/'))
    return 'the prefix __Host- needs Secure, Path=/ and no Domain'
  return undefined
}

function settlePath(cookie: Cookie, { path }: Site): void {
  if (cookie.path?.startsWith('/')) return
  cookie.path = defaultPath(path)
  cookie.pathIsDefault = true
}

/** Section 5.5: Max-Age wins over Expires, both are capped. As a date: tough-cookie's Max-Age begins anew at every read. */
function settleExpiry(cookie: Cookie, now: number): void {
  const { maxAge } = cookie
  // tough-cookie writes a number beyond all bounds as the text 'Infinity' or '-Infinity'.
  if (maxAge !== null) cookie.expires = endAfter(Number(maxAge) <= 0 ? 0 : now + Number(maxAge) * 1000, now)
  else if (cookie.expires instanceof Date) cookie.expires = endAfter(cookie.expires.getTime(), now)
  cookie.maxAge = null
}

/** A cookie's end in ms, capped. */
export function endAfter(end: number, now: number): Date {
  return new Date(Math.max(0, Math.min(end, now + MAX_LIFE)))
}

/** Section 5.7, "leave secure cookies alone": what http sets may not replace or shadow what https has set. */
export function wouldShadow(cookie: Cookie, secured: Iterable<Cookie>): boolean {
  for (const other of secured) {
    const overlaps = domainMatch(cookie.domain, other.domain, false) || domainMatch(other.domain, cookie.domain, false)
    if (other.secure && other.key === cookie.key && overlaps && pathMatch(cookie.path ?? '/', other.path ?? '/')) return true
  }
  return false
}

/** Section 5.8.3: whether a cookie is sent to a site. */
export function isSentTo(cookie: Cookie, { host, path, isSecure }: Site): boolean {
  const fits = cookie.domain === host || (!cookie.hostOnly && domainMatch(host, cookie.domain, false))
  return Boolean(fits) && (isSecure || !cookie.secure) && pathMatch(path, cookie.path ?? '/')
}

/** When a cookie ends, in ms since the epoch; a session cookie never does by itself. */
export function expiryOf(cookie: Cookie): number {
  const { expires } = cookie
  if (cookie.maxAge !== null) return cookie.expiryTime() ?? Number.POSITIVE_INFINITY
  return expires instanceof Date ? expires.getTime() : Number.POSITIVE_INFINITY
}

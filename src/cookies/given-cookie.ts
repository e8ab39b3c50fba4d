/** A cookie that the caller sets with `session.cookies.set`: checked, with its end and the URL it belongs to. */
import { LEAST_MILLISECONDS, MAX_ATTRIBUTE, MAX_LIFE } from './limits.ts'
import type { CookieOptions, SessionCookie } from './session-cookies.ts'
import { checkCookie } from './values.ts'

/** An attribute must not end early and begin another. */
const UNSAFE = /[;\0-\x1f\x7f]/

/** A cookie as `set` takes it, in one object. */
export type NamedCookie = CookieOptions & { readonly name: string; readonly value: string }

/** A cookie that was given to `set`, checked. */
export interface GivenCookie extends NamedCookie {
  /** Without a leading dot; `''` for a cookie of its host only. */
  readonly domain: string
  readonly path: string
  readonly sameSite: SessionCookie['sameSite'] | undefined
  /** Milliseconds since the epoch; `undefined` for a session cookie. */
  readonly end: number | undefined
}

/** Both ways to call `set` as one: `set(name, value, options)` and `set(cookie)`. */
export function namedCookie(first: string | NamedCookie, value: unknown, options: CookieOptions | undefined): NamedCookie {
  // Own keys only. What is no string is found by `checkCookie`.
  const given = typeof first === 'object' && first !== null ? first : { ...options, name: first, value: value as string }
  return Object.assign(Object.create(null), given)
}

/** Checks a cookie. */
export function checkGiven(cookie: NamedCookie, now: number): GivenCookie {
  const { name, value, path = '/', hostOnly } = cookie
  const domain = cookie.domain ?? ''
  const sameSite = String(cookie.sameSite ?? '').toLowerCase()
  checkCookie(name, value)
  if (typeof domain !== 'string' || UNSAFE.test(domain)) throw wrong(name, 'domain is not a domain')
  if (typeof path !== 'string' || !path.startsWith('/') || path.length > MAX_ATTRIBUTE || UNSAFE.test(path))
    throw wrong(name, `path must begin with '/', and be no longer than ${MAX_ATTRIBUTE} characters`)
  if (!/^(?:strict|lax|none|)$/.test(sameSite)) throw wrong(name, "sameSite must be 'strict', 'lax' or 'none'")
  return Object.assign(Object.create(null), cookie, {
    domain: hostOnly ? '' : withoutDot(domain),
    path,
    // Checked just before.
    sameSite: (sameSite as SessionCookie['sameSite']) || undefined,
    end: endOf(cookie, now),
  })
}

function endOf({ name, maxAge, expires }: NamedCookie, now: number): number | undefined {
  if (maxAge !== undefined) {
    if (typeof maxAge !== 'number' || Number.isNaN(maxAge)) throw wrong(name, 'maxAge must be seconds')
    return maxAge <= 0 ? 0 : now + Math.min(maxAge * 1000, MAX_LIFE)
  }
  if (expires === undefined || expires === null) return undefined
  const end = Number(expires)
  if (Number.isNaN(end) || typeof expires === 'string' || (typeof expires === 'number' && end < LEAST_MILLISECONDS))
    throw wrong(name, 'expires must be a Date or milliseconds, not seconds; null is a session cookie, and delete() ends one')
  return end
}

/**
 * The URL that a cookie belongs to: its own, else the session's where that is in the domain, else the domain's. The caller may
 * set Secure cookies for whatever host, so it counts as a secure one.
 */
export function ownerURL({ name, url, domain: given }: NamedCookie, base: URL | undefined): URL {
  const domain = withoutDot(given ?? '')
  const fromBase = base && (!domain || base.hostname === domain || base.hostname.endsWith(`.${domain}`)) ? base.href : undefined
  const fromDomain = domain ? `https://${domain.includes(':') && !domain.startsWith('[') ? `[${domain}]` : domain}/` : undefined
  const owner = url === undefined ? (fromBase ?? fromDomain) : String(url)
  if (owner === undefined) throw wrong(name, 'pass a url or a domain, or give the session a baseURL')
  const parsed = URL.canParse(owner) ? new URL(owner) : undefined
  if (!parsed || parsed.host === '')
    throw wrong(name, url === undefined ? 'domain is not a domain' : 'url must be absolute, with a host')
  parsed.protocol = 'https:'
  return parsed
}

/** A Domain may be written with a dot in front, which means nothing (RFC 6265bis section 5.6.3). */
export function withoutDot(domain: string): string {
  return domain.startsWith('.') ? domain.slice(1) : domain
}

/** Says what is wrong with a cookie, and never its value. */
export function wrong(name: string, why: string): TypeError {
  return new TypeError(`cookies: '${name}': ${why}`)
}

/** A cookie that the caller sets, as a Set-Cookie line and the URL it belongs to. */

import type { CookieOptions } from './session-cookies.ts'
import { checkCookie } from './values.ts'

/** An attribute must not end early and begin another. */
const UNSAFE = /[;\0-\x1f\x7f]/
/** RFC 6265bis section 5.5: 400 days. */
const LONGEST_LIFE = 400 * 86_400_000
const SAME_SITE: readonly unknown[] = [undefined, 'strict', 'lax', 'none']

export interface CookieLine {
  /** Without its end, which a Set-Cookie line has in whole seconds only. */
  readonly line: string
  readonly url: URL
  /** Milliseconds since the epoch; `undefined` for a session cookie. */
  readonly end: number | undefined
}

type Named = CookieOptions & { readonly name: string; readonly value: string }

/** Checks a cookie and writes it down. Without a domain it belongs to the host of `url` or of the base. */
export function cookieLine(cookie: Named, base: URL | undefined): CookieLine {
  const { name, value, path = '/', secure, httpOnly, sameSite, partitioned, hostOnly } = cookie
  checkCookie(name, value)
  const { domain: given } = cookie
  if (given !== undefined && given !== null && typeof given !== 'string') throw wrong(name, 'domain must be a string')
  const domain = given?.replace(/^\./, '')
  if (typeof path !== 'string' || !path.startsWith('/') || path.length > 1024 || UNSAFE.test(path)) {
    throw wrong(name, "path must begin with '/', and be no longer than 1024 characters")
  }
  if (domain && UNSAFE.test(domain)) throw wrong(name, 'domain is not a domain')
  if (!SAME_SITE.includes(sameSite)) throw wrong(name, "sameSite must be 'strict', 'lax' or 'none'")
  const attributes = [
    domain && !hostOnly && `Domain=${domain}`,
    `Path=${path}`,
    secure && 'Secure',
    httpOnly && 'HttpOnly',
    sameSite && `SameSite=${sameSite}`,
    partitioned && 'Partitioned',
  ]
  return {
    line: [`${name}=${value}`, ...attributes.filter(Boolean)].join('; '),
    url: ownerURL(cookie, domain, base),
    end: endOf(cookie),
  }
}

function endOf({ name, maxAge, expires }: Named): number | undefined {
  if (maxAge !== undefined) {
    if (typeof maxAge !== 'number' || Number.isNaN(maxAge)) throw wrong(name, 'maxAge must be seconds')
    return maxAge <= 0 ? 0 : Date.now() + Math.min(maxAge * 1000, LONGEST_LIFE)
  }
  if (expires === undefined || expires === null) return undefined
  const end = Number(expires)
  if (Number.isNaN(end) || typeof expires === 'string') throw wrong(name, 'expires must be a Date or milliseconds')
  return end
}

/** The caller may set Secure cookies for whatever host, so the URL counts as a secure one. */
function ownerURL({ name, url }: Named, domain: string | undefined, base: URL | undefined): URL {
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

function wrong(name: string, why: string): TypeError {
  return new TypeError(`cookies: '${name}': ${why}`)
}

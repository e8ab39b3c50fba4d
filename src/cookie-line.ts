/** A cookie that the caller sets, as a Set-Cookie line and the URL it belongs to. */
import type { CookieOptions } from './cookies.ts'
import { checkCookie } from './rules.ts'

/** An attribute must not end early and begin another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNSAFE = /[;\0-\x1f\x7f]/

/** Checks a cookie and writes it down. Without a domain it belongs to the host of `url` or of the base. */
export function cookieLine(
  cookie: CookieOptions & { readonly name: string; readonly value: string; readonly hostOnly?: boolean },
  base: URL | undefined,
): [line: string, url: URL] {
  const { name, value, url, path = '/', maxAge, secure, httpOnly, sameSite, partitioned } = cookie
  checkCookie(name, value)
  const domain = cookie.domain?.replace(/^\./, '')
  const host = ownerURL(name, url, domain, base)
  if (typeof path !== 'string' || !path.startsWith('/') || UNSAFE.test(path)) throw wrong(name, "path must begin with '/'")
  if (domain && UNSAFE.test(domain)) throw wrong(name, 'domain is not a domain')
  if (sameSite !== undefined && !['strict', 'lax', 'none'].includes(sameSite))
    throw wrong(name, "sameSite must be 'strict', 'lax' or 'none'")
  if (maxAge !== undefined && !Number.isFinite(maxAge)) throw wrong(name, 'maxAge must be seconds')
  const attributes = [
    domain && !cookie.hostOnly && `Domain=${domain}`,
    `Path=${path}`,
    expiry(cookie),
    maxAge !== undefined && `Max-Age=${Math.trunc(maxAge)}`,
    secure && 'Secure',
    httpOnly && 'HttpOnly',
    sameSite && `SameSite=${sameSite}`,
    partitioned && 'Partitioned',
  ]
  return [[`${name}=${value}`, ...attributes.filter(Boolean)].join('; '), host]
}

function expiry({ name, expires }: CookieOptions & { readonly name: string }): string | undefined {
  if (expires === undefined || expires === null) return undefined
  const date = new Date(expires)
  if (Number.isNaN(date.getTime())) throw wrong(name, 'expires must be a Date or milliseconds')
  return `Expires=${date.toUTCString()}`
}

/** The caller may set Secure cookies for whatever host, so the URL counts as a secure one. */
function ownerURL(name: string, url: string | URL | undefined, domain: string | undefined, base: URL | undefined): URL {
  const given = url === undefined ? undefined : String(url)
  if (given !== undefined && !URL.canParse(given)) throw wrong(name, 'url must be absolute')
  const fromBase = base && (!domain || base.hostname === domain || base.hostname.endsWith(`.${domain}`)) ? base.href : undefined
  const owner =
    given ??
    fromBase ??
    (domain ? `https://${domain.includes(':') && !domain.startsWith('[') ? `[${domain}]` : domain}/` : undefined)
  if (owner === undefined) throw wrong(name, 'pass a url or a domain, or give the session a baseURL')
  if (!URL.canParse(owner)) throw wrong(name, 'domain is not a domain')
  const parsed = new URL(owner)
  parsed.protocol = 'https:'
  return parsed
}

function wrong(name: string, why: string): TypeError {
  return new TypeError(`cookies: '${name}': ${why}`)
}

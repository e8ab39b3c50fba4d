/** `session.cookies` over the jar. */

import type { CookieChanges } from '../../cookies/changes.ts'
import { asciiDomain, hostOf, isSuffix } from '../../cookies/domains.ts'
import { cookieLine } from '../../cookies/line.ts'
import type { CookieOptions, JarState, SessionCookie, SessionCookies } from '../../cookies/session-cookies.ts'
import type { Cookie } from '../../cookies/tough.ts'
import { INSPECT } from '../../session/inspect.ts'
import type { Jar } from './jar.ts'
import { expiryOf, siteOf } from './rules.ts'

/** The API over a jar, for a session with this `baseURL`. */
export function jarCookies(jar: Jar | undefined, base: URL | undefined, changes: CookieChanges): SessionCookies {
  function needJar(): Jar {
    if (jar) return jar
    throw new TypeError('cookies: this session has jar: false, and so nowhere to keep a cookie')
  }

  async function cookiesAt(url: string | URL | undefined): Promise<readonly Cookie[]> {
    if (!jar) return []
    return url === undefined ? jar.all() : jar.cookies(siteOf(parseURL(url)))
  }

  const api: SessionCookies & { [INSPECT]: () => string } = {
    async get(name, url) {
      const named = (cookies: readonly Cookie[]) => cookies.find((cookie) => cookie.key === name)
      const found =
        named(await cookiesAt(url ?? base)) ?? (url === undefined && base ? named(await cookiesAt(undefined)) : undefined)
      return found ? show(found) : null
    },
    async getAll(url) {
      return (await cookiesAt(url)).map(show)
    },
    async set(first: string | (CookieOptions & { name: string; value: string }), value?: string, more: CookieOptions = {}) {
      const cookie = typeof first === 'object' && first !== null ? first : { ...more, name: first, value: value as string }
      const { line, url, end } = cookieLine(cookie, base)
      const reason = publicSuffix(cookie) ?? (await needJar().put(line, siteOf(url), 'caller', end))
      if (reason) throw new TypeError(`cookies: '${cookie.name}' was refused: ${reason}`)
    },
    async delete(name, options) {
      if (typeof name !== 'string') throw new TypeError('cookies: delete takes the name of a cookie')
      const { domain, path, url = domain ? undefined : base } = options ?? {}
      if (domain && typeof domain !== 'string') throw new TypeError('cookies: domain must be a string')
      const at = url === undefined ? undefined : hostOf(parseURL(url))
      const of = domain ? asciiDomain(domain.replace(/^\./, '')) : undefined
      const fits = (cookie: Cookie) => {
        const ofHost = at === undefined || cookie.domain === at || (!cookie.hostOnly && at.endsWith(`.${cookie.domain}`))
        return cookie.key === name && ofHost && (!domain || cookie.domain === of) && (path === undefined || cookie.path === path)
      }
      await jar?.removeWhere(fits, at ?? of)
    },
    async clear() {
      await jar?.removeWhere(() => true)
    },
    async export() {
      return (await needJar().save()) as JarState
    },
    toJSON() {
      const state = needJar().save()
      if (!(state instanceof Promise)) return state as JarState
      state.catch(() => undefined)
      throw new TypeError('cookies: this store is async: use await session.cookies.export()')
    },
    addEventListener: (type, listener, options) => changes.add(type, listener, options),
    removeEventListener: (type, listener) => changes.remove(type, listener),
    [INSPECT]() {
      const all = jar?.snapshot()
      const shown = all?.slice(0, 20).map(({ key, domain, path }) => `${key}=*** (${domain}${path})`)
      return `SessionCookies { ${shown ? shown.join(', ') + (all && all.length > 20 ? `, … ${all.length} in all` : '') : 'in an async store'} }`
    },
  }
  Object.defineProperty(api, INSPECT, { enumerable: false })
  return api
}

/** A cookie for all of a suffix has no host to belong to. Single labels are the names of machines. */
function publicSuffix({ domain, url }: CookieOptions): string | undefined {
  const text = url === undefined && domain ? (asciiDomain(domain.replace(/^\./, '')) ?? '') : ''
  return text.includes('.') && !/^[\d.]+$/.test(text) && isSuffix(text) ? 'its domain is a public suffix' : undefined
}

function parseURL(url: string | URL): URL {
  if (URL.canParse(String(url))) return new URL(String(url))
  throw new TypeError('cookies: the url must be absolute')
}

/** A cookie of the jar in CookieStore's words. */
export function show(cookie: Cookie): SessionCookie {
  const { key, value, domain, path, secure, httpOnly, hostOnly, sameSite, extensions } = cookie
  const end = expiryOf(cookie)
  return {
    name: key,
    value,
    domain: domain ?? '',
    path: path ?? '/',
    expires: end === Number.POSITIVE_INFINITY ? null : end,
    secure,
    httpOnly,
    hostOnly: hostOnly === true,
    partitioned: extensions?.some((extension) => extension.toLowerCase() === 'partitioned') ?? false,
    ...(sameSite ? { sameSite: sameSite as 'strict' | 'lax' | 'none' } : {}),
  }
}

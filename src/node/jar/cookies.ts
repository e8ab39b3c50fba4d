/** `session.cookies` over the jar. */

import { pairText, textOf } from '../../cookies/bytes.ts'
import type { CookieChanges } from '../../cookies/changes.ts'
import { asciiDomain, hostOf, isIP, isSuffix } from '../../cookies/domains.ts'
import { checkGiven, type NamedCookie, namedCookie, ownerURL, withoutDot } from '../../cookies/given-cookie.ts'
import type { CookieOptions, RefusedCookie, SessionCookie, SessionCookies } from '../../cookies/session-cookies.ts'
import type { Cookie } from '../../cookies/tough.ts'
import { INSPECT } from '../../exchange/request.ts'
import { isPromise } from '../maybe.ts'
import { cookiesIn } from './forms.ts'
import type { Jar } from './jar.ts'
import { expiryOf, problemOf, settleDomain } from './rules.ts'
import { fromOurs, nameOf, readEntry, stateOf } from './saved.ts'
import { siteOf } from './site.ts'

/** Makes `session.cookies` over a jar, for a session with this `baseURL`. */
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
      const named = (cookies: readonly Cookie[]) => cookies.find(({ key }) => textOf(key) === name)
      const found =
        named(await cookiesAt(url ?? base)) ?? (url === undefined && base ? named(await cookiesAt(undefined)) : undefined)
      return found ? show(found) : null
    },
    async getAll(url) {
      return (await cookiesAt(url)).map(show)
    },
    async set(first: string | NamedCookie, value?: string, options?: CookieOptions) {
      await setCookie(needJar(), namedCookie(first, value, options), base)
    },
    async delete(name, options) {
      if (typeof name !== 'string') throw new TypeError('cookies: delete takes the name of a cookie')
      const { domain, path, url = domain ? undefined : base } = options ?? {}
      if (domain && typeof domain !== 'string') throw new TypeError('cookies: domain must be a string')
      const at = url === undefined ? undefined : hostOf(parseURL(url))
      const of = domain ? asciiDomain(withoutDot(domain)) : undefined
      const fits = (cookie: Cookie) => {
        const ofHost = at === undefined || cookie.domain === at || (!cookie.hostOnly && at.endsWith(`.${cookie.domain}`))
        return (
          textOf(cookie.key) === name &&
          ofHost &&
          (!domain || cookie.domain === of) &&
          (path === undefined || cookie.path === path)
        )
      }
      await jar?.removeWhere(fits, at ?? of)
    },
    async clear() {
      await jar?.removeWhere(() => true)
    },
    async export() {
      return stateOf(await needJar().all())
    },
    async import(cookies) {
      const given = cookiesIn(cookies, 'cookies.import')
      if (!given) throw new TypeError('cookies.import: give what getAll(), export() or a format gives')
      return importCookies(needJar(), given.entries, base && hostOf(base))
    },
    toJSON() {
      const cookies = needJar().all()
      if (!isPromise(cookies)) return stateOf(cookies)
      cookies.catch(() => undefined)
      throw new TypeError('cookies: this store is async: use await session.cookies.export()')
    },
    ...changes.members,
    [INSPECT]() {
      const all = jar?.snapshot()
      const shown = all?.slice(0, 20).map(({ key, domain, path }) => `${textOf(key)}=*** (${domain}${path})`)
      return `SessionCookies { ${shown ? shown.join(', ') + (all && all.length > 20 ? `, … ${all.length} in all` : '') : 'in an async store'} }`
    },
  }
  Object.defineProperty(api, INSPECT, { enumerable: false })
  return api
}

/** Stores a cookie by the rules for a response over https, and throws the reason if they refuse it. */
async function setCookie(jar: Jar, named: NamedCookie, base: URL | undefined): Promise<void> {
  const given = checkGiven(named, jar.now())
  const site = siteOf(ownerURL(named, base))
  const ours = Object.assign(Object.create(null), given, { domain: null, expires: given.end })
  const cookie = fromOurs(ours, jar.now())
  const reason =
    publicSuffix(named) ??
    settleDomain(cookie, given.domain, site) ??
    problemOf(cookie, true) ??
    (await jar.add(cookie, true, 'caller'))
  if (reason) throw new TypeError(`cookies: '${given.name}' was refused: ${reason}`)
}

/** Refuses `{ domain: 'co.uk' }` without a url: no host is named that it could belong to. A single label is a machine's name. */
function publicSuffix({ domain, url }: CookieOptions): string | undefined {
  const text = url === undefined && domain ? (asciiDomain(withoutDot(domain)) ?? '') : ''
  return text.includes('.') && !isIP(text) && isSuffix(text) ? 'its domain is a public suffix' : undefined
}

/** Stores cookies by the rules for a response, and gives the refused ones in their order. */
async function importCookies(jar: Jar, entries: readonly unknown[], host: string | undefined): Promise<RefusedCookie[]> {
  const now = jar.now()
  const reasons = await jar.addJudged(
    entries.map((entry) => readEntry(entry, now, host)),
    true,
  )
  return entries.flatMap((entry, index) => {
    const reason = reasons[index]
    return reason ? [{ name: String(nameOf(entry) ?? ''), reason }] : []
  })
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
    ...pairText(key, value),
    domain: domain ?? '',
    path: path ?? '/',
    expires: end === Number.POSITIVE_INFINITY ? null : end,
    secure,
    httpOnly,
    hostOnly: hostOnly === true,
    partitioned: extensions?.some((extension) => extension.toLowerCase() === 'partitioned') ?? false,
    // A store of the user's may hold other text; the rules let only these into a jar.
    ...(sameSite ? { sameSite: sameSite as 'strict' | 'lax' | 'none' } : {}),
  }
}

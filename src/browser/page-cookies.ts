/**
 * `session.cookies` in a page: what the page may see, through `cookieStore` where there is one, else `document.cookie`.
 * What was written is read back, since a browser refuses silently.
 */
import { pairText } from '../cookies/bytes.ts'
import { CookieChanges } from '../cookies/changes.ts'
import { checkGiven, type NamedCookie, namedCookie, withoutDot, wrong } from '../cookies/given-cookie.ts'
import { LEAST_MILLISECONDS } from '../cookies/limits.ts'
import type { CookieOptions, RefusedCookie, SessionCookie, SessionCookies } from '../cookies/session-cookies.ts'
import { expireAt, isVisibleAt, store, write } from './written-cookie.ts'

/**
 * The listeners of all sessions, which share the browser's one jar. From the first listener on they hear of the browser's
 * changes.
 */
const changes = new CookieChanges(() =>
  store()?.addEventListener?.('change', (event) => {
    // A CookieChangeEvent, which TypeScript's DOM library lacks.
    const { changed, deleted } = event as never as { changed: SessionCookie[]; deleted: SessionCookie[] }
    changes.tell(changed.map(complete), deleted.map(complete))
  }),
)

/** @param isOff `jar: false`: nothing is seen, and nothing can be kept. */
export function pageCookies(isOff: boolean): SessionCookies {
  async function getAll(url?: string | URL): Promise<SessionCookie[]> {
    checkOrigin(url)
    return isOff ? [] : seen()
  }

  const named = async (name: string, url?: string | URL) => (await getAll(url)).filter((cookie) => cookie.name === name)

  function mayPut(): void {
    if (isOff) throw impossible('jar: false keeps no cookie')
    needCookies()
  }

  async function put(cookie: NamedCookie): Promise<void> {
    mayPut()
    const given = checkGiven(cookie, Date.now())
    checkPage(cookie)
    const { name, value, path, domain, secure = false, end } = given
    if (end !== undefined && end <= Date.now()) return expire(given)
    await write(given)
    if (isVisibleAt(path) && !(await named(name)).some((one) => one.value === value))
      throw impossible(`the browser refused '${name}'; look at its domain and secure`)
    if (!store()) changes.tell([complete({ name, value, path, secure, domain: domain || null, expires: end ?? null })], [])
  }

  async function expire({ name, path, domain }: CookieOptions & { readonly name: string }): Promise<void> {
    const before = await named(name)
    await expireAt(name, path, domain)
    const after = await named(name)
    if (!store()) changes.tell([], before.slice(after.length))
    if (!path && !domain && after.length > 0) throw impossible(`the browser did not end '${name}'; give its path and domain`)
  }

  return {
    getAll,
    set: async (first: string | NamedCookie, value?: string, options?: CookieOptions) => put(namedCookie(first, value, options)),
    get: async (name, url) => (await named(name, url))[0] ?? null,
    async delete(name, options) {
      checkOrigin(options?.url)
      await expire({ ...options, name })
    },
    async clear() {
      for (const { name } of await getAll()) await expire({ name })
    },
    async import(cookies) {
      const entries = Array.isArray(cookies) ? cookies : (cookies as { cookies?: unknown } | null)?.cookies
      if (!Array.isArray(entries)) throw impossible('import takes what getAll(), export() or a format gives')
      mayPut()
      const given = entries.map(fromEntry)
      given.forEach(checkPage)
      const refused: RefusedCookie[] = []
      for (const cookie of given) await put(cookie).catch(({ message }) => refused.push({ name: cookie.name, reason: message }))
      return refused
    },
    export: async () => notInAPage('export'),
    toJSON: () => notInAPage('toJSON'),
    ...changes.members,
  }
}

/** Throws where no cookie can be seen: a worker without `cookieStore`, and React Native, can only send them. */
function needCookies(by = 'cookies'): void {
  if (!store() && !globalThis.document)
    throw new TypeError(
      `${by}: there is no cookieStore here to see cookies with; requests carry them, and to csrf give { header, token }`,
    )
}

/** The cookies that the page sees. */
async function seen(by?: string): Promise<SessionCookie[]> {
  needCookies(by)
  const known = store()
  if (known) return (await known.getAll()).map(complete)
  const pairs = document.cookie.split('; ').filter(Boolean)
  // Without an equals sign it is all value: RFC 6265bis section 5.6, step 3.
  return pairs.map((pair) => {
    const end = pair.indexOf('=')
    return complete({ name: pair.slice(0, Math.max(0, end)), value: pair.slice(end + 1) })
  })
}

/** The first value of a cookie that the page sees. */
export async function readPageCookie(name: string): Promise<string | undefined> {
  return (await seen('csrf')).find((cookie) => cookie.name === name)?.value
}

/** A cookie with all its members: Firefox tells only name and value, and the event of a deleted cookie has no value. */
function complete(cookie: Pick<SessionCookie, 'name'> & Partial<SessionCookie>): SessionCookie {
  return { value: '', domain: null, path: '/', expires: null, secure: false, ...cookie }
}

/** A cookie to import: one of `getAll()` or of a format, or, with a `key`, one of a saved state. */
function fromEntry(entry: unknown): NamedCookie {
  // The cast: `put` checks what the fields are.
  const { key, name = '', extensions, expires, ...more } = (entry ?? {}) as NamedCookie & Partial<Saved>
  if (typeof expires === 'number' && expires < LEAST_MILLISECONDS && more.hostOnly === undefined)
    throw impossible("import takes milliseconds; other programs' cookies are read by 'sessionfetch/formats'")
  // A Date may lie in the past, and then ends the cookie.
  const cookie = { ...more, name, expires: expires && (expires as unknown) !== 'Infinity' ? new Date(expires) : null }
  if (key === undefined) return cookie
  return { ...cookie, ...pairText(key, cookie.value ?? ''), partitioned: extensions?.includes('Partitioned') }
}

/** The members that only a cookie of a saved state has. */
interface Saved {
  readonly key: string
  readonly extensions: readonly string[]
}

/** Throws for what a page may not do, before anything is done. */
function checkPage({ name, url, httpOnly, domain, hostOnly, bytes }: NamedCookie): void {
  checkOrigin(url)
  if (httpOnly) throw wrong(name, 'a page cannot set an HttpOnly cookie')
  if (bytes) throw wrong(name, 'a page writes UTF-8 only')
  const { hostname } = location
  const of = withoutDot(`${domain || hostname}`)
  if (hostOnly ? hostname !== of : !`.${hostname}`.endsWith(`.${of}`))
    throw wrong(name, "domain must be the page's host, or a parent")
}

function checkOrigin(url: string | URL | undefined): void {
  if (url !== undefined && new URL(url, location.href).origin !== location.origin) {
    throw impossible('a page sees the cookies of its own origin only')
  }
}

function notInAPage(method: string): never {
  throw impossible(`${method}() is not possible in a page, which does not see HttpOnly cookies`)
}

function impossible(why: string): TypeError {
  return new TypeError(`cookies: ${why}`)
}

/**
 * `session.cookies` in a page: what the page may see, through `cookieStore` where there is one, else `document.cookie`.
 *
 * Written through `document.cookie` all the same: WebKit's `cookieStore.set` resolves on http://localhost and stores nothing.
 * What was written is read back, since a browser refuses silently.
 */
import { pairText } from '../cookies/bytes.ts'
import { CookieChanges } from '../cookies/changes.ts'
import { checkGiven, type NamedCookie, namedCookie } from '../cookies/given-cookie.ts'
import { cookiePairs } from '../cookies/header.ts'
import { LEAST_MILLISECONDS } from '../cookies/limits.ts'
import type { CookieOptions, RefusedCookie, SessionCookie, SessionCookies } from '../cookies/session-cookies.ts'

/** The part of the CookieStore API that TypeScript's DOM library lacks or differs in. */
interface Store extends EventTarget {
  getAll(): Promise<SessionCookie[]>
  set(cookie: object): Promise<void>
}

const store = (): Store | undefined => (globalThis as unknown as { cookieStore?: Store }).cookieStore

/** One for all sessions, as there is one jar; it follows the browser's own from the first listener on. */
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
    if (isOff) return []
    const known = store()
    if (!known && !globalThis.document)
      throw impossible('this worker has no cookieStore, and so sees no cookies; requests carry them')
    return known ? (await known.getAll()).map(complete) : parsePage()
  }

  const named = async (name: string, url?: string | URL) => (await getAll(url)).filter((cookie) => cookie.name === name)

  async function put(cookie: NamedCookie): Promise<void> {
    checkPage(cookie)
    if (isOff) throw impossible('this session has jar: false, and so nowhere to keep a cookie')
    const given = checkGiven(cookie, new URL(location.href), Date.now())
    const { name, value, path, end } = given
    if (end !== undefined && end <= Date.now()) return expire(cookie)
    await write(given)
    if (isVisibleAt(path) && !(await named(name)).some((one) => one.value === value))
      throw impossible(`the browser refused '${name}'; look at its domain and secure`)
    // As it was given, which is what an event of the browser's own would tell.
    if (!store()) changes.tell([complete(given as never)], [])
  }

  async function expire({ name, path, domain }: CookieOptions & { readonly name: string }): Promise<void> {
    const before = await named(name)
    for (const ending of endings(name, path, domain)) await write(ending)
    const after = await named(name)
    if (!store()) changes.tell([], before.slice(after.length))
    if (path === undefined && !domain && after.length > 0)
      throw impossible(`the browser did not end '${name}'; give its path and domain`)
  }

  return {
    getAll,
    async set(first: string | NamedCookie, value?: string, options?: CookieOptions) {
      await put(namedCookie(first, value, options))
    },
    get: async (name, url) => (await named(name, url))[0] ?? null,
    async delete(name, options) {
      checkOrigin(options?.url)
      await expire({ ...options, name })
    },
    async clear() {
      for (const name of new Set((await getAll()).map(({ name }) => name))) await expire({ name })
    },
    async import(cookies) {
      const entries = Array.isArray(cookies) ? cookies : (cookies as { cookies?: unknown } | null)?.cookies
      if (!Array.isArray(entries)) throw impossible('import takes what getAll(), export() or a format gives')
      const given = entries.map(fromEntry)
      given.forEach(checkPage)
      const refused: RefusedCookie[] = []
      for (const cookie of given) await put(cookie).catch(({ message }) => refused.push({ name: cookie.name, reason: message }))
      return refused
    },
    export: async () => notInAPage('export'),
    toJSON: () => notInAPage('toJSON'),
    addEventListener: (type, listener, options) => changes.add(type, listener, options),
    removeEventListener: (type, listener) => changes.remove(type, listener),
  }
}

/** A cookie's value as the page sees it. */
export function readPageCookie(name: string): string | undefined {
  return parsePage().find((cookie) => cookie.name === name)?.value
}

interface Written {
  readonly name: string
  readonly value: string
  readonly path: string
  readonly domain?: string | undefined
  readonly secure?: boolean | undefined
  readonly sameSite?: string | undefined
  readonly partitioned?: boolean | undefined
  /** Milliseconds since the epoch. */
  readonly end?: number | undefined
}

/** In a worker there is no document, and the store has to do. */
async function write({ end, secure, ...cookie }: Written): Promise<void> {
  const { name, value, path, domain, sameSite, partitioned } = cookie
  if (!globalThis.document) return store()?.set({ ...cookie, domain: domain || null, expires: end ?? null })
  // biome-ignore lint/suspicious/noDocumentCookie: WebKit's cookieStore.set resolves on http://localhost and stores nothing
  document.cookie = [
    `${name}=${value}`,
    `Path=${path}`,
    domain && `Domain=${domain}`,
    secure && 'Secure',
    sameSite && `SameSite=${sameSite}`,
    partitioned && 'Partitioned',
    end !== undefined && `Max-Age=${Math.ceil(Math.max(0, end - Date.now()) / 1000)}`,
  ]
    .filter(Boolean)
    .join('; ')
}

/**
 * What ends a cookie wherever it may lie. A page is told names and values at least, and to end a cookie takes its path, its
 * domain, and, for the prefixes and for Partitioned, the attributes that it was set with. A line with neither name nor value
 * would be refused.
 */
function endings(name: string, path: string | undefined, domain: string | null | undefined): Written[] {
  const paths = path === undefined ? ['/', ...prefixes(location.pathname)] : [path]
  const labels = location.hostname.split('.')
  const domains = domain ? [domain] : ['', ...labels.slice(1).map((_, index) => labels.slice(index).join('.'))]
  const secures = globalThis.isSecureContext ? [{}, { secure: true }, { secure: true, partitioned: true }] : [{}]
  return paths.flatMap((at) =>
    domains.flatMap((of) => secures.map((flags) => ({ name, value: 'x', path: at, domain: of, end: 0, ...flags }))),
  )
}

/** `/a`, `/a/`, `/a/b` of `/a/b`. */
function prefixes(pathname: string): string[] {
  const parts = pathname.split('/').filter(Boolean)
  return parts.flatMap((_, index) => {
    const prefix = `/${parts.slice(0, index + 1).join('/')}`
    return [prefix, `${prefix}/`]
  })
}

/** RFC 6265bis section 5.1.4, at the page's own path. */
function isVisibleAt(path: string): boolean {
  const at = globalThis.document ? location.pathname : '/'
  return at === path || (at.startsWith(path) && (path.endsWith('/') || at[path.length] === '/'))
}

function parsePage(): SessionCookie[] {
  return cookiePairs(globalThis.document?.cookie ?? '').map((pair) => complete(pair as unknown as SessionCookie))
}

/** Firefox tells no more than name and value, and a deleted cookie's event has no value. */
function complete({
  name,
  value = '',
  domain,
  path = '/',
  expires = null,
  secure = false,
  sameSite,
  partitioned,
}: SessionCookie): SessionCookie {
  const known = { ...(sameSite && { sameSite }), ...(partitioned !== undefined && { partitioned }) }
  return { name, value, domain: domain || null, path, expires, secure, ...known }
}

/** A cookie to import: one of `getAll()` or of a format, or, with a `key`, one of a saved state. */
function fromEntry(entry: unknown): NamedCookie {
  const { key, extensions, expires, ...cookie } = (entry ?? {}) as NamedCookie & { key?: string; extensions?: string[] }
  if (typeof expires === 'number' && expires < LEAST_MILLISECONDS && cookie.hostOnly === undefined)
    throw impossible("import: expires must be milliseconds; other programs' cookies are read by 'sessionfetch/formats'")
  // A Date may lie in the past, and then ends the cookie.
  const end = typeof expires === 'number' || (typeof expires === 'string' && expires !== 'Infinity') ? new Date(expires) : null
  const own = { ...cookie, expires: end }
  return key === undefined ? own : { ...own, ...pairText(key, own.value ?? ''), partitioned: extensions?.includes('Partitioned') }
}

/** Throws for what a page may not do, before anything is done. */
function checkPage({ name, url, httpOnly, domain, hostOnly, bytes }: NamedCookie): void {
  checkOrigin(url)
  if (httpOnly) throw impossible(`'${name}': a page cannot set an HttpOnly cookie`)
  if (bytes !== undefined) throw impossible(`'${name}': a page writes UTF-8 only`)
  if (!domain || typeof domain !== 'string') return
  const of = domain.startsWith('.') ? domain.slice(1) : domain
  const { hostname } = location
  if (hostname !== of && (hostOnly || !hostname.endsWith(`.${of}`)))
    throw impossible(`'${name}': domain must be the page's own host, or a parent of it`)
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

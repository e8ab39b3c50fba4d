/**
 * `session.cookies` in a page: what the page may see, through `cookieStore` where there is one, else `document.cookie`.
 *
 * Written through `document.cookie` all the same: WebKit's `cookieStore.set` resolves on http://localhost and stores nothing.
 * What was written is read back, since a browser refuses silently.
 */
import { CookieChanges } from '../cookies/changes.ts'
import { cookieLine } from '../cookies/line.ts'
import type { CookieOptions, SessionCookie, SessionCookies } from '../cookies/session-cookies.ts'

/** The part of the CookieStore API that TypeScript's DOM library lacks or differs in. */
interface Store extends EventTarget {
  getAll(): Promise<SessionCookie[]>
  set(cookie: object): Promise<void>
}

type Named = CookieOptions & { readonly name: string; readonly value: string }

const store = (): Store | undefined => (globalThis as unknown as { cookieStore?: Store }).cookieStore

/** One for all sessions, as there is one jar; it follows the browser's own from the first listener on. */
const changes = new CookieChanges(() =>
  store()?.addEventListener?.('change', (event) => {
    const { changed, deleted } = event as never as { changed: SessionCookie[]; deleted: SessionCookie[] }
    changes.tell(changed.map(complete), deleted.map(complete))
  }),
)

/** @param isOff `jar: false`: nothing is seen, and nothing can be kept. */
export function pageCookies(isOff: boolean): SessionCookies {
  async function getAll(url?: string | URL): Promise<SessionCookie[]> {
    checkOrigin(url)
    return isOff ? [] : ((await store()?.getAll())?.map(complete) ?? parsePage())
  }

  async function set(first: string | Named, value?: string, more?: CookieOptions): Promise<void> {
    const cookie = typeof first === 'object' && first !== null ? first : { ...more, name: first, value: value as string }
    checkOrigin(cookie.url)
    if (isOff) throw impossible('this session has jar: false, and so nowhere to keep a cookie')
    if (cookie.httpOnly) throw impossible('a page cannot set an HttpOnly cookie')
    const { line, end } = cookieLine(cookie, new URL(location.href))
    if (end !== undefined && end <= Date.now()) return expire(cookie)
    await write(cookie, line, end)
    const isHere =
      isVisibleAt(cookie.path ?? '/') && (await getAll()).some((one) => one.name === cookie.name && one.value === cookie.value)
    if (!isHere && isVisibleAt(cookie.path ?? '/'))
      throw impossible(`the browser refused '${cookie.name}'; look at its domain and secure`)
    if (!store()) changes.tell([complete(cookie as SessionCookie)], [])
  }

  async function expire(cookie: CookieOptions & { readonly name: string }): Promise<void> {
    const before = (await getAll()).filter(({ name }) => name === cookie.name)
    for (const line of endings(cookie)) await write({ ...cookie, value: '' }, line, 0)
    const after = (await getAll()).filter(({ name }) => name === cookie.name)
    if (!store()) changes.tell([], before.slice(after.length))
    const isWhole = cookie.path === undefined && !cookie.domain
    if (isWhole && after.length > 0) throw impossible(`the browser did not end '${cookie.name}'; give its path and domain`)
  }

  return {
    getAll,
    set,
    get: async (name, url) => (await getAll(url)).find((cookie) => cookie.name === name) ?? null,
    async delete(name, options) {
      checkOrigin(options?.url)
      await expire({ ...options, name })
    },
    async clear() {
      const names = new Set((await getAll()).map(({ name }) => name))
      for (const name of names) await expire({ name })
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

/** In a worker there is no document, and the store has to do. */
async function write(cookie: Named, line: string, end: number | undefined): Promise<void> {
  if (!globalThis.document) return store()?.set({ ...cookie, expires: end ?? null })
  const seconds = end === undefined ? undefined : Math.ceil(Math.max(0, end - Date.now()) / 1000)
  // biome-ignore lint/suspicious/noDocumentCookie: WebKit's cookieStore.set resolves on http://localhost and stores nothing
  document.cookie = seconds === undefined ? line : `${line}; Max-Age=${seconds}`
}

/**
 * Lines that end a cookie wherever it may lie. A page is told names and values at least, and to end a cookie takes its path, its
 * domain, and, for the prefixes and for Partitioned, the attributes that it was set with.
 */
function endings({ name, path, domain }: CookieOptions & { readonly name: string }): string[] {
  const paths = path === undefined ? ['/', ...prefixes(location.pathname)] : [path]
  const labels = location.hostname.split('.')
  const parents = labels.slice(0, -1).map((_, index) => `; Domain=${labels.slice(index).join('.')}`)
  const domains = domain ? [`; Domain=${domain}`] : ['', ...parents]
  const secures = globalThis.isSecureContext ? ['', '; Secure', '; Secure; Partitioned'] : ['']
  return paths.flatMap((at) => domains.flatMap((of) => secures.map((secure) => `${name}=; Path=${at}${of}${secure}`)))
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
  const pairs = (globalThis.document?.cookie ?? '').split('; ').filter(Boolean)
  return pairs.map((pair) => {
    const end = pair.indexOf('=')
    return complete({ name: pair.slice(0, Math.max(0, end)), value: pair.slice(end + 1) } as SessionCookie)
  })
}

/** Firefox tells no more than name and value. */
function complete({
  name,
  value,
  domain = null,
  path = '/',
  expires = null,
  secure = false,
  ...more
}: SessionCookie): SessionCookie {
  const { sameSite, partitioned } = more
  const known = { ...(sameSite ? { sameSite } : {}), ...(partitioned === undefined ? {} : { partitioned }) }
  // A deleted cookie's event has no value.
  return { name, value: value ?? '', domain, path, expires, secure, ...known }
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

/**
 * `session.cookies` in a page: what the page may see, through `cookieStore` where there is one, else `document.cookie`.
 *
 * Written through `document.cookie` all the same: WebKit's `cookieStore.set` resolves on http://localhost and stores nothing.
 */
import { CookieChanges } from '../cookie-changes.ts'
import { cookieLine } from '../cookie-line.ts'
import type { CookieOptions, SessionCookie, SessionCookies } from '../cookies.ts'

/** The part of the CookieStore API that TypeScript's DOM library lacks or differs in. */
interface Store extends EventTarget {
  getAll(): Promise<SessionCookie[]>
  set(cookie: object): Promise<void>
}

const store = (): Store | undefined => (globalThis as unknown as { cookieStore?: Store }).cookieStore

export function pageCookies(): SessionCookies {
  const changes = new CookieChanges()
  store()?.addEventListener?.('change', (event) => {
    const { changed, deleted } = event as never as { changed: SessionCookie[]; deleted: SessionCookie[] }
    changes.tell(changed, deleted)
  })

  async function getAll(url?: string | URL): Promise<SessionCookie[]> {
    checkOrigin(url)
    const listed = await store()?.getAll()
    return listed ? listed.map(complete) : parsePage()
  }

  async function set(
    first: string | (CookieOptions & { name: string; value: string }),
    value?: string,
    more: CookieOptions = {},
  ): Promise<void> {
    const cookie = typeof first === 'object' ? first : { ...more, name: first, value: value as string }
    checkOrigin(cookie.url)
    if (cookie.httpOnly) throw impossible('a page cannot set an HttpOnly cookie')
    const { line, end } = cookieLine(cookie, new URL(location.href))
    if (!globalThis.document) await store()?.set({ ...cookie, expires: end })
    // biome-ignore lint/suspicious/noDocumentCookie: see the top of this file
    else document.cookie = end === undefined ? line : `${line}; Max-Age=${Math.round((end - Date.now()) / 1000)}`
    const hidden = !location.pathname.startsWith(cookie.path ?? '/') || (end !== undefined && end <= Date.now())
    if (!hidden && readPageCookie(cookie.name) === undefined)
      throw impossible(`the browser refused '${cookie.name}'; look at its domain and secure`)
    if (!store()) changes.tell([complete(cookie as SessionCookie)], [])
  }

  async function end(name: string, { domain, path }: CookieOptions): Promise<void> {
    await set({ name, value: '', maxAge: 0, ...(domain ? { domain } : {}), ...(path ? { path } : {}) })
  }

  return {
    getAll,
    set,
    get: async (name, url) => (await getAll(url)).find((cookie) => cookie.name === name) ?? null,
    async delete(name, options = {}) {
      checkOrigin(options.url)
      await end(name, options)
    },
    async clear() {
      for (const { name, domain, path } of await getAll()) await end(name, { domain, path })
    },
    export: async () => notInAPage('export'),
    toJSON: () => notInAPage('toJSON'),
    addEventListener: (type, listener) => changes.add(type, listener),
    removeEventListener: (type, listener) => changes.remove(type, listener),
  }
}

/** A cookie's value as the page sees it. */
export function readPageCookie(name: string): string | undefined {
  return parsePage().find((cookie) => cookie.name === name)?.value
}

function parsePage(): SessionCookie[] {
  const pairs = (globalThis.document?.cookie ?? '').split('; ').filter(Boolean)
  return pairs.map((pair) => {
    const end = pair.indexOf('=')
    return complete({ name: pair.slice(0, end), value: pair.slice(end + 1) } as SessionCookie)
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
  sameSite,
  partitioned,
}: SessionCookie): SessionCookie {
  const known = { ...(sameSite ? { sameSite } : {}), ...(partitioned === undefined ? {} : { partitioned }) }
  return { name, value, domain, path, expires, secure, ...known }
}

function checkOrigin(url: string | URL | undefined): void {
  if (url !== undefined && new URL(url, location.href).origin !== location.origin)
    throw impossible('a page sees the cookies of its own origin only')
}

function notInAPage(method: string): never {
  throw impossible(`${method}() is not possible in a page, which does not see HttpOnly cookies`)
}

function impossible(why: string): TypeError {
  return new TypeError(`cookies: ${why}`)
}

/**
 * A cookie as a page writes it: through `document.cookie`, also where there is a `cookieStore`, since WebKit's
 * `cookieStore.set` resolves on http://localhost and stores nothing.
 */
import { wrong } from '../cookies/given-cookie.ts'
import type { SessionCookie } from '../cookies/session-cookies.ts'
import { isUnder } from '../http/url.ts'

/** The part of the CookieStore API that TypeScript's DOM library lacks or differs in. */
export interface Store extends EventTarget {
  getAll(): Promise<SessionCookie[]>
  set(cookie: object): Promise<void>
}

/** The platform's store; Firefox's tells no more than name and value. */
export const store = (): Store | undefined => (globalThis as unknown as { cookieStore?: Store }).cookieStore

/** A cookie and its attributes. */
export interface WrittenCookie {
  readonly name: string
  readonly value: string
  readonly path: string
  readonly domain: string
  readonly secure?: boolean | undefined
  readonly sameSite?: string | undefined
  readonly partitioned?: boolean | undefined
  /** Milliseconds since the epoch. */
  readonly end: number | undefined
}

/** Writes a cookie. In a worker there is no document, and the store has to do. */
export async function write({ name, value, path, domain, secure, sameSite, partitioned, end }: WrittenCookie): Promise<void> {
  if (!globalThis.document)
    return store()?.set({ name, value, path, domain: domain || null, sameSite, partitioned, expires: end ?? null })
  if (/[^ -~]/.test(name + value)) refuseCut(name, value)
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
 * WebKit cuts a line at the first character that is not ASCII, its attributes too. A cookie that is already over, and so is
 * kept only where its end was cut off, shows that without harm.
 */
function refuseCut(name: string, value: string): void {
  const probe = 'sessionfetch-='
  // biome-ignore lint/suspicious/noDocumentCookie: what this line cuts is the question, and cookieStore does not cut
  document.cookie = `${probe}${name}${value}; Max-Age=0`
  if (!document.cookie.includes(probe)) return
  // biome-ignore lint/suspicious/noDocumentCookie: the probe was written by document.cookie, and ends by it in each engine
  document.cookie = `${probe}; Max-Age=0`
  throw wrong(name, 'this browser takes ASCII only')
}

/** `Secure` and `Partitioned`, as a cookie with a prefix, and a partitioned one, must have them also where they are ended. */
const FLAGS = [[], [true], [true, true]] as const

/**
 * Ends a cookie wherever it may lie. A page is told names and values at least, and to end a cookie takes its path, its domain,
 * and the flags that it was set with. A line with neither name nor value would be refused.
 */
export async function expireAt(name: string, path: string | undefined, domain: string | null | undefined): Promise<void> {
  for (const at of path ? [path] : pathsHere())
    for (const of of domain ? [domain] : domainsHere())
      for (const [secure, partitioned] of FLAGS)
        await write({ name, value: 'x', path: at, domain: of, secure, partitioned, end: 0 })
}

/** `/`, and `/a`, `/a/`, `/a/b` and `/a/b/` of `/a/b`. */
function pathsHere(): string[] {
  const parts = ['', ...location.pathname.split('/').filter(Boolean)]
  const paths = parts.map((_, at) => parts.slice(0, at + 1).join('/'))
  return paths.flatMap((path) => [path, `${path}/`]).slice(1)
}

/** None, the host, and its parents. */
function domainsHere(): string[] {
  const labels = location.hostname.split('.')
  return ['', ...labels.slice(1).map((_, at) => labels.slice(at).join('.'))]
}

/** Reports whether the page sees cookies of a path: RFC 6265bis section 5.1.4. */
export function isVisibleAt(path: string): boolean {
  return isUnder(globalThis.document ? location.pathname : '/', path)
}

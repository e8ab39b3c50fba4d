/**
 * What a visitor brings, on its way to the API, and what the API sets, on its way back.
 *
 * ```
 * interceptor      once per call   adds the visitor's cookies to the Cookie header: csrf then reads them, and a redirect
 *                                  elsewhere drops them, as it does with every Cookie header
 * hop interceptor  once per hop    takes the visitor's headers off for other origins, notes Set-Cookie of the API's origin
 * onCookieRejected                 takes a note back that the jar did not accept
 * ```
 */
import type {
  Interceptor,
  RejectedCookie,
  RetryContext,
  Session,
  SessionCookie,
  SessionOptions,
  SessionRequest,
} from '../index.ts'
import { nameOf, pairsOf } from './incoming.ts'
import { cookieNameOf } from './lines.ts'

/** What the visitor brings that goes on, by name. */
export interface Brought {
  readonly cookies: ReadonlyMap<string, string>
  readonly headers: ReadonlyMap<string, string>
}

/** Where it goes: known when the session is made, whose options this module makes. */
export interface Place {
  readonly jar: Session['cookies']
  /** The origin of the API. */
  readonly home: string
}

/** The options that pass a visitor's cookies on, and what the API has set since. */
export interface PassedOn {
  /** The options of the session that passes on: innermost, after what the set-up brings. */
  readonly options: SessionOptions
  /** The Set-Cookie lines so far, in the order in which they came. */
  lines(): readonly string[]
}

/** `URL.origin` is `'null'` for every scheme but http(s), and a base may be a mounted one. */
export function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host.toLowerCase()}`
}

/** Makes the part of a session that passes on between a visitor and the API. */
export function passOn(own: SessionOptions, brought: Brought, at: () => Place): PassedOn {
  const lines: string[] = []
  /** Calls that have left the API's origin: what has left does not come back on the way A→B→A. */
  let away: WeakSet<object> | undefined
  const isHome = (url: URL) => originOf(url) === at().home
  const isTaken = (name: string) => lines.some((line) => cookieNameOf(line) === name)
  const cookiesIf = (taken: boolean) => new Map([...brought.cookies].filter(([name]) => isTaken(name) === taken))

  const onCall: Interceptor = async (request, next) => {
    away?.delete(request.options.context)
    if (isHome(request.url)) await addCookies(request, at().jar, cookiesIf(false))
    return next(request)
  }
  const onHop: Interceptor = async (request, next) => {
    const { context, credentials } = request.options
    if (!isHome(request.url)) {
      // Made late: most calls stay, and weak sets are dear to the garbage collector.
      away ??= new WeakSet()
      away.add(context)
    }
    if (away?.has(context)) removeHeaders(request, brought.headers)
    else await renewCookies(request, at().jar, cookiesIf(true))
    const response = await next(request)
    if (isHome(request.url) && credentials !== 'omit') lines.push(...(response.headers.getSetCookie?.() ?? []))
    return response
  }
  const onRetry = ({ request }: RetryContext) => void away?.delete(request.options.context)
  const onCookieRejected = ({ line, url }: RejectedCookie) => {
    const index = isHome(new URL(url)) ? lines.lastIndexOf(line) : -1
    if (index >= 0) lines.splice(index, 1)
  }
  return {
    options: {
      ...own,
      interceptors: [...(own.interceptors ?? []), onCall],
      hopInterceptors: [...(own.hopInterceptors ?? []), onHop],
      onRetry: [own.onRetry ?? [], onRetry].flat(),
      onCookieRejected: [own.onCookieRejected ?? [], onCookieRejected].flat(),
    },
    lines: () => lines,
  }
}

/** Adds the visitor's cookies, under what the call says itself and under what the jar has for this URL by now. */
async function addCookies(request: SessionRequest, jar: Session['cookies'], cookies: Brought['cookies']): Promise<void> {
  const said = request.headers.get('cookie')
  const names = new Set(pairsOf(said ?? '').map(nameOf))
  const pairs = said ? [said] : []
  for (const [name, value] of cookies) {
    if (!names.has(name) && !(await jar.get(name, request.url.href))) pairs.push(`${name}=${value}`)
  }
  if (pairs.length > 0) request.headers.set('cookie', pairs.join('; '))
}

/** Another call may have brought a new value since this one began: then the old one goes on no further hop, and no retry. */
async function renewCookies({ headers, url }: SessionRequest, jar: Session['cookies'], old: Brought['cookies']): Promise<void> {
  const pairs = pairsOf(headers.get('cookie') ?? '')
  const isOld = (pair: string) => old.get(nameOf(pair)) === valueIn(pair)
  if (!pairs.some(isOld)) return
  const kept: string[] = []
  for (const pair of pairs) {
    const renewed = isOld(pair) ? await jar.get(nameOf(pair), url.href) : undefined
    if (renewed) kept.push(`${nameOf(pair)}=${bytesOf(renewed)}`)
    else if (!isOld(pair)) kept.push(pair)
  }
  headers.delete('cookie')
  if (kept.length > 0) headers.set('cookie', kept.join('; '))
}

function valueIn(pair: string): string {
  return pair.slice(pair.indexOf('=') + 1).trim()
}

/** A cookie reads as text, and a header takes bytes: the cookie's own where it says them, else UTF-8. */
function bytesOf({ value, bytes }: SessionCookie): string {
  if (bytes !== undefined) return bytes.slice(bytes.indexOf('=') + 1)
  return String.fromCharCode(...new TextEncoder().encode(value))
}

function removeHeaders({ headers }: SessionRequest, brought: Brought['headers']): void {
  for (const [name, value] of brought) {
    if (headers.get(name) === value) headers.delete(name)
  }
}

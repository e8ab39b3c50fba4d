/**
 * What a visitor brings, on its way to the API, and what the API sets, on its way back.
 *
 * ```
 * interceptor      once per call   adds the visitor's cookies to the Cookie header: csrf then reads them, and a redirect
 *                                  elsewhere drops them, as it does with every Cookie header
 * hop interceptor  once per hop    takes the visitor's headers off for other origins, notes the Set-Cookie lines of the API
 * onCookieRejected                 takes a line off the notes that the jar did not accept
 * ```
 */
import { pairBytes, textOf } from '../cookies/bytes.ts'
import { type CookiePair, cookiePairs } from '../cookies/header.ts'
import type { Interceptor, RejectedCookie, RetryContext, Session, SessionOptions, SessionRequest } from '../index.ts'
import { cookieNameOf } from './lines.ts'

/** What the visitor brings and `forward` names. */
export interface Brought {
  /** By name, as text. */
  readonly cookies: ReadonlyMap<string, CookiePair>
  /** By name, in lower case. */
  readonly headers: ReadonlyMap<string, string>
}

/** Where it goes. Known only when the session is made, for which {@link passOn} makes the options. */
export interface Place {
  /** The cookies that the API has set. */
  readonly jar: Session['cookies']
  /** The origin of the API. */
  readonly home: string
}

/** The options that pass a visitor's cookies on, and what the API has set since. */
export interface PassedOn {
  /** The options of the visitor's session. Their interceptors come after those of the shared session. */
  readonly options: SessionOptions
  /** The Set-Cookie lines so far, in the order in which they came. */
  lines(): readonly string[]
}

/** The origin of a URL. `URL.origin` is `'null'` for other schemes than http(s), and a base may have that of a mount. */
export function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host.toLowerCase()}`
}

/** Makes the part of a session that passes on between a visitor and the API. */
export function passOn(own: SessionOptions, brought: Brought, at: () => Place): PassedOn {
  const lines: string[] = []
  /** Calls that have left the API's origin, by their context: they get nothing back on the way A→B→A. */
  let away: WeakSet<object> | undefined
  const isHome = (url: URL) => originOf(url) === at().home
  const hasSet = (name: string) => lines.some((line) => textOf(cookieNameOf(line)) === name)
  /** The visitor's cookies, divided by whether the API has set one of that name since. */
  const cookiesIf = (isSet: boolean) => new Map([...brought.cookies].filter(([name]) => hasSet(name) === isSet))

  const onCall: Interceptor = async (request, next) => {
    away?.delete(request.options.context)
    if (isHome(request.url)) await addCookies(request, at().jar, cookiesIf(false))
    return next(request)
  }
  const onHop: Interceptor = async (request, next) => {
    const { context, credentials } = request.options
    if (!isHome(request.url)) {
      // Made when needed: most calls stay at the origin, and a WeakSet costs the garbage collector time.
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

/** Adds the visitor's cookies, but none whose name the call's own Cookie header has, or the jar for this URL. */
async function addCookies(request: SessionRequest, jar: Session['cookies'], cookies: Brought['cookies']): Promise<void> {
  const said = request.headers.get('cookie')
  const names = new Set(cookiePairs(said ?? '').map((pair) => textOf(pair.name)))
  const pairs = said ? [said] : []
  for (const [name, pair] of cookies) {
    if (!names.has(name) && !(await jar.get(name, request.url.href))) pairs.push(`${pair.name}=${pair.value}`)
  }
  if (pairs.length > 0) request.headers.set('cookie', pairs.join('; '))
}

/**
 * Replaces the visitor's cookies that another call's response has set since this call began: the old value is sent on no further
 * hop and no retry.
 */
async function renewCookies({ headers, url }: SessionRequest, jar: Session['cookies'], old: Brought['cookies']): Promise<void> {
  const pairs = cookiePairs(headers.get('cookie') ?? '')
  const isOld = ({ name, value }: CookiePair) => old.get(textOf(name))?.value === value
  if (!pairs.some(isOld)) return
  const kept: string[] = []
  for (const pair of pairs) {
    const renewed = isOld(pair) ? await jar.get(textOf(pair.name), url.href) : undefined
    if (renewed) kept.push(`${pair.name}=${pairBytes(renewed).value}`)
    else if (!isOld(pair)) kept.push(pair.text)
  }
  headers.delete('cookie')
  if (kept.length > 0) headers.set('cookie', kept.join('; '))
}

function removeHeaders({ headers }: SessionRequest, brought: Brought['headers']): void {
  for (const [name, value] of brought) {
    if (headers.get(name) === value) headers.delete(name)
  }
}

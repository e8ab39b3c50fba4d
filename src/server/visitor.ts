/**
 * A session for one incoming request. A session at module level is one jar for all visitors: what the API sets for one of
 * them would be sent for the next. So each request gets a jar of its own here, over shared set-up and connections.
 */

import { createSession, type Session, type SessionOptions } from '../index.ts'
import { applyLines, type HandedTo } from './apply.ts'
import { type Forward, parseForward } from './forward.ts'
import { cookiesOf, headersOf, hostOf, type IncomingRequest } from './incoming.ts'
import { linesFor, type Visitor } from './lines.ts'
import { originOf, passOn } from './pass-on.ts'

/** Options that are refused here: the jar, and connections, which would be made for each visitor and never closed. */
const OF_THE_SESSION = ['jar', 'pool', 'proxy', 'tls', 'socketPath', 'trustEnv'] as const

/** Options of {@link sessionForRequest}: those of `createSession`, less what would be made for each visitor, and these. */
export interface VisitorOptions extends Omit<SessionOptions, (typeof OF_THE_SESSION)[number]> {
  /** Shares its set-up and connections. Its jar is not shared. */
  readonly session?: Session | undefined
  /** Which of the visitor's cookies and headers go on, to the origin of `baseURL` only. @default none */
  readonly forward?: Forward | null | undefined
  /** What the `Domain` of every cookie becomes that is handed back. @default the API's, where it covers the visitor's host */
  readonly domain?: string | undefined
}

/** A session of one visitor, which needs no `close()`. */
export interface VisitorSession extends Session {
  /**
   * The Set-Cookie lines for the visitor, each to be a header of its own: what the API's origin has set or ended in this
   * request, on all hops, as far as the jar took it.
   */
  setCookieHeaders(): string[]
  /**
   * Appends {@link setCookieHeaders} to a `Response`, `Headers` or `ServerResponse`. What is there stays, and none is added twice.
   *
   * @returns the target, or a copy where the headers of a `Response` cannot be changed
   * @throws TypeError when the headers are already sent and there is something to add
   */
  applyTo<T extends HandedTo>(target: T): T
}

/**
 * Makes a session for one incoming request: its own jar, and what the visitor brings that you name.
 *
 * @throws TypeError for options that would mix visitors, and without an absolute `baseURL`
 * @example
 * ```ts
 * const api = createSession({ baseURL: 'https://api.example' }) // once: connections, headers, no visitor
 * app.get('/cart', async (c) => {
 *   const visitor = sessionForRequest(c.req.raw, { session: api, forward: ['sid'] })
 *   const cart = await visitor.get('/cart')
 *   return visitor.applyTo(c.html(render(cart)))
 * })
 * ```
 */
export function sessionForRequest(request: IncomingRequest, options: VisitorOptions): VisitorSession {
  if (typeof request?.headers !== 'object' || request.headers === null)
    throw new TypeError('sessionForRequest: give the incoming request, or an object with its headers')
  if (typeof options !== 'object' || options === null)
    throw new TypeError('sessionForRequest: give { session }, or options with a baseURL')
  const { session: shared, forward, domain, ...own } = { ...options }
  const names = parseForward(forward)
  const visitor: Visitor = { host: hostOf(request), domain: checkDomain(domain) }
  const headers = headersOf(request, names.headers)
  const brought = { headers, cookies: cookiesOf(request, names.cookies) }
  const { options: more, lines } = passOn(own, brought, () => place)
  const session = openSession(shared, { ...more, ...keptHere(headers, more, shared) })
  const place = { jar: session.cookies, home: homeOf(session) }
  for (const [name, value] of headers) session.headers.set(name, value)
  const setCookieHeaders = () => linesFor(visitor, lines(), Date.now())
  return Object.assign(session, {
    setCookieHeaders,
    applyTo: <T extends HandedTo>(target: T) => applyLines(target, setCookieHeaders()),
  })
}

/** Where a session keeps its options. */
const STATE = Symbol.for('sessionfetch.state')

/** Calls the visitor's headers sensitive, so that they stay at the API's origin whoever moves a request, also further in. */
function keptHere(headers: ReadonlyMap<string, string>, own: SessionOptions, shared: Session | undefined): SessionOptions {
  const state = (shared as { readonly [STATE]?: { readonly options: SessionOptions } } | undefined)?.[STATE]
  const named = own.sensitiveHeaders ?? state?.options.sensitiveHeaders ?? []
  // What is no list is refused when the session is made.
  return headers.size === 0 || !Array.isArray(named) ? {} : { sensitiveHeaders: [...named, ...headers.keys()] }
}

function openSession(shared: Session | undefined, own: SessionOptions): Session {
  const given: Readonly<Record<string, unknown>> = { ...own }
  const wrong = OF_THE_SESSION.find((name) => given[name] !== undefined)
  if (wrong !== undefined)
    throw new TypeError(`${wrong}: it would be made for each visitor: give it to createSession, and { session } here`)
  if (shared === undefined || shared === null) return createSession(own)
  if (typeof shared !== 'function' || typeof shared.fork !== 'function')
    throw new TypeError('session: give what createSession has made')
  return shared.fork({ ...own, jar: { cookies: [] } })
}

/**
 * The key under which a session tells its base URL. A registered symbol, since `import` and `require` load two copies of this
 * file.
 */
const BASE_URL = Symbol.for('sessionfetch.baseURL')

/** The origin that all of the visitor's things belong to. */
function homeOf(session: Session): string {
  const base = (session as { readonly [BASE_URL]?: unknown })[BASE_URL]
  if (typeof base !== 'string')
    throw new TypeError('baseURL: give an absolute one, here or to the session: what a visitor brings goes to its origin only')
  return originOf(new URL(base))
}

function checkDomain(domain: unknown): string | undefined {
  if (domain === undefined || domain === null) return undefined
  if (typeof domain === 'string' && /^\.?[a-z\d_-]+(\.[a-z\d_-]+)*$/i.test(domain)) return domain
  throw new TypeError("domain: give the name of your own site, such as 'shop.example'")
}

/**
 * A session's own connections in Node: `pool`, `proxy`, `tls`, `socketPath`, `trustEnv`, over undici.
 *
 * undici is an optional peer, imported when the first request is sent. Its Agent is driven directly and not through a fetch:
 * an npm Agent under Node's built-in fetch breaks across majors, and undici's fetch costs three times as much.
 */
import type { Agent, buildConnector, Client, Dispatcher, Pool, ProxyAgent } from 'undici'
import type { ConnectionOptions } from '../../contract/connections.ts'
import { SessionClosedError } from '../../contract/errors.ts'
import type { SessionOptions } from '../../contract/session-options.ts'
import { basic } from '../../http/basic.ts'
import { otherPlatform } from '../builtin.ts'
import type { Maybe } from '../maybe.ts'
import type { Running } from './handler.ts'
import { Http2Dispatcher } from './http2.ts'
import { type Connect, telling } from './http2-connect.ts'
import { Places } from './places.ts'
import { type FindProxy, parseProxy, proxyFromEnvironment } from './proxies.ts'
import { Settling } from './settling.ts'
import { parseTLS } from './tls.ts'
import { trackedPools } from './tracked-client.ts'
import { throughTunnel } from './tunnel.ts'

/** What sends a request. */
export interface Route {
  readonly dispatcher: Pick<Dispatcher, 'dispatch'> & { destroy(reason: Error): Promise<void> }
  /** The proxy in between, for error messages. */
  readonly proxy: URL | undefined
  /** Waits until the connections of responses that have just ended are free. */
  ready(): Promise<void> | undefined
  /** Notes that a response has ended. */
  ended(): void
  /** The requests under way, which `close` ends: undici's own `destroy` forgets one that follows a HEAD on its connection. */
  readonly running: Places<Running>
}

/** The connections that a session owns. */
export interface Connections {
  /** The route to a URL: at once if it is open already. */
  route(url: URL): Maybe<Route>
  close(): Promise<void>
}

interface Undici {
  readonly Agent: typeof Agent
  readonly Client: typeof Client
  readonly Pool: typeof Pool
  readonly ProxyAgent: typeof ProxyAgent
  readonly buildConnector: typeof buildConnector
}

/** undici ends a request after 300 s without headers or without bytes of the body; here only the session's timeouts count. */
export const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 }

/** undici's own HTTP/2 is wrong, see `http2.ts`; its version 8 would speak it unasked. */
const NO_HTTP2 = { allowH2: false }
/** undici's own, in ms. */
const KEEP_ALIVE = 4000
/** Longest wait for a proxy's answer to CONNECT, in ms: all requests to the origin wait for the one connection. */
const TUNNEL_TIMEOUT = 60_000

const NAMES = ['pool', 'proxy', 'tls', 'socketPath', 'trustEnv'] as const
const POOL_KEYS = ['connections', 'keepAlive', 'pipelining', 'http2']

const OFFERED: Readonly<Record<string, string>> = {
  Bun: 'give `proxy` and `tls` to a custom fetch: createSession({ fetch: (url, init) => fetch(url, { ...init, proxy }) })',
  Deno: 'make a Deno.createHttpClient({ proxy, caCerts }) and give a custom fetch that passes it as `client`',
  'a worker': 'the platform makes the connections; use its bindings with session.mount()',
}

/** Reports whether any option asks for connections of the session's own. Throws where the platform cannot have them. */
export function wantsConnections(options: SessionOptions): boolean {
  const name = NAMES.find((one) => options[one] !== undefined && options[one] !== null && options[one] !== false)
  if (name === undefined) return false
  const platform = otherPlatform()
  if (platform) throw new TypeError(`${name}: only in Node; on ${platform} ${OFFERED[platform]}`)
  if (options.fetch) throw new TypeError(`${name}: the fetch option makes its own connections; give one or the other`)
  return true
}

/** Checks the options now, and opens nothing before the first request. */
export function openConnections({ pool, proxy, tls, socketPath, trustEnv }: ConnectionOptions): Connections {
  const findProxy: FindProxy = proxy === undefined && trustEnv ? proxyFromEnvironment() : parseProxy(proxy ?? null)
  const connect = parseTLS(tls, trustEnv === true)
  const { http2, ...agentOptions } = parsePool(pool)
  if (socketPath !== undefined) {
    if (typeof socketPath !== 'string' || socketPath === '') throw new TypeError('socketPath: give the path of a Unix socket')
    connect.socketPath = socketPath
  }
  const routes = new Map<string, Maybe<Route>>()
  const running: Route['running'] = new Places()
  let isClosed = false

  async function open(via: URL | undefined): Promise<Route> {
    const undici = await loadUndici()
    if (isClosed) throw new SessionClosedError()
    const settling = new Settling()
    const makePool = trackedPools(undici, { ...agentOptions, ...NO_TIMEOUTS })
    const own = { ...agentOptions, ...NO_TIMEOUTS, factory: makePool }
    const agent = via ? proxyAgent(undici, via, own) : new undici.Agent({ ...own, connect: { ...connect, ...NO_HTTP2 } })
    const dispatcher = http2 && !via?.protocol.startsWith('socks') ? overHTTP2(undici, via, agent, makePool) : agent
    return { dispatcher, proxy: via, ready: () => settling.done, ended: () => settling.begin(), running }
  }

  function proxyAgent({ ProxyAgent }: Undici, via: URL, own: Agent.Options): ProxyAgent {
    const isSocks = via.protocol.startsWith('socks')
    const token = isSocks ? undefined : tokenOf(via)
    // Absolute form for http targets: what proxies expect, and what they can cache. https is tunnelled.
    return new ProxyAgent({
      ...own,
      ...(token === undefined ? {} : { token }),
      uri: isSocks ? via.href : originOf(via),
      // For SOCKS it would mean TLS with the proxy.
      ...(isSocks ? {} : { proxyTls: NO_HTTP2 }),
      requestTls: { ...connect, ...NO_HTTP2 },
      proxyTunnel: false,
    })
  }

  function overHTTP2(undici: Undici, via: URL | undefined, rest: Dispatcher, pool: ReturnType<typeof trackedPools>) {
    const { keepAliveTimeout: keepAlive = KEEP_ALIVE } = agentOptions
    // TypeScript has two names for undici's connector, and one of them knows no `httpSocket`.
    const secure = (allowH2: boolean) => telling(undici.buildConnector({ ...connect, allowH2 }) as unknown as Connect)
    const proxy = via && new undici.Pool(originOf(via), { connect: NO_HTTP2, headersTimeout: TUNNEL_TIMEOUT })
    const connector = (allowH2: boolean) =>
      via && proxy ? throughTunnel({ proxy, token: tokenOf(via) }, secure(allowH2)) : secure(allowH2)
    return new Http2Dispatcher({
      connect: { both: connector(true), http1: connector(false) },
      pool,
      rest,
      owned: proxy ? [rest, proxy] : [rest],
      connections: agentOptions.connections ?? 1,
      keepAlive,
    })
  }

  return {
    route(url) {
      if (isClosed) throw new SessionClosedError()
      const via = findProxy(url)
      const key = via?.href ?? ''
      const known = routes.get(key)
      if (known) return known
      const opening = open(via)
      routes.set(key, opening)
      opening.then(
        (route) => routes.set(key, route),
        () => undefined,
      )
      return opening
    },
    async close() {
      isClosed = true
      const opened = await Promise.allSettled(routes.values())
      await Promise.all(
        opened.map((one) => (one.status === 'fulfilled' ? one.value.dispatcher.destroy(new SessionClosedError()) : undefined)),
      )
      for (const controller of running.all()) controller.abort(new SessionClosedError())
    },
  }
}

interface PoolSettings extends Pick<Agent.Options, 'connections' | 'pipelining' | 'keepAliveTimeout' | 'keepAliveMaxTimeout'> {
  readonly http2?: boolean
}

function parsePool(pool: ConnectionOptions['pool']): PoolSettings {
  if (pool === undefined || typeof pool === 'boolean') return {}
  if (typeof pool !== 'object' || pool === null)
    throw new TypeError('pool: give true, or { connections, keepAlive, pipelining, http2 }')
  const unknown = Object.keys(pool).find((key) => !POOL_KEYS.includes(key))
  if (unknown) throw new TypeError(`pool: '${unknown}' is none of ${POOL_KEYS.join(', ')}`)
  const { keepAlive, http2, connections, pipelining } = pool
  for (const [name, value] of Object.entries({ connections, keepAlive, pipelining })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      throw new TypeError(`pool: ${name} must be a whole number above 0`)
  }
  return {
    ...(connections === undefined ? {} : { connections }),
    ...(pipelining === undefined ? {} : { pipelining }),
    ...(keepAlive === undefined ? {} : { keepAliveTimeout: keepAlive, keepAliveMaxTimeout: Math.max(keepAlive, 600_000) }),
    ...(http2 ? { http2 } : {}),
  }
}

/** The proxy without its user. */
function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`
}

/** What a proxy is told of its user. */
function tokenOf({ username, password }: URL): string | undefined {
  if (username === '') return undefined
  return basic({ username: decodeURIComponent(username), password: decodeURIComponent(password) })
}

async function loadUndici(): Promise<Undici> {
  let undici: Partial<Undici> & { readonly cacheStores?: unknown }
  try {
    // Not a literal: bundlers would look for undici where it is not installed, in workers for instance.
    const name: string = 'undici'
    undici = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as Partial<Undici>
  } catch (cause) {
    throw new TypeError('pool, proxy, tls, socketPath and trustEnv need undici: npm install undici@7', { cause })
  }
  if (undici.Agent && undici.ProxyAgent && undici.cacheStores) return undici as Undici
  throw new TypeError(
    'pool, proxy, tls, socketPath and trustEnv need undici 7 or 8, and an older one is installed: npm install undici@7',
  )
}

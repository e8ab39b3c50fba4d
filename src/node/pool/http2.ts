/**
 * HTTP/2 for a session's own connections: `pool: { http2: true }`.
 *
 * ```
 * https ─► Origin ─► connect, ALPN ─┬─ h2 ───────► Http2Connection    streams of node:http2
 *                                   └─ http/1.1 ─► a pool of undici   which gets the socket that is there
 * http, SOCKS ───────────────────────────────────► undici             as without the option
 * ```
 *
 * undici has a client for HTTP/2 of its own, which takes a body that is broken off for a whole one, and after a graceful
 * GOAWAY opens a connection for each request (7.30 and 8.13; undici #5089). It is turned off everywhere.
 */
import type { Dispatcher, Pool } from 'undici'
import type { CurrentHandler } from './callbacks.ts'
import { Http2Connection, type Http2Socket } from './http2-connection.ts'
import type { Job } from './http2-job.ts'
import { noteOpeningError } from './tracked-client.ts'

/** How undici asks for a socket. */
export type Connect = (
  options: { readonly protocol: string; readonly host: string; readonly hostname: string; readonly port: string },
  callback: (error: Error | null, socket: ConnectedSocket | null) => void,
) => void

/** A connector that tells what Node's TLS throws, for a key that it cannot read for instance. */
export function telling(connect: Connect): Connect {
  return (options, callback) => {
    try {
      connect(options, callback)
    } catch (error) {
      callback(error as Error, null)
    }
  }
}

interface ConnectedSocket extends Http2Socket {
  readonly alpnProtocol?: string | false | null
}

/** What HTTP/2 is made of. */
export interface Http2Parts {
  /** Opens a connection to an origin, through a proxy where there is one, that offers h2 or does not. */
  readonly connect: { readonly both: Connect; readonly http1: Connect }
  /** Makes a pool of undici for an origin. */
  readonly pool: (origin: string, options: { connect: Connect }) => Pool
  /** Where requests over http go. */
  readonly rest: Dispatcher
  /** What ends with it. */
  readonly owned: readonly Dispatcher[]
  /** Most connections to one origin. */
  readonly connections: number
  /** How long an idle connection is kept, in ms. */
  readonly keepAlive: number
}

/** Sends requests over HTTP/2 where the server takes it. */
export class Http2Dispatcher {
  readonly #parts: Http2Parts
  readonly #origins = new Map<string, Origin>()
  #reason: Error | undefined

  constructor(parts: Http2Parts) {
    this.#parts = parts
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const origin = String(options.origin)
    // `handler.ts` gives its own, before undici has wrapped it.
    const job: Job = { options, handler: handler as CurrentHandler }
    if (this.#reason) job.handler.onResponseError(undefined, this.#reason)
    else if (origin.startsWith('https:')) this.#originOf(origin).take(job)
    else return this.#parts.rest.dispatch(options, handler)
    return true
  }

  #originOf(name: string): Origin {
    const known = this.#origins.get(name)
    if (known) return known
    const made = new Origin(name, this.#parts, () => this.#origins.delete(name))
    this.#origins.set(name, made)
    return made
  }

  async destroy(reason: Error): Promise<void> {
    this.#reason = reason
    for (const origin of [...this.#origins.values()]) origin.destroy(reason)
    await Promise.all(this.#parts.owned.map((dispatcher) => dispatcher.destroy(reason)))
  }
}

/** The connections to one origin, and the requests that wait for one. */
class Origin {
  readonly #name: string
  readonly #parts: Http2Parts
  readonly #onUnused: () => void
  readonly #connections = new Set<Http2Connection>()
  #waiting: Job[] = []
  #isConnecting = false
  /** Whether the server has taken no further connection. */
  #isEnough = false
  /** Once the server has chosen HTTP/1.1: until it has no connection any more. */
  #pool: Pool | undefined
  #reason: Error | undefined

  constructor(name: string, parts: Http2Parts, onUnused: () => void) {
    this.#name = name
    this.#parts = parts
    this.#onUnused = onUnused
  }

  take(job: Job): void {
    if (job.handler.isUnwanted) return
    this.#isEnough = false
    this.#waiting.push(job)
    job.handler.onUnwanted = () => {
      this.#waiting = this.#waiting.filter((one) => one !== job)
      this.#advance()
    }
    this.#advance()
  }

  destroy(reason: Error): void {
    this.#reason = reason
    this.#fail(reason)
    for (const connection of this.#connections) connection.destroy(reason)
    void this.#pool?.destroy(reason)
  }

  /** Gives waiting requests to whatever takes them, and opens a connection if none does. */
  #advance(): void {
    if (this.#pool) return void this.#useHTTP1(this.#pool)
    for (const connection of this.#connections) {
      if (connection.state === 'gone') this.#connections.delete(connection)
      while (connection.hasRoom && this.#waiting.length > 0) connection.send(this.#waiting.shift() as Job)
    }
    for (const connection of this.#connections) connection.keep(this.#waiting.length > 0)
    if (this.#waiting.length > 0) this.#open()
    if (this.#waiting.length === 0 && this.#connections.size === 0 && !this.#isConnecting) this.#onUnused()
  }

  #open(): void {
    const states = [...this.#connections].map(({ state }) => state)
    const usable = states.filter((state) => state !== 'retired').length
    const isFull = usable >= this.#parts.connections || (this.#isEnough && usable > 0)
    if (isFull || this.#isConnecting || states.includes('opening')) return
    this.#isConnecting = true
    this.#parts.connect.both(this.#target(), (error, socket) => {
      this.#isConnecting = false
      if (socket) this.#use(socket)
      else this.#failOpening(noteOpeningError(error as Error))
    })
  }

  #target() {
    const { protocol, host, hostname, port } = new URL(this.#name)
    return { protocol, host, hostname: hostname.replace(/^\[|\]$/g, ''), port }
  }

  #use(socket: ConnectedSocket): void {
    if (this.#reason) return void socket.on('error', () => undefined).destroy()
    if (socket.alpnProtocol === 'h2') this.#useHTTP2(socket)
    else this.#useHTTP1(this.#openPool(socket))
  }

  #useHTTP2(socket: ConnectedSocket): void {
    const connection: Http2Connection = new Http2Connection(this.#name, socket, {
      keepAlive: this.#parts.keepAlive,
      onChange: () => {
        if (connection.isInVain) this.#failOpening(noteOpeningError(connection.failure))
        else this.#advance()
      },
      onHTTP1: () => {
        this.#pool ??= this.#openPool()
      },
    })
    this.#connections.add(connection)
  }

  /** undici's own pool, whose first client gets the socket that ALPN has been asked on. */
  #openPool(first?: ConnectedSocket): Pool {
    const { connect, pool: makePool } = this.#parts
    let left = first
    // Nobody waits for it any more: undici would never ask for it.
    if (this.#waiting.length === 0) first?.destroy()
    const pool = makePool(this.#name, {
      connect: (options, callback) => {
        const socket = left
        left = undefined
        if (socket && !socket.destroyed) queueMicrotask(() => callback(null, socket))
        else connect.http1(options, callback)
      },
    })
    const look = () => {
      const { connected, size } = pool.stats
      if (this.#pool !== pool || connected > 0 || size > 0) return
      this.#pool = undefined
      this.#advance()
    }
    pool.on('disconnect', look).on('connectionError', look)
    this.#pool = pool
    return pool
  }

  #useHTTP1(pool: Pool): void {
    for (const { options, handler } of this.#waiting.splice(0)) pool.dispatch(options, handler as never)
  }

  /**
   * A connection has taken no request. Where there are others, requests go on waiting for these, and no further one is opened
   * until the next request comes: the server may not want more.
   */
  #failOpening(error: Error): void {
    this.#isEnough = this.#isConnecting || [...this.#connections].some(({ state }) => state === 'open' || state === 'opening')
    if (!this.#isEnough) this.#fail(error)
    this.#advance()
  }

  #fail(error: Error): void {
    for (const { handler } of this.#waiting.splice(0)) handler.onResponseError(undefined, error)
  }
}

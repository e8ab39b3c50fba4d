/**
 * The connections to one origin, and the requests that wait for one: HTTP/2, or a pool of undici once the server has chosen
 * HTTP/1.1.
 */
import type { Pool } from 'undici'
import type { Connect, ConnectedSocket } from './http2-connect.ts'
import { Http2Connection } from './http2-connection.ts'
import type { Job } from './http2-job.ts'
import { noteOpeningError } from './tracked-client.ts'

/** What an origin opens its connections with. */
export interface OriginParts {
  /** Opens a connection to an origin, through a proxy where there is one, that offers h2 or does not. */
  readonly connect: { readonly both: Connect; readonly http1: Connect }
  /** Makes a pool of undici for an origin. */
  readonly pool: (origin: string, options: { connect: Connect }) => Pool
  /** Most connections to one origin. */
  readonly connections: number
  /** How long an idle connection is kept, in ms. */
  readonly keepAlive: number
}

/** One origin: what is open to it, and the requests that wait. */
export class Http2Origin {
  readonly #name: string
  readonly #parts: OriginParts
  readonly #onUnused: () => void
  readonly #connections = new Set<Http2Connection>()
  #waiting: Job[] = []
  #isConnecting = false
  /** Whether the server has taken no further connection. */
  #isEnough = false
  /** Once the server has chosen HTTP/1.1: until it has no connection any more. */
  #pool: Pool | undefined
  #reason: Error | undefined

  constructor(name: string, parts: OriginParts, onUnused: () => void) {
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

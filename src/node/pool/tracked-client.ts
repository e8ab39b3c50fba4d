/**
 * undici's clients, made to know whether their socket has been used before.
 *
 * A request that the server cuts off may be sent again if its socket had served another one before. A client has one socket at a
 * time, so it is noted here; the counters of an agent count all its connections together.
 */
import type { Client, Dispatcher, Pool } from 'undici'

type Connect = (options: object, callback: (error: Error | null, socket: Socket | null) => void) => void
/** The members of `net.Socket` that are needed, without an import of `node:net` for the sake of a type. */
interface Socket {
  readonly destroyed: boolean
  destroy(): unknown
}

/** A client, as the one that counts the requests on its present socket. */
export interface Line {
  /** Notes that a request begins on the socket, and reports whether an earlier one has used it. */
  begin(): boolean
}

/** Options that are given with a request to undici, which hands them on to the client that takes the request. */
export interface LineOptions {
  readonly onLine: (line: Line) => void
  /** Asks for a new socket: a kept one is closed first, so that the limit of connections holds. */
  readonly isAgain: boolean
}

/** The errors of connections that could not be opened. */
const openingErrors = new WeakSet<Error>()

/** Reports whether an error comes from opening a connection, and not from one that was there. */
export function isOpeningError(error: unknown): boolean {
  return error instanceof Error && openingErrors.has(error)
}

/**
 * Makes an Agent's `factory`: pools of clients that are tracked.
 *
 * @param defaults options that a ProxyAgent leaves out when it makes clients for plain http
 */
export function trackedPools(undici: { readonly Client: typeof Client; readonly Pool: typeof Pool }, defaults: object) {
  class TrackedClient extends undici.Client implements Line {
    readonly #socket: { used: number; current: Socket | undefined }

    constructor(origin: URL, options: { readonly connect: Connect }) {
      const socket: { used: number; current: Socket | undefined } = { used: 0, current: undefined }
      super(origin, { ...options, connect: noting(options.connect, socket) as never })
      this.#socket = socket
    }

    override dispatch(options: Dispatcher.DispatchOptions & Partial<LineOptions>, handler: Dispatcher.DispatchHandler): boolean {
      options.onLine?.(this)
      const { current, used } = this.#socket
      if (options.isAgain && used > 0 && this.stats.running === 0) current?.destroy()
      return super.dispatch(options, handler)
    }

    begin(): boolean {
      return this.#socket.used++ > 0
    }
  }

  const client = (origin: URL, options: object) => new TrackedClient(origin, options as { connect: Connect })
  return (origin: string | URL, options: object): Pool =>
    new undici.Pool(origin, { ...defaults, ...options, factory: client } as Pool.Options)
}

function noting(connect: Connect, socket: { used: number; current: Socket | undefined }): Connect {
  return (options, callback) =>
    connect(options, (error, opened) => {
      if (error) return callback(noteOpeningError(error), null)
      socket.current = opened ?? undefined
      socket.used = 0
      callback(null, opened)
    })
}

/**
 * Notes the error of a connection that could not be opened, under another code where undici would mistake it.
 *
 * undici takes `UND_ERR_SOCKET` and `UND_ERR_INFO` for a kept connection that has ended, and opens the next one at once. A
 * proxy that drops CONNECT gives just that: 3,000 connections a second, also when the call is over (undici #3897).
 */
export function noteOpeningError(error: Error & { code?: unknown }): Error {
  const isTakenForKept = error.code === 'UND_ERR_SOCKET' || error.code === 'UND_ERR_INFO'
  const final = isTakenForKept
    ? Object.assign(new Error('closed before it was open', { cause: error }), { code: 'ERR_CONNECTION_DROPPED' })
    : error
  openingErrors.add(final)
  return final
}

/**
 * HTTP/2 for a session's own connections: `pool: { http2: true }`.
 *
 * ```
 * https ─► Http2Origin ─► connect, ALPN ─┬─ h2 ───────► Http2Connection    streams of node:http2
 *                                        └─ http/1.1 ─► a pool of undici   which gets the socket that is there
 * http, SOCKS ────────────────────────────────────────► undici             as without the option
 * ```
 *
 * undici has a client for HTTP/2 of its own, which takes a body that is broken off for a whole one, and after a graceful
 * GOAWAY opens a connection for each request (7.30 and 8.13; undici #5089). It is turned off everywhere.
 */
import type { Dispatcher } from 'undici'
import type { CurrentHandler } from './callbacks.ts'
import type { Job } from './http2-job.ts'
import { Http2Origin, type OriginParts } from './http2-origin.ts'

/** What HTTP/2 is made of. */
export interface Http2Parts extends OriginParts {
  /** Where requests over http go. */
  readonly rest: Dispatcher
  /** What ends with it. */
  readonly owned: readonly Dispatcher[]
}

/** Sends requests over HTTP/2 where the server takes it. */
export class Http2Dispatcher {
  readonly #parts: Http2Parts
  readonly #origins = new Map<string, Http2Origin>()
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

  #originOf(name: string): Http2Origin {
    const known = this.#origins.get(name)
    if (known) return known
    const made = new Http2Origin(name, this.#parts, () => this.#origins.delete(name))
    this.#origins.set(name, made)
    return made
  }

  async destroy(reason: Error): Promise<void> {
    this.#reason = reason
    for (const origin of [...this.#origins.values()]) origin.destroy(reason)
    await Promise.all(this.#parts.owned.map((dispatcher) => dispatcher.destroy(reason)))
  }
}

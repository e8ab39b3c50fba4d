/** A request that an HTTP/2 connection is given, and what the two ask of each other. */
import type { Dispatcher } from 'undici'
import type { CurrentHandler } from './callbacks.ts'
import type { Line, LineOptions } from './tracked-client.ts'

/** A request as `dispatch` gets it. */
export interface Job {
  readonly options: Dispatcher.DispatchOptions & Partial<LineOptions>
  readonly handler: CurrentHandler
}

/** What a request asks of its connection. */
export interface Carrier extends Line {
  /** Told that the first response has come. */
  proven(): void
  /** Told that the server wants this request over HTTP/1.1. */
  refused(): void
  /** Told that a stream needs not be looked after any more. */
  forget(stream: number): void
  /** Why the connection has ended a stream, if it has. */
  whyEnded(stream: number): Error | undefined
}

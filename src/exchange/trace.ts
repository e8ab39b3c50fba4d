/** What the chain tells a trace that interceptors cannot see. A session without a trace pays one look at its context. */
import type { Call } from './call.ts'

const TRACE = Symbol.for('sessionfetch.trace')

/** Which way a request went: the platform's connections, a fetch function, the session's own pool, or a mounted handler. */
export type Route = 'platform' | 'fetch' | 'pool' | 'mount'

/** What a trace is told of. */
export type TraceType = 'queued' | 'started' | 'refresh-start' | 'refresh-end' | 'transport'

/** Tells the call's trace, if there is one, of an event with the time of `performance.now()`. */
export function tellTrace(
  { options: { context } }: Call,
  type: TraceType,
  more?: { readonly via: Route; readonly url: URL },
): void {
  const listener: unknown = context[TRACE as never]
  if (typeof listener === 'function') listener({ type, time: performance.now(), context, ...more })
}

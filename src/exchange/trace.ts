/** Events that the chain tells a trace, since interceptors cannot see them. Without a trace it costs one look at the context. */
import type { Call } from './call.ts'

const TRACE = Symbol.for('sessionfetch.trace')

/** Which way a request went: the platform's connections, a fetch function, the session's own pool, or a mounted handler. */
export type Route = 'platform' | 'fetch' | 'pool' | 'mount'

/** What a trace is told of. */
export type TraceType = 'queued' | 'dequeued' | 'refresh-start' | 'refresh-end' | 'transport'

/** Tells the call's trace, if there is one. `error`: why a call left the queue without its turn. */
export function tellTrace(call: Call, type: TraceType, more?: { readonly via: Route } | { readonly error: unknown }): void {
  const listener: unknown = call.options.context[TRACE as never]
  if (typeof listener === 'function') listener({ type, call, time: performance.now(), ...more })
}

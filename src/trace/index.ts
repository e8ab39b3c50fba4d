/** `sessionfetch/trace`: see `trace.ts`. */

export type {
  TraceAttempt,
  TraceBody,
  TraceCause,
  TraceCookie,
  TraceEntry,
  TraceHeader,
  TraceHop,
  TraceRefresh,
  TraceRequest,
  TraceResponse,
  TraceSetCookie,
  TraceTimings,
  TraceTransport,
} from './entry.ts'
export type { HAR, HAREntry, HARPage } from './har.ts'
export type { TraceSessionOptions } from './layers.ts'
export type { TraceOptions } from './settings.ts'
export { type Trace, trace } from './trace.ts'

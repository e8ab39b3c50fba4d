/**
 * What a trace gives away: calls, each with its attempts, each with its hops. All texts are masked when they are recorded, so
 * that no entry holds a secret; `secrets: true` turns that off. Times are milliseconds.
 */

/** What carried a hop: the platform's connections, a fetch function, the session's own pool, or a mounted handler. */
export type TraceTransport = 'platform' | 'fetch' | 'pool' | 'mount'

/**
 * Why a hop was sent: it is the first of the call, the first of a retry, follows a redirect, answers a 401 (digest, a renewed
 * token) or a refused CSRF token, or somebody's interceptor has sent it again.
 */
export type TraceCause = 'call' | 'retry' | 'redirect' | 'auth' | 'csrf' | 'again'

/** One header line. */
export interface TraceHeader {
  /** In lower case. */
  readonly name: string
  /** `•••` for a secret. */
  readonly value: string
}

/** A cookie that a request carried. */
export interface TraceCookie {
  /** `''` for a cookie without a name. */
  readonly name: string
  /** `•••` unless `secrets: true`. */
  readonly value: string
}

/** A cookie that a response set, with the attributes as they came. */
export interface TraceSetCookie extends TraceCookie {
  /** As the server wrote it. */
  readonly domain?: string | undefined
  /** As the server wrote it. */
  readonly path?: string | undefined
  /** The date as the server wrote it. */
  readonly expires?: string | undefined
  /** Seconds. */
  readonly maxAge?: number | undefined
  /** Whether it said `Secure`. */
  readonly secure: boolean
  /** Whether it said `HttpOnly`. */
  readonly httpOnly: boolean
  /** As the server wrote it. */
  readonly sameSite?: string | undefined
  /** Whether it said `Partitioned`. */
  readonly partitioned: boolean
  /** Why the jar did not take it; `undefined` if it did. */
  readonly refused?: string | undefined
}

/** A body, as far as it was recorded: either `text` or `base64`. */
export interface TraceBody {
  /** Its content-type. */
  readonly mimeType: string
  /** The body, if it is text. */
  readonly text?: string | undefined
  /** The body, if it is not text. */
  readonly base64?: string | undefined
  /** Whether it went on beyond `maxBodyBytes`. */
  readonly isCut: boolean
}

/** A request as it was sent: after cookies and auth. */
export interface TraceRequest {
  /** In upper case. */
  readonly method: string
  /** Absolute. */
  readonly url: string
  /** As sent, in order. */
  readonly headers: readonly TraceHeader[]
  /** Those of its `Cookie` header. */
  readonly cookies: readonly TraceCookie[]
  /** Whether it has a body, recorded or not. */
  readonly hasBody: boolean
  /** With `bodies: true`; never of a stream, which can be read only once. */
  readonly body?: TraceBody | undefined
}

/** A response as it came. */
export interface TraceResponse {
  /** The number. */
  readonly status: number
  /** The server's word for it; `''` over HTTP/2. */
  readonly statusText: string
  /** As they came, in order. */
  readonly headers: readonly TraceHeader[]
  /** Those of its `Set-Cookie` lines, taken or refused. */
  readonly cookies: readonly TraceSetCookie[]
  /** Where a redirect leads, absolute; else `''`. */
  readonly redirectURL: string
  /** Decoded bytes that were read of its body so far. */
  readonly bytes: number
  /** With `bodies: true`, as far as somebody has read it. */
  readonly body?: TraceBody | undefined
}

/** How long the parts took; `undefined` while a part is not over, or was not seen to end. */
export interface TraceTimings {
  /** Waiting for a place among `concurrency`. */
  readonly queued: number
  /** From sending to the headers of the response. */
  readonly waiting: number | undefined
  /** From the headers to the last byte that was read. */
  readonly receiving: number | undefined
}

/** One request on the wire. */
export interface TraceHop {
  /** Why it was sent. */
  readonly cause: TraceCause
  /** What carried it; `undefined` if nothing did. */
  readonly transport: TraceTransport | undefined
  /** As `Date.now()` tells it. */
  readonly started: number
  /** What was sent. */
  readonly request: TraceRequest
  /** What came back, if anything did. */
  readonly response: TraceResponse | undefined
  /** What it failed with, if there is no response. */
  readonly error: string | undefined
  /** How long its parts took. */
  readonly timings: TraceTimings
}

/** One try of a call, with the hops of its redirects and its auth. */
export interface TraceAttempt {
  /** In the order they were sent. */
  readonly hops: readonly TraceHop[]
  /** Why another attempt came after it: `status 503`, or the message of an error. */
  readonly retried: string | undefined
}

/** A renewal of the token that the call waited for. */
export interface TraceRefresh {
  /** As `Date.now()` tells it. */
  readonly started: number
  /** `undefined` while it runs. */
  readonly took: number | undefined
}

/** One call of a session. */
export interface TraceEntry {
  /** Counted from 1 by each trace. */
  readonly id: number
  /** In upper case. */
  readonly method: string
  /** Where the call was to go, absolute. */
  readonly url: string
  /** As `Date.now()` tells it: when it was queued, else when it began. */
  readonly started: number
  /** `'pending'` until the headers are there, or the call has failed. */
  readonly state: 'pending' | 'done' | 'failed'
  /** Of the response that the caller got. */
  readonly status: number | undefined
  /** What the call failed with. */
  readonly error: string | undefined
  /** How long its parts took, from the outside. */
  readonly timings: TraceTimings
  /** In order; one, without retries. */
  readonly attempts: readonly TraceAttempt[]
  /** Renewals of the token that it waited for. */
  readonly refreshes: readonly TraceRefresh[]
}

/** The same while it is being recorded. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** All hops of a call, in the order they were sent. */
export function hopsOf(entry: TraceEntry): readonly TraceHop[] {
  return entry.attempts.flatMap(({ hops }) => hops)
}

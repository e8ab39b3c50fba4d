/**
 * The options of a call and the request: their types. They stand in one file because each names the other: a request shows its
 * options, and some options are functions of a request. What only a session has: `session-options.ts`. How options merge:
 * `session/option-table.ts`.
 */
import type { AnyBody } from '../http/body.ts'
import type { HeadersLike } from '../http/headers.ts'
import type { QueryLike } from '../http/query.ts'
import type { Hooks, MaybeArray, ResponseType, StandardSchema } from './parsing.ts'
import type { SessionResponse } from './response.ts'
import type {
  Bearer,
  Credentials,
  CsrfOptions,
  PlatformOptions,
  ProgressEvent,
  RejectedCookie,
  TimeoutOptions,
} from './settings.ts'

/** The request as interceptors see it. Each gets its own copy: what it changes reaches inward only. */
export interface SessionRequest {
  /** Absolute, without userinfo. */
  url: URL
  /** Upper case. */
  method: string
  /** Free to change. A hop interceptor also finds the cookies and credentials here. */
  headers: Headers
  /** The original, not a stream made of it, so that it can be sent again; a function is called for every send. */
  body: AnyBody
  /** Fires when the caller aborts or a timeout runs out; its `reason` is what the call rejects with. */
  readonly signal: AbortSignal
  /** The options after merging, with `context`: your own values, one object per call. */
  readonly options: ResolvedOptions
}

/** Sends the request on, inward, and gives back the response. */
export type Next = (request: SessionRequest) => Promise<Response>

/**
 * Sees a request on its way out and the response on its way back. It may change its request, answer without calling
 * `next`, call `next` again, or replace the response.
 *
 * @example
 * ```ts
 * session.use(async (request, next) => {
 *   request.headers.set('x-request-id', crypto.randomUUID())
 *   const response = await next(request)
 *   console.log(request.method, request.url.pathname, response.status)
 *   return response
 * })
 * ```
 */
export type Interceptor = (request: SessionRequest, next: Next) => Promise<Response> | Response

/**
 * Speaks to the server in as many requests as a scheme needs: `yield` sends a request, and the response comes back.
 * The last response is the call's.
 *
 * @example
 * ```ts
 * async function* flow(request: SessionRequest) {
 *   const response = yield request
 *   if (response.status === 401) {
 *     request.headers.set('authorization', answer(response.headers.get('www-authenticate')))
 *     yield request
 *   }
 * }
 * ```
 */
export type AuthFlow = (request: SessionRequest) => AsyncGenerator<SessionRequest, void, Response>

/** What `auth` may be: a user name and password (Basic), a bearer token, or a flow such as `digest()` and `refreshable()`. */
export type Auth = Credentials | Bearer | AuthFlow

/** What is known when a retry is decided. */
export interface RetryContext {
  /** The request of the attempt that failed. */
  readonly request: SessionRequest
  /** Its response, if there was one. */
  readonly response?: SessionResponse | undefined
  /** What it failed with, if there was no response. */
  readonly error?: unknown
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number
}

/** When a failed attempt is repeated, and after what wait. */
export interface RetryOptions {
  /** Retries after the first attempt. @default 0 */
  readonly limit?: number | undefined
  /** Methods whose calls are tried again. @default the idempotent ones, RFC 9110 section 9.2.2 */
  readonly methods?: readonly string[] | undefined
  /** Statuses after which a call is tried again. @default [408, 425, 429, 500, 502, 503, 504] */
  readonly statusCodes?: readonly number[] | undefined
  /** Base of the full-jitter exponential backoff in ms, or the wait itself by attempt. @default 300 */
  readonly delay?: number | ((attempt: number) => number) | undefined
  /** Cap of a wait in ms. A longer `Retry-After` gives the retry up. @default 30_000 */
  readonly maxDelay?: number | undefined
  /** Whether to obey `Retry-After`. @default true */
  readonly retryAfter?: boolean | undefined
  /** Decides last. */
  readonly shouldRetry?: ((context: RetryContext) => boolean | Promise<boolean>) | undefined
}

/** Options that sessions and calls share. */
export interface SharedOptions<R extends ResponseType = ResponseType, T = unknown>
  extends Omit<RequestInit, 'body' | 'headers' | 'method' | 'signal' | 'duplex' | 'dispatcher'>,
    Hooks<T, R>,
    PlatformOptions {
  /** Inputs are appended to it. A path that would leave it is a `TypeError`. */
  readonly baseURL?: string | URL | null | undefined
  /** By name, over the session's; `null` removes an inherited one. */
  readonly headers?: HeadersLike | null | undefined
  /** By key, over the session's; the URL's own query always stays. */
  readonly query?: QueryLike | null | undefined
  /** ofetch's other name for `query`. */
  readonly params?: QueryLike | null | undefined
  /** Sent, never stored; overrides the jar's cookie of that name; `null` withholds it. Not in a browser. */
  readonly cookies?: Readonly<Record<string, string | null | undefined>> | undefined
  /** In the data door also what ofetch serialises: plain objects become JSON. */
  readonly body?: AnyBody | object | undefined
  /** Sent urlencoded; with `body` a `TypeError`. */
  readonly form?: QueryLike | null | undefined
  /** Basic, Bearer, `digest()`, `refreshable()` or a flow of your own; `null` turns it off. @default none */
  readonly auth?: Auth | null | undefined
  /** ms for one attempt, or `{ attempt, total, idle }`; `null` turns it off. @default none */
  readonly timeout?: number | TimeoutOptions | null | undefined
  /** How often a failed attempt is repeated. @default 0 */
  readonly retry?: number | false | RetryOptions | null | undefined
  /** `true`: `XSRF-TOKEN` → `X-XSRF-TOKEN` and `csrftoken` → `X-CSRFToken`. @default none */
  readonly csrf?: boolean | CsrfOptions | null | undefined
  /** Redirects that a call follows; one more is a `TooManyRedirectsError`. Not in a browser. @default 20 */
  readonly maxRedirects?: number | undefined
  /** More header names that must not cross an origin. Not in a browser. */
  readonly sensitiveHeaders?: readonly string[] | undefined
  /** Once per call; appended, the session's first. */
  readonly interceptors?: readonly Interceptor[] | undefined
  /** Once per request on the wire, innermost; in a browser once per attempt. */
  readonly hopInterceptors?: readonly Interceptor[] | undefined
  /** Told before each retry. Appended, the session's first. */
  readonly onRetry?: MaybeArray<(context: RetryContext) => void> | undefined
  /** Told of each cookie that the jar did not take, and why. Appended, the session's first. */
  readonly onCookieRejected?: MaybeArray<(rejected: RejectedCookie) => void> | undefined
  /** Told as a body is sent, at most every 50 ms and at the end. Appended, the session's first. */
  readonly onUploadProgress?: MaybeArray<(event: ProgressEvent) => void> | undefined
  /** Told as a body arrives, at most every 50 ms and at the end. Appended, the session's first. */
  readonly onDownloadProgress?: MaybeArray<(event: ProgressEvent) => void> | undefined
  /** Any Standard Schema: checks and types the data of a 2xx. Data door only. */
  readonly schema?: StandardSchema | null | undefined
  /** `false`: an input may only be a path under `baseURL`. @default true */
  readonly allowAbsoluteUrls?: boolean | null | undefined
  /** Limit of a decoded body in bytes. @default none */
  readonly maxBytes?: number | null | undefined
  /** Your own values, one object per call, merged by key. */
  readonly context?: object | undefined
  /** How the data door reads the body. @default by content-type */
  readonly responseType?: R | undefined
  /** Makes data of the body's text, in place of JSON. Data door only. */
  // biome-ignore lint/suspicious/noExplicitAny: ofetch's signature, for functions that were written for it
  readonly parseResponse?: ((text: string) => any) | undefined
  /** `true`: the data door resolves on 4xx and 5xx too. @default false */
  readonly ignoreResponseError?: boolean | undefined
  /** ofetch's names; `retry: { delay, statusCodes }` says the same. */
  // biome-ignore lint/suspicious/noExplicitAny: ofetch's signature, for functions that were written for it
  readonly retryDelay?: number | ((context: any) => number) | undefined
  /** ofetch's name; `retry: { statusCodes }` says the same. */
  readonly retryStatusCodes?: number[] | undefined
  /** The platform's; set by itself for a body that is a stream. */
  readonly duplex?: 'half' | undefined
  /** undici's Dispatcher, handed on to Node's fetch. */
  // biome-ignore lint/suspicious/noExplicitAny: undici's Dispatcher, in whatever version the platform has
  readonly dispatcher?: any
  /** Handed on to the platform's fetch. */
  readonly agent?: unknown
}

/** Options of one call. */
export interface CallOptions<R extends ResponseType = ResponseType, T = unknown> extends SharedOptions<R, T> {
  /** Upper-cased. @default 'GET' */
  readonly method?: string | undefined
  /** Ends the call, which then rejects with the signal's `reason`. Works beside timeouts. */
  readonly signal?: AbortSignal | null | undefined
}

/** The merged options, as interceptors see them. */
export interface ResolvedOptions extends Readonly<Omit<CallOptions, 'context'>> {
  /** Your own values: one object per call. */
  // biome-ignore lint/suspicious/noExplicitAny: the caller's own values
  readonly context: Record<string, any>
}

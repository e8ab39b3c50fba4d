/** The options: their types. How they merge: `merge-options.ts`. */

import type { SessionResponse } from '../exchange/marks.ts'
import type { Body, Interceptor, SessionRequest } from '../exchange/request.ts'
import type { Credentials } from '../http/basic.ts'
import type { HeadersLike } from '../http/headers.ts'
import type { QueryLike } from '../http/query.ts'
import type { AuthFlow } from '../layers/auth.ts'
import type { MountHandler } from '../layers/mounts.ts'
import type { StandardSchema } from '../session/schema.ts'
import type { PoolOptions, ProxyOption, TLSOptions } from './connections.ts'
import type { Hooks, ResponseType } from './parsing.ts'

export type { Credentials } from '../http/basic.ts'

/** A bearer token (RFC 6750). A function is asked again for every call. */
export interface Bearer {
  readonly token: string | (() => string | Promise<string>)
}

export type Auth = Credentials | Bearer | AuthFlow

/** Limits in milliseconds; `Infinity` is off. */
export interface TimeoutOptions {
  /** One try: in the data door to the last byte, in `session.fetch` to the headers. */
  readonly attempt?: number | undefined
  /** The whole call: hops, retries, waits and the body. */
  readonly total?: number | undefined
  /** The longest gap while a body arrives. */
  readonly idle?: number | undefined
}

/** What is known when a retry is decided. */
export interface RetryContext {
  readonly request: SessionRequest
  readonly response?: SessionResponse | undefined
  readonly error?: unknown
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number
}

export interface RetryOptions {
  /** Retries after the first attempt. @default 0 */
  readonly limit?: number | undefined
  /** @default the idempotent methods, RFC 9110 section 9.2.2 */
  readonly methods?: readonly string[] | undefined
  /** @default [408, 425, 429, 500, 502, 503, 504] */
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

/** Which cookie goes into which header, or a function that finds the token. */
export type CsrfOptions = (
  | { readonly cookie: string }
  | { readonly token: () => string | null | undefined | Promise<string | null | undefined> }
) & {
  readonly header: string
  /** Sends a 403 or 419 that changed the token once more, with the new one. @default false */
  readonly retry?: boolean | undefined
}

/** A cookie that was not kept, and why. */
export interface RejectedCookie {
  /** The `Set-Cookie` line as it came. It holds the value: do not log it. */
  readonly line: string
  readonly url: string
  readonly reason: string
}

/** Options that go on to the platform's fetch untouched. Augment it for options of your platform. */
// biome-ignore lint/suspicious/noEmptyInterface: it exists to be augmented by users
export interface PlatformOptions {}

/** ofetch names the body's object form `Record<string, any>`; `object` takes interfaces too. */
type DataBody = Body | (() => Body) | object | null

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
  readonly body?: DataBody | undefined
  /** Sent urlencoded; with `body` a `TypeError`. */
  readonly form?: QueryLike | null | undefined
  readonly auth?: Auth | null | undefined
  /** ms for one attempt, or `{ attempt, total, idle }`; `null` turns it off. @default none */
  readonly timeout?: number | TimeoutOptions | null | undefined
  /** How often a failed attempt is repeated. @default 0 */
  readonly retry?: number | false | RetryOptions | null | undefined
  /** `true`: `XSRF-TOKEN` → `X-XSRF-TOKEN` and `csrftoken` → `X-CSRFToken`. @default none */
  readonly csrf?: boolean | CsrfOptions | null | undefined
  /** @default 20. Not in a browser. */
  readonly maxRedirects?: number | undefined
  /** More header names that must not cross an origin. Not in a browser. */
  readonly sensitiveHeaders?: readonly string[] | undefined
  /** Once per call; appended, the session's first. */
  readonly interceptors?: readonly Interceptor[] | undefined
  /** Once per request on the wire, innermost; in a browser once per attempt. */
  readonly hopInterceptors?: readonly Interceptor[] | undefined
  readonly onRetry?: MaybeArray<(context: RetryContext) => void> | undefined
  readonly onCookieRejected?: MaybeArray<(rejected: RejectedCookie) => void> | undefined
  /** Any Standard Schema: checks and types the data of a 2xx. Data door only. */
  readonly schema?: StandardSchema | null | undefined
  /** `false`: an input may only be a path under `baseURL`. @default true */
  readonly allowAbsoluteUrls?: boolean | null | undefined
  /** Limit of a decoded body in bytes. @default none */
  readonly maxBytes?: number | null | undefined
  /** Your own values, one object per call, merged by key. */
  readonly context?: object | undefined
  readonly responseType?: R | undefined
  // biome-ignore lint/suspicious/noExplicitAny: ofetch's signature, for functions that were written for it
  readonly parseResponse?: ((text: string) => any) | undefined
  readonly ignoreResponseError?: boolean | undefined
  /** ofetch's names; `retry: { delay, statusCodes }` says the same. */
  // biome-ignore lint/suspicious/noExplicitAny: ofetch's signature, for functions that were written for it
  readonly retryDelay?: number | ((context: any) => number) | undefined
  readonly retryStatusCodes?: number[] | undefined
  readonly duplex?: 'half' | undefined
  // biome-ignore lint/suspicious/noExplicitAny: undici's Dispatcher, in whatever version the platform has
  readonly dispatcher?: any
  readonly agent?: unknown
}

export type MaybeArray<T> = T | readonly T[]

/** Marks a call for the next page of a list, whose URL a server has written; see `paginate.ts`. The same in every build. */
export const PAGE = Symbol.for('sessionfetch.page')

/** Options of one call. */
export interface CallOptions<R extends ResponseType = ResponseType, T = unknown> extends SharedOptions<R, T> {
  readonly method?: string | undefined
  readonly signal?: AbortSignal | null | undefined
  /** @internal */
  readonly [PAGE]?: { readonly isForeign: boolean } | undefined
}

/** Options of `createSession`, `extend` and `fork`. */
export interface SessionOptions extends SharedOptions {
  readonly method?: string | undefined
  readonly signal?: AbortSignal | null | undefined
  /**
   * A live tough-cookie `CookieJar` (is written to), a saved state (is not), `{ store }`, a `JarStore` such as `fileStore` of
   * `sessionfetch/stores` (is written to), what a format has read, or `false` for none.
   */
  readonly jar?: object | false | undefined
  /** Instead of the platform's fetch, which is otherwise looked up at each call. */
  readonly fetch?: ((input: string, init?: RequestInit) => Promise<Response>) | undefined
  /** `{ prefix: handler }`, as `session.mount`. */
  readonly mounts?: Readonly<Record<string, MountHandler | null>> | undefined
  /** Node's own connections; see `docs/connections.md`. */
  readonly pool?: boolean | PoolOptions | undefined
  /** A URL, or a table by `scheme://host`, scheme or `all`, with `noProxy`; `null` for none. */
  readonly proxy?: ProxyOption | undefined
  readonly tls?: TLSOptions | undefined
  /** Path of a Unix socket that every request goes through. */
  readonly socketPath?: string | undefined
  /** Proxies, authorities and `.netrc` of the environment, under what the session says. @default false */
  readonly trustEnv?: boolean | undefined
}

/** The merged options, as interceptors see them. */
export interface ResolvedOptions extends Readonly<Omit<CallOptions, 'context'>> {
  // biome-ignore lint/suspicious/noExplicitAny: the caller's own values
  readonly context: Record<string, any>
}

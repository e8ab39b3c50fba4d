/** The session's type: a fetch, an ofetch instance, and a requests.Session. */
import type { SessionCookies } from '../cookies/session-cookies.ts'
import type { AnyBody } from '../http/body.ts'
import type { Auth, CallOptions, Interceptor, SessionRequest } from './options.ts'
import type { MappedResponseType, ResponseType, StandardSchema } from './parsing.ts'
import type { SessionResponse } from './response.ts'
import type { SessionOptions } from './session-options.ts'
import type { FetchInput, MountHandler } from './settings.ts'

/** `form` and `body` contradict each other. */
type OneBody = { readonly form?: null | undefined } | { readonly body?: null | undefined }

/** Options without their parser: what `responseType` and `schema` make of the result is in the overloads. */
export type DataOptions<R extends ResponseType> = CallOptions<R> & OneBody

/**
 * Where a session tells its base URL, a string or `undefined`, to the sub-paths of this package: they import the entry only,
 * and the base cannot be had from there. Registered, since `import` and `require` load two copies of this file.
 */
export const BASE_URL = Symbol.for('sessionfetch.baseURL')

/** A method of the data door: resolves to parsed data. A `schema` types it; else the caller says what it is. */
export interface DataMethod {
  <S>(input: FetchInput, options: DataOptions<'json'> & { readonly schema: StandardSchema<S> }): Promise<S>
  <T = unknown, R extends ResponseType = 'json'>(input: FetchInput, options?: DataOptions<R>): Promise<MappedResponseType<R, T>>
}

/** `session.raw`: the response, with the parsed data as `_data`. */
export interface RawMethod {
  <S>(input: FetchInput, options: DataOptions<'json'> & { readonly schema: StandardSchema<S> }): Promise<SessionResponse<S>>
  <T = unknown, R extends ResponseType = 'json'>(
    input: FetchInput,
    options?: DataOptions<R>,
  ): Promise<SessionResponse<MappedResponseType<R, T>>>
}

/** What `session.fetch` takes: all options that are not about parsing; a plain object is no body of a fetch. */
export type FetchOptions = Omit<CallOptions, 'schema' | 'body'> & {
  /** Not here: `session.fetch` does not parse. Use `session.get` and its like. */
  readonly schema?: undefined
  /** What fetch sends, or a function that makes it; a plain object is for the data door. */
  readonly body?: AnyBody | undefined
} & OneBody

/** `await using`, where the consumer's library knows the symbol; naming it outright would not compile elsewhere. */
export type AsyncDisposal = SymbolConstructor extends { readonly asyncDispose: infer S extends symbol }
  ? { readonly [K in S]: () => Promise<void> }
  : object

/** A fetch, an ofetch instance, and what should persist between requests. */
export interface Session extends DataMethod, AsyncDisposal {
  /** The platform's `fetch`, with the session's cookies, headers, auth, retries and redirects. Works detached. */
  readonly fetch: (input: FetchInput, init?: FetchOptions) => Promise<SessionResponse>
  /** {@link Session.fetch}, as ofetch names it. */
  readonly native: Session['fetch']
  /** Resolves to the response, with the parsed data as `_data`. */
  readonly raw: RawMethod
  /** Sends a GET and resolves to its data; throws `FetchError` on a 4xx or 5xx. */
  readonly get: DataMethod
  /** Sends a POST and resolves to its data; throws `FetchError` on a 4xx or 5xx. */
  readonly post: DataMethod
  /** Sends a PUT and resolves to its data; throws `FetchError` on a 4xx or 5xx. */
  readonly put: DataMethod
  /** Sends a PATCH and resolves to its data; throws `FetchError` on a 4xx or 5xx. */
  readonly patch: DataMethod
  /** Sends a DELETE and resolves to its data; throws `FetchError` on a 4xx or 5xx. */
  readonly delete: DataMethod
  /** Resolves to the response itself. */
  readonly head: RawMethod
  /** Resolves to the response itself. */
  readonly options: RawMethod
  /** Live: the headers that every request starts from. */
  readonly headers: Headers
  /** Live: the query that every request starts from. */
  readonly query: URLSearchParams
  /** Live: assign `null` to turn it off. */
  auth: Auth | null
  /** The jar, or in a page the browser's cookies, in the names of CookieStore. */
  readonly cookies: SessionCookies
  /** Adds interceptors for later calls. */
  use(...interceptors: Interceptor[]): Session
  /** A child with the same jar and connections and a snapshot of the defaults. */
  extend(options?: SessionOptions): Session
  /** {@link Session.extend}, as ofetch names it. */
  create(options?: SessionOptions): Session
  /** A child with a copy of the jar: another user, same set-up. */
  fork(options?: SessionOptions): Session
  /** The request as interceptors will get it, to look at or change. Cookies and auth are added later, per hop. */
  prepare(input: FetchInput, options?: CallOptions): Promise<SessionRequest>
  /** Sends what `prepare` has made, with this session's cookies and auth. */
  send(prepared: SessionRequest): Promise<SessionResponse>
  /** Sends requests under a URL prefix to a handler; `null` unmounts. */
  mount(prefix: string, handler: MountHandler | null): Session
  /** Ends what the session owns; later calls reject with `SessionClosedError`. */
  close(): Promise<void>
}

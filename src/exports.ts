/** What both entries export. */
export type { AuthFlow } from './auth.ts'
export type { PoolOptions, ProxyOption, ProxyTable, TLSOptions } from './connection-options.ts'
export type { CookieChangeEvent, CookieOptions, JarState, SessionCookie, SessionCookies } from './cookies.ts'
export {
  BodyTooLargeError,
  FetchError,
  InvalidRedirectError,
  raiseForStatus,
  SchemaError,
  type SchemaIssue,
  SessionClosedError,
  TimeoutError,
  TooManyRedirectsError,
  UnrewindableBodyError,
} from './errors.ts'
export type { HeadersLike } from './headers.ts'
export type { MountHandler } from './mounts.ts'
export type { HookContext, MappedResponseType, ResponseType } from './ofetch-types.ts'
export type {
  Auth,
  Bearer,
  CallOptions,
  Credentials,
  CsrfOptions,
  PlatformOptions,
  RejectedCookie,
  ResolvedOptions,
  RetryContext,
  RetryOptions,
  SessionOptions,
  TimeoutOptions,
} from './options.ts'
export { paginate } from './paginate.ts'
export type { QueryLike } from './query.ts'
export { type RefreshableOptions, refreshable } from './refreshable.ts'
export type { Body, Interceptor, Next, SessionRequest } from './request.ts'
export type { FetchInput } from './request-input.ts'
export type { Link, SessionResponse } from './response.ts'
export type { StandardSchema } from './schema.ts'
export type { DataMethod, FetchOptions, RawMethod, Session } from './session-types.ts'
export { version } from './version.ts'

/** What both entries export. */

export type { PoolOptions, ProxyOption, ProxyTable, TLSOptions } from './contract/connections.ts'
export {
  BodyTooLargeError,
  FetchError,
  InvalidRedirectError,
  RefreshError,
  raiseForStatus,
  SchemaError,
  SessionClosedError,
  TimeoutError,
  TooManyRedirectsError,
  UnrewindableBodyError,
} from './contract/errors.ts'
export type {
  Auth,
  AuthFlow,
  CallOptions,
  Interceptor,
  Next,
  ResolvedOptions,
  RetryContext,
  RetryOptions,
  SessionRequest,
} from './contract/options.ts'
export type { HookContext, MappedResponseType, ResponseType, SchemaIssue, StandardSchema } from './contract/parsing.ts'
export type { Link, SessionResponse } from './contract/response.ts'
export type { DataMethod, FetchOptions, RawMethod, Session } from './contract/session.ts'
export type { SessionOptions } from './contract/session-options.ts'
export type {
  Bearer,
  ConcurrencyOptions,
  Credentials,
  CsrfOptions,
  FetchInput,
  MountHandler,
  PlatformOptions,
  ProgressEvent,
  RejectedCookie,
  TimeoutOptions,
} from './contract/settings.ts'
export { version } from './contract/version.ts'
export type {
  CookieChangeEvent,
  CookieOptions,
  JarState,
  RefusedCookie,
  SessionCookie,
  SessionCookies,
} from './cookies/session-cookies.ts'
export type { Body } from './http/body.ts'
export type { HeadersLike } from './http/headers.ts'
export type { QueryLike } from './http/query.ts'
export { type RefreshableOptions, refreshable } from './layers/refreshable.ts'
export { paginate } from './session/paginate.ts'

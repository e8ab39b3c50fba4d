/** What both entries export. */

export type { PoolOptions, ProxyOption, ProxyTable, TLSOptions } from './contract/connections.ts'
export {
  BodyTooLargeError,
  FetchError,
  InvalidRedirectError,
  RefreshError,
  raiseForStatus,
  SchemaError,
  type SchemaIssue,
  SessionClosedError,
  TimeoutError,
  TooManyRedirectsError,
  UnrewindableBodyError,
} from './contract/errors.ts'
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
} from './contract/options.ts'
export type { HookContext, MappedResponseType, ResponseType } from './contract/parsing.ts'
export type { DataMethod, FetchOptions, RawMethod, Session } from './contract/session.ts'
export { version } from './contract/version.ts'
export type {
  CookieChangeEvent,
  CookieOptions,
  JarState,
  RefusedCookie,
  SessionCookie,
  SessionCookies,
} from './cookies/session-cookies.ts'
export type { SessionResponse } from './exchange/marks.ts'
export type { Body, Interceptor, Next, SessionRequest } from './exchange/request.ts'
export type { HeadersLike } from './http/headers.ts'
export type { Link } from './http/links.ts'
export type { QueryLike } from './http/query.ts'
export type { AuthFlow } from './layers/auth.ts'
export type { MountHandler } from './layers/mounts.ts'
export { type RefreshableOptions, refreshable } from './layers/refreshable.ts'
export { paginate } from './session/paginate.ts'
export type { FetchInput } from './session/request-input.ts'
export type { StandardSchema } from './session/schema.ts'

/**
 * Every error that the library makes, in one tree. What is not here is the platform's or the caller's.
 *
 * ```
 * Error
 * ├─ FetchError              the data door's: a 4xx/5xx status, or any of the others as its `cause`
 * └─ SessionError            (not exported: catch what you mean)
 *    ├─ TooManyRedirectsError   `maxRedirects` was used up
 *    ├─ InvalidRedirectError    a `Location` that cannot or must not be followed
 *    ├─ UnrewindableBodyError   a one-shot body would have to be sent twice
 *    ├─ TimeoutError            `timeout.attempt`, `.total` or `.idle` ran out
 *    ├─ BodyTooLargeError       a body grew beyond `maxBytes`
 *    ├─ SessionClosedError      the session was closed
 *    ├─ RefreshError            `refresh` of `refreshable()` failed or took too long
 *    └─ SchemaError             the data is not what `schema` says
 * TypeError                     the call itself is wrong: nothing was sent, or the platform could not reach the server
 * ```
 *
 * Law for messages: method, origin and path, then what happened and what to do. Never a query, userinfo, cookie,
 * token or header value: messages end up in logs.
 */

import { addressOf, isSameOrigin, originOf } from '../http/origin.ts'
import { tryParse } from '../http/url.ts'
import { hide, recognise } from './kind.ts'
import type { SessionRequest } from './options.ts'
import type { SchemaIssue } from './parsing.ts'
import type { SessionResponse } from './response.ts'

interface Hidden {
  readonly cause?: unknown
  readonly request?: SessionRequest | undefined
  readonly response?: SessionResponse | undefined
}

/** Its `name`, and those of its subclasses, stand on their prototypes: `recognise` puts them there. */
class SessionError<More = object> extends Error {
  /** The request that failed; not enumerable, so that it is not logged. */
  declare readonly request?: SessionRequest
  /** The last response, if there was one; not enumerable. */
  declare readonly response?: SessionResponse

  constructor(message: string, { cause, ...hidden }: Hidden & More = {} as Hidden & More) {
    super(message, cause === undefined ? undefined : { cause })
    hide(this, hidden)
  }
}

/** Reports whether an error is one of the tree's. */
export function isSessionError(error: unknown): boolean {
  return error instanceof SessionError
}

/** Is thrown when a response would be redirect number `maxRedirects + 1`. `response.history` has the others. */
export class TooManyRedirectsError extends SessionError {}

/** Is thrown for a `Location` that does not parse, or leads to a scheme that a redirect must not enter. */
export class InvalidRedirectError extends SessionError {}

/** Is thrown when a stream that was already sent would have to be sent again. Give `body: () => stream` instead. */
export class UnrewindableBodyError extends SessionError {}

/** Is thrown when a limit of `timeout` runs out; `limit` says which: `'attempt'`, `'total'` or `'idle'`. */
export class TimeoutError extends SessionError<{ readonly limit?: 'attempt' | 'total' | 'idle' }> {
  /** Which limit of the option `timeout` ran out. */
  declare readonly limit: 'attempt' | 'total' | 'idle'
}

/** Is thrown by the read of a body that grows beyond `maxBytes` decoded bytes. */
export class BodyTooLargeError extends SessionError {}

/** Is thrown by every call of a session after `close()`. */
export class SessionClosedError extends SessionError {
  constructor(message = 'the session is closed: create another one', hidden?: Hidden) {
    super(message, hidden)
  }
}

/**
 * Is thrown when the `refresh` of `refreshable()` fails or takes longer than `refreshTimeout`. Its `cause` is what went wrong
 * there, and it has no response: the status of the call's own 401 says nothing about the refresh.
 */
export class RefreshError extends SessionError {}

/** Is the cause of the `FetchError` when `schema` refuses the data; `issues` says where and why. */
export class SchemaError extends SessionError<{ readonly issues: readonly SchemaIssue[] }> {
  /** What the schema found wrong, as it says it. */
  declare readonly issues: readonly SchemaIssue[]
}

interface FetchErrorOptions extends Hidden {
  readonly options?: unknown
}

/**
 * What the data door rejects with, and what {@link raiseForStatus} throws: ofetch's error, with the same members,
 * but without the query in its message.
 *
 * @example
 * ```ts
 * await session.get('/cart').catch((error) => {
 *   if (error instanceof FetchError && error.status === 404) return emptyCart
 *   throw error
 * })
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: ofetch's FetchError has `data: any`; code written for it must compile
export class FetchError<T = any> extends Error {
  /** The parsed body of the response, if it came that far. */
  declare readonly data: T | undefined
  /** Of the response; `undefined` if there was none. */
  declare readonly status: number | undefined
  /** The same, as ofetch names it too. */
  declare readonly statusCode: number | undefined
  /** Of the response; `''` over HTTP/2. */
  declare readonly statusText: string | undefined
  /** The same, as ofetch names it too. */
  declare readonly statusMessage: string | undefined
  /** A copy of the request. Not enumerable, as it may hold secrets. */
  declare readonly request: SessionRequest | undefined
  /** What ofetch was given. Not enumerable. */
  declare readonly options: unknown
  /** The response, if there was one. Not enumerable. */
  declare readonly response: SessionResponse<T> | undefined

  constructor(message: string, { cause, request, response, options }: FetchErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    const { status, statusText, _data: data } = response ?? {}
    hide(this, { request, response, options, data, status, statusCode: status, statusText, statusMessage: statusText })
  }
}

// Every class of this file gets its name here, and `instanceof` also holds for the errors of the package's other builds.
recognise({
  SessionError,
  RefreshError,
  TooManyRedirectsError,
  InvalidRedirectError,
  UnrewindableBodyError,
  TimeoutError,
  BodyTooLargeError,
  SessionClosedError,
  SchemaError,
  FetchError,
})

/** Names a request in a message: method, origin and path, nothing that could be secret. */
export function describe({ method, url }: { readonly method: string; readonly url: URL }): string {
  return `${method} ${addressOf(url)}`
}

/**
 * Returns the response if its status is below 400, and throws a {@link FetchError} otherwise: what `session.fetch`
 * does not do, as `fetch` does not.
 *
 * @throws FetchError with `status` and `response`, whose body is unread
 * @example
 * ```ts
 * const page = raiseForStatus(await session.fetch('/cart'))
 * ```
 */
export function raiseForStatus<R extends Response>(response: R): R {
  if (response.status < 400) return response
  const { history } = response as Partial<SessionResponse>
  const asked = history?.[0]?.url ?? response.url
  const note = authNote(response, asked)
  const named = note ? asked : response.url
  const url = tryParse(named)
  const where = url ? `${addressOf(url)}: ` : ''
  throw new FetchError(`${where}${statusLine(response)}${note}`, { response: response as R & SessionResponse })
}

/** What to say of a 401 of another origin than the one that was asked: credentials do not follow there. */
export function authNote({ status, url }: Pick<Response, 'status' | 'url'>, asked: string): string {
  const [there, here] = status === 401 ? [tryParse(url), tryParse(asked)] : []
  if (!there || !here || isSameOrigin(there, here)) return ''
  return ` from ${addressOf(there)}: auth stayed behind at ${originOf(here)}`
}

/** The status for a message, without the escape sequences that a server may put into its reason phrase. */
export function statusLine(response: { readonly status: number; readonly statusText: string }): string {
  return `${response.status} ${printable(response.statusText)}`.trim()
}

/** A text of a server's for a message: no control characters, which a terminal would obey, and not endless. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]/gu, '').slice(0, 100)
}

/** Failures of an event stream: which of them another connection may mend, and the error to end with. */
import { FetchError, type SessionResponse, TimeoutError } from '../index.ts'

/** Errors of the session itself: the next connection would end in the same. */
const FINAL: ReadonlySet<string> = new Set([
  'BodyTooLargeError',
  'InvalidRedirectError',
  'RefreshError',
  'SessionClosedError',
  'TooManyRedirectsError',
  'UnrewindableBodyError',
])

/** An event stream broke off after its headers had come. */
export class StreamError extends Error {
  declare readonly response: Response
  declare readonly where: string

  constructor(cause: unknown, response: Response, where: string) {
    super('the event stream broke off', { cause })
    Object.defineProperty(this, 'response', { value: response })
    Object.defineProperty(this, 'where', { value: where })
  }
}

/**
 * Reports whether the network failed or was too slow, as opposed to an answer of the server, a wrong option or the caller's
 * code.
 */
export function mayReconnect(error: unknown): boolean {
  if (error instanceof StreamError) return !isFinal(error.cause)
  const { name, response, cause } = (error ?? {}) as Partial<FetchError>
  if (error instanceof TimeoutError) return true
  // The data door makes a FetchError of network failures and of statuses, and leaves errors of the caller's code as they are.
  return name === 'FetchError' && response === undefined && !isFinal(cause)
}

function isFinal(error: unknown): boolean {
  const { name = '', message = '', cause } = (error ?? {}) as Partial<Error>
  // What the session itself refuses, such as a redirect with `redirect: 'error'`: its message begins with method and URL.
  const isRefusal = name === 'TypeError' && cause === undefined && /^[A-Z]+ [a-z][\w+.-]*:\/\//.test(message)
  return FINAL.has(name) || isRefusal
}

const causeOf = (error: unknown) => (error as Partial<Error> | undefined)?.cause
const isClosed = (error: unknown) => (error as Partial<Error> | undefined)?.name === 'SessionClosedError'

/**
 * The error to end with: for failures of the network a {@link FetchError}, as the data door throws; others are returned as they
 * are. Where the session was closed it is the `SessionClosedError` itself, whatever that broke off.
 */
export function lastFailure(error: unknown): unknown {
  const closed = [error, causeOf(error), causeOf(causeOf(error))].find(isClosed)
  if (closed) return closed
  if (error instanceof TimeoutError) return new FetchError(error.message, { cause: error })
  if (!(error instanceof StreamError)) return error
  const { cause, response, where } = error
  return new FetchError(`${where}: the event stream broke off`, { cause, response: response as SessionResponse })
}

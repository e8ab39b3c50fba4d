/** What of an event stream's failures another connection may mend. */
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

/** The stream of a connection that stood broke off. */
export class StreamError extends Error {
  declare readonly response: Response
  declare readonly where: string

  constructor(cause: unknown, response: Response, where: string) {
    super('the event stream broke off', { cause })
    Object.defineProperty(this, 'response', { value: response })
    Object.defineProperty(this, 'where', { value: where })
  }
}

/** Reports whether the network failed, or was too slow, and not the server, the options or code of the caller's. */
export function mayReconnect(error: unknown): boolean {
  if (error instanceof StreamError) return !isFinal(error.cause)
  const { name, response, cause } = (error ?? {}) as Partial<FetchError>
  if (error instanceof TimeoutError) return true
  // The data door makes a FetchError of every failure of the network, and of a status; what others threw it leaves as it is.
  return name === 'FetchError' && response === undefined && !isFinal(cause)
}

function isFinal(error: unknown): boolean {
  const { name = '', message = '', cause } = (error ?? {}) as Partial<Error>
  // A redirect that was not wanted, a digest that cannot be answered: refused by the session, in words of its own.
  const isRefusal = name === 'TypeError' && cause === undefined && /^[A-Z]+ [a-z][\w+.-]*:\/\//.test(message)
  return FINAL.has(name) || isRefusal
}

/** The error to end with: for the network's failures a {@link FetchError}, as of the data door; others as they are. */
export function lastFailure(error: unknown): unknown {
  if (error instanceof TimeoutError) return new FetchError(error.message, { cause: error })
  if (!(error instanceof StreamError)) return error
  const { cause, response, where } = error
  return new FetchError(`${where}: the event stream broke off`, { cause, response: response as SessionResponse })
}

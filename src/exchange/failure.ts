/** The platform's failures, told apart from what user code threw, and put into words without secrets. */

import { describe, isSessionError } from '../contract/errors.ts'
import { cookieOf, type LayerRequest, stateOf } from './request.ts'

/** Errors of the wire; the value says whether another try may help. */
const wireErrors = new WeakMap<object, boolean>()

/** Reports whether the wire or the server failed the call, as opposed to the caller's code. */
export function isWireError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && wireErrors.has(error)
}

/** Reports whether the network failed, so that another try may help. */
export function isNetworkError(error: unknown): boolean {
  return isWireError(error) && wireErrors.get(error as object) === true
}

/** A `TypeError` as the platform's fetch has it for what another try would not mend: a redirect that was not wanted, a store that failed. */
export function refusal(message: string, cause?: unknown): TypeError {
  const error = new TypeError(message, cause === undefined ? undefined : { cause })
  wireErrors.set(error, false)
  return error
}

/** Notes that a store of cookies has failed a call: its error comes out as it is, and another try would not mend it. */
export function noteStoreFailure(error: unknown): unknown {
  if (Object(error) === error) wireErrors.set(error as object, false)
  return error
}

/** The error of a send that failed: a `TypeError` as the platform's fetch throws it, with a message that says where. */
export function networkError(error: unknown, request: LayerRequest, hint = ''): unknown {
  if (!(error instanceof Error) || isSessionError(error)) return error
  const { attempt, call } = stateOf(request)
  const tries = call.retry && attempt > 1 ? ` (attempt ${attempt} of ${call.retry.limit + 1})` : ''
  const message = `${describe(request)}: ${call.state.environment.explain?.(error) ?? 'the request failed'}${hint}${tries}`
  const wrapped = new TypeError(message, quotesSecret(error, request) ? undefined : { cause: error })
  wireErrors.set(wrapped, true)
  return wrapped
}

/** Platforms quote URLs and header values, and these may hold a token: such a cause is not worth its secret. */
function quotesSecret(error: Error, request: LayerRequest): boolean {
  const { url, headers } = request
  const { referrer } = stateOf(request).call.platform
  const secrets = [
    url.search.slice(1),
    referrer ?? '',
    headers.get('authorization') ?? '',
    cookieOf(request) ?? headers.get('cookie') ?? '',
  ]
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const text = `${cause.message}\n${cause.stack ?? ''}`
    if (secrets.some((secret) => secret !== '' && text.includes(secret))) return true
  }
  return false
}

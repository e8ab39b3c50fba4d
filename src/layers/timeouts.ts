/** The timeouts: `total` around everything, `attempt` around one try, and `idle` in the body's guard. */

import { describe, TimeoutError } from '../contract/errors.ts'
import { Scope } from '../exchange/lifetime.ts'
import { type Guard, guardBody, whenBodyEnds } from '../exchange/limited-body.ts'
import { type Layer, type LayerNext, type LayerRequest, stateOf, withChange } from '../exchange/request.ts'
import type { Call } from '../session/resolve.ts'

/** Rejects as soon as the call is over, whatever the layers inside are waiting for. */
export const totalLayer: Layer = (request, next) => {
  const { scope } = stateOf(request)
  return scope.canAbort ? raced(scope, () => next(request)) : next(request)
}

async function raced<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
  scope.throwIfAborted()
  return scope.race(work())
}

/** Gives each try a scope of its own: it can run out of time without ending the call. */
export const attemptLayer: Layer = (request, next) => {
  const { timeout, maxBytes } = stateOf(request).call
  if (timeout?.attempt) return timed(request, timeout.attempt, next)
  return maxBytes || timeout?.idle ? guarded(request, next) : next(request)
}

/** Here already, and not only around the chain: an interceptor that reads the body is protected too. */
async function guarded(request: LayerRequest, next: LayerNext): Promise<Response> {
  const response = await next(request)
  guard(response, request)
  return response
}

async function timed(request: LayerRequest, attempt: number, next: LayerNext): Promise<Response> {
  const state = stateOf(request)
  const inner = new Scope(state.scope)
  const { retry } = state.call
  const tries = retry && state.attempt > 1 ? ` (attempt ${state.attempt} of ${retry.limit + 1})` : ''
  inner.limit(attempt, () => timeoutError(request, 'attempt', attempt, tries))
  const tried = withChange(request, { state: { ...state, scope: inner } })
  let readsBody = false
  try {
    const response = await raced(inner, () => next(tried))
    readsBody = readsToTheEnd(state.call, response)
    const watched = guard(response, tried)
    // In the data door a try lasts to the last byte. What is thrown away between two tries ends its own timer only.
    if (readsBody) whenBodyEnds(watched, () => inner.finish())
    return response
  } finally {
    if (!readsBody) inner.stopTimers()
  }
}

/**
 * Whether the data door reads a response to its end, so that its timeouts cover the body. Streams and events are read by the
 * caller: a timeout of the attempt ends for them with the headers.
 */
export function readsToTheEnd({ isData, options: { parseResponse, responseType } }: Call, { headers }: Response): boolean {
  if (!isData) return false
  if (parseResponse) return true
  return responseType === undefined ? !/^text\/event-stream/i.test(headers.get('content-type') ?? '') : responseType !== 'stream'
}

/** Guards a response's body by all limits of its call. */
export function guard(response: Response, request: LayerRequest): Guard {
  const { call, scope } = stateOf(request)
  const idle = call.timeout?.idle
  const idleError = () => timeoutError(request, 'idle', idle ?? 0)
  return guardBody(response, { request, scope, maxBytes: call.maxBytes, idle, idleError })
}

export function timeoutError(request: LayerRequest, limit: 'attempt' | 'total' | 'idle', ms: number, note = ''): TimeoutError {
  const what = { attempt: 'no answer', total: 'not finished', idle: 'no data' }[limit]
  return new TimeoutError(`${describe(request)}: ${what} within ${ms} ms (timeout.${limit})${note}`, {
    request: request as LayerRequest,
    limit,
  })
}

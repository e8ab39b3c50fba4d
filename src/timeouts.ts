/** The two timeout layers, `total` around everything and `attempt` around one try. `idle` is in `guard.ts`. */
import { type Layer, stateOf, withChange } from './chain.ts'
import { describe, TimeoutError } from './errors.ts'
import { guardBody } from './guard.ts'
import { Scope } from './scope.ts'

/** Rejects as soon as the call is aborted, whatever the layers inside are waiting for. */
export const totalLayer: Layer = async (request, next) => {
  const { call, scope } = stateOf(request)
  const total = call.timeout?.total
  if (total) scope.limit(total, () => timeout(request, 'total', total))
  if (!scope.canAbort) return next(request)
  scope.throwIfAborted()
  return scope.race(next(request))
}

/** Gives each try a scope of its own: it can run out of time without ending the call. */
export const attemptLayer: Layer = async (request, next) => {
  const state = stateOf(request)
  const { call, scope } = state
  const attempt = call.timeout?.attempt
  if (!attempt) return guarded(await next(request))
  const inner = new Scope(scope)
  let ends = inner
  inner.canAbort = true
  const off = scope.after(attempt, () => ends.abort(timeout(request, 'attempt', attempt)))
  try {
    const response = await inner.race(next(withChange(request, { state: { ...state, scope: inner } })))
    // From the headers on the try is the call: a body that breaks off is not retried.
    ends = scope
    if (!call.readsBody(response)) off()
    return guarded(response)
  } catch (error) {
    off()
    throw error
  }

  function guarded(response: Response): Response {
    const { maxBytes, timeout: limits } = call
    const idle = limits?.idle
    if (maxBytes || idle) {
      guardBody(response, { request, scope, maxBytes, idle, idleError: () => timeout(request, 'idle', idle ?? 0) })
    }
    return response
  }
}

function timeout(request: Parameters<Layer>[0], limit: 'attempt' | 'total' | 'idle', ms: number): TimeoutError {
  const what = { attempt: 'no answer', total: 'not finished', idle: 'no data' }[limit]
  return new TimeoutError(`${describe(request)}: ${what} within ${ms} ms (timeout.${limit})`, { request, limit })
}

/** Retries: which failures, how long to wait, and when to give up. */

import { TimeoutError } from '../contract/errors.ts'
import type { RetryContext } from '../contract/options.ts'
import { discard } from '../exchange/discard.ts'
import { isNetworkError } from '../exchange/failure.ts'
import type { Scope } from '../exchange/lifetime.ts'
import { tell } from '../exchange/listeners.ts'
import type { SessionResponse } from '../exchange/marks.ts'
import { type Layer, type LayerNext, type LayerRequest, stateOf, withChange } from '../exchange/request.ts'
import type { RetryRules } from '../exchange/rules.ts'
import { isOneShot } from '../http/body.ts'
import { parseRetryAfter } from '../http/retry-after.ts'
import type { Call } from '../session/resolve.ts'

/** After how many tries a response was given up. */
const attempts = new WeakMap<Response, number>()

/** The part of a message that says how often it was tried. */
export function attemptNote({ retry }: Call, response: Response): string {
  const attempt = attempts.get(response)
  return retry && attempt && attempt > 1 ? ` (attempt ${attempt} of ${retry.limit + 1})` : ''
}

export const retryLayer: Layer = (request, next) => {
  const { retry } = stateOf(request).call
  return retry ? withRetries(request, retry, next) : next(request)
}

async function withRetries(request: LayerRequest, rules: RetryRules, next: LayerNext): Promise<Response> {
  const state = stateOf(request)
  const { call, scope } = state
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryOnce(next(withChange(request, { state: { ...state, attempt } })))
    scope.throwIfAborted()
    // A copy: those who are told cannot change anything.
    const context: RetryContext = { request: request.copy(), attempt, ...outcome }
    const wait = await waitFor(rules, context, scope)
    if (wait === undefined) {
      if (outcome.response) {
        attempts.set(outcome.response, attempt)
        return outcome.response
      }
      throw outcome.error
    }
    if (outcome.response) await discard(outcome.response)
    scope.throwIfAborted()
    tell(call.options.onRetry, context)
    await sleep(wait, scope)
  }
}

/** Milliseconds until the next try, or `undefined` for none. */
async function waitFor(rules: RetryRules, context: RetryContext, scope: Scope): Promise<number | undefined> {
  if (context.attempt > rules.limit) return undefined
  try {
    const wait = (await mayRetry(rules, context)) ? waitBefore(rules, context) : undefined
    scope.throwIfAborted()
    return wait
  } catch (error) {
    if (context.response) await discard(context.response)
    throw error
  }
}

type Outcome = { readonly response: SessionResponse } | { readonly error: unknown; readonly response?: undefined }

async function tryOnce(sent: Promise<Response>): Promise<Outcome> {
  try {
    return { response: (await sent) as SessionResponse }
  } catch (error) {
    return { error }
  }
}

async function mayRetry(rules: RetryRules, context: RetryContext): Promise<boolean> {
  const { request, response, error } = context
  if (!rules.methods.includes(request.method) || isOneShot(request.body)) return false
  const failed = response ? response.status >= 400 : isNetworkError(error) || error instanceof TimeoutError
  if (!failed) return false
  if (rules.shouldRetry) return rules.shouldRetry(context)
  return !response || rules.statusCodes.includes(response.status)
}

/** Milliseconds to wait, or `undefined` to give up. `now` and `random` are parameters for the tests. */
export function waitBefore(
  rules: RetryRules,
  { response, attempt }: Pick<RetryContext, 'response' | 'attempt'>,
  now = Date.now(),
  random = Math.random,
): number | undefined {
  const asked = rules.retryAfter ? parseRetryAfter(response?.headers.get('retry-after'), now) : undefined
  if (asked !== undefined) return asked <= rules.maxDelay ? asked : undefined
  if (typeof rules.delay === 'function') return Math.min(rules.maxDelay, rules.delay(attempt))
  // Full jitter: clients that failed together do not come back together.
  return random() * Math.min(rules.maxDelay, rules.delay * 2 ** (attempt - 1))
}

async function sleep(ms: number, scope: Scope): Promise<void> {
  scope.throwIfAborted()
  return new Promise((resolve, reject) => {
    const off = scope.onAbort((reason) => {
      cancel()
      reject(reason)
    })
    const cancel = scope.after(ms, () => {
      off()
      resolve()
    })
  })
}

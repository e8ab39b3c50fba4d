/** Retries: which failures, how long to wait, and when to give up. */
import { TimeoutError } from '../contract/errors.ts'
import type { RetryContext, RetryOptions, SharedOptions } from '../contract/options.ts'
import type { SessionResponse } from '../contract/response.ts'
import type { RetryRules } from '../exchange/call.ts'
import {
  BOOLEAN,
  type Check,
  COUNT,
  DELAY,
  FUNCTION,
  LONGEST_TIMER,
  listOf,
  partsOf,
  STATUS_CODES,
  WAIT,
} from '../exchange/checked-options.ts'
import { discard, orDiscard } from '../exchange/discard.ts'
import { failureOf } from '../exchange/failure.ts'
import type { Lifetime } from '../exchange/lifetime.ts'
import { tell } from '../exchange/listeners.ts'
import { type Exchange, forCaller, type Layer, type Send } from '../exchange/request.ts'
import { isOneShot } from '../http/body.ts'
import { IDEMPOTENT } from '../http/methods.ts'
import { parseRetryAfter } from '../http/retry-after.ts'
import { whilePaused } from './concurrency.ts'

const PARTS: Readonly<Record<keyof RetryOptions, Check>> = {
  limit: COUNT,
  methods: listOf('string', 'method names'),
  statusCodes: STATUS_CODES,
  delay: DELAY,
  maxDelay: WAIT,
  retryAfter: BOOLEAN,
  shouldRetry: FUNCTION,
}

/** Checks a `retry` option, with ofetch's `retryDelay` and `retryStatusCodes` where it does not say. */
export function parseRetry({ retry, retryDelay, retryStatusCodes }: SharedOptions): RetryRules | undefined {
  if (retry === undefined || retry === null || retry === false) return undefined
  const {
    limit = 0,
    methods = IDEMPOTENT,
    statusCodes = retryStatusCodes ?? [408, 425, 429, 500, 502, 503, 504],
    delay = typeof retryDelay === 'number' ? retryDelay : 300,
    maxDelay = 30_000,
    retryAfter = true,
    shouldRetry,
  } = partsOf<RetryOptions>('retry', typeof retry === 'object' ? retry : { limit: retry }, PARTS)
  if (limit === 0) return undefined
  return {
    ...{ limit, statusCodes, delay, retryAfter, shouldRetry },
    methods: methods.map((method) => method.toUpperCase()),
    maxDelay: Math.min(maxDelay, LONGEST_TIMER),
  }
}

/** Repeats failed attempts by the call's `retry`. */
export const retryLayer: Layer = (exchange, next) => {
  const { retry } = exchange.call
  return retry ? withRetries(exchange, retry, next) : next(exchange)
}

type Outcome = { readonly response: SessionResponse } | { readonly error: unknown; readonly response?: undefined }

async function withRetries(exchange: Exchange, rules: RetryRules, next: Send): Promise<Response> {
  const { call, lifetime, progress } = exchange
  for (let attempt = 1; ; attempt++) {
    const outcome = await next({ ...exchange, attempt }).then(
      (response): Outcome => ({ response: response as SessionResponse }),
      (error: unknown): Outcome => ({ error }),
    )
    lifetime.throwIfAborted()
    const { response } = outcome
    // A copy, so that `shouldRetry` and `onRetry` cannot change the request.
    const context: RetryContext = { request: forCaller(exchange), attempt, ...outcome }
    const wait = attempt > rules.limit ? undefined : await orDiscard(response, () => waitFor(rules, context, lifetime))
    if (wait === undefined) {
      if (!response) throw outcome.error
      progress.attempts = attempt
      return response
    }
    await discard(response)
    lifetime.throwIfAborted()
    tell(call.options.onRetry, context)
    await whilePaused(exchange, () => lifetime.sleep(wait))
  }
}

/** Milliseconds until the next attempt, or `undefined` for none. */
async function waitFor(rules: RetryRules, context: RetryContext, lifetime: Lifetime): Promise<number | undefined> {
  return (await lifetime.race(mayRetry(rules, context))) ? waitBefore(rules, context) : undefined
}

async function mayRetry(rules: RetryRules, context: RetryContext): Promise<boolean> {
  const { request, response, error } = context
  if (!rules.methods.includes(request.method) || isOneShot(request.body)) return false
  // A status below 400 too, where the caller names it: 202 from a server that is not ready yet.
  const isNamed = response
    ? rules.statusCodes.includes(response.status)
    : failureOf(error)?.isTemporary || error instanceof TimeoutError
  const { shouldRetry = () => isNamed } = rules
  return (isNamed || (response?.status ?? 0) >= 400) && shouldRetry(context)
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

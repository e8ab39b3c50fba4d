/** The timeouts: `total` around everything, `attempt` around one try; `idle` is in `exchange/limited-body.ts`. */
import type { SharedOptions } from '../contract/options.ts'
import type { TimeoutOptions } from '../contract/settings.ts'
import type { Timeouts } from '../exchange/call.ts'
import { check, fromOwnKeys, LONGEST_TIMER, partsOf } from '../exchange/checked-options.ts'
import { timedOut } from '../exchange/failure.ts'
import { Lifetime } from '../exchange/lifetime.ts'
import { isLimited, limitBody } from '../exchange/limited-body.ts'
import type { Exchange, Layer, Send } from '../exchange/request.ts'

const MILLISECONDS = check(
  (ms) => ms === null || ms === Number.POSITIVE_INFINITY || (typeof ms === 'number' && ms > 0 && ms <= LONGEST_TIMER),
  `milliseconds above 0 and at most ${LONGEST_TIMER}, Infinity or null`,
)

/** Checks a `timeout` option. Limits that are off are left out. */
export function parseTimeout(timeout: SharedOptions['timeout']): Timeouts | undefined {
  if (timeout === null || timeout === undefined) return undefined
  const limits = typeof timeout === 'object' ? timeout : { attempt: timeout }
  const parts = partsOf<TimeoutOptions>('timeout', limits, { attempt: MILLISECONDS, total: MILLISECONDS, idle: MILLISECONDS })
  const on = Object.entries(parts).filter(([, ms]) => ms !== null && ms !== Number.POSITIVE_INFINITY)
  return on.length > 0 ? fromOwnKeys(Object.fromEntries(on)) : undefined
}

/** The outermost layer: rejects as soon as the call is over, whatever the layers inside are waiting for. */
export const totalLayer: Layer = (exchange, next) => {
  exchange.lifetime.throwIfAborted()
  return exchange.lifetime.race(next(exchange))
}

/** Gives each try a lifetime of its own: it can run out of time without ending the call. */
export const attemptLayer: Layer = (exchange, next) => {
  const limit = exchange.call.timeout?.attempt
  if (limit) return timed(exchange, limit, next)
  return isLimited(exchange) ? limited(exchange, next) : next(exchange)
}

/** Watches the body already here, inside of the interceptors, so that one that reads it is protected too. */
async function limited(exchange: Exchange, next: Send): Promise<Response> {
  const response = await next(exchange)
  limitBody(response, exchange)
  return response
}

async function timed(exchange: Exchange, limit: number, next: Send): Promise<Response> {
  const lifetime = new Lifetime()
  lifetime.within(exchange.lifetime)
  const stop = lifetime.limit(limit, timedOut(exchange, 'attempt', limit))
  const tried = { ...exchange, lifetime }
  try {
    lifetime.throwIfAborted()
    const response = await lifetime.race(next(tried))
    limitBody(response, tried).then(stop)
    // In the data door an attempt lasts to the last byte. A response that is dropped has no end: its timer stops with the call.
    if (readsToTheEnd(exchange, response)) exchange.lifetime.watch(() => stop)
    else stop()
    return response
  } catch (error) {
    stop()
    throw error
  }
}

/**
 * Reports whether the data door reads a response to its end, so that its timeouts cover the body. Streams and events are read
 * by the caller: a timeout of the attempt ends for them with the headers.
 */
export function readsToTheEnd({ call: { isData, options } }: Exchange, { headers }: Response): boolean {
  const { parseResponse, responseType } = options
  if (!isData) return false
  if (parseResponse) return true
  return responseType === undefined ? !/^text\/event-stream/i.test(headers.get('content-type') ?? '') : responseType !== 'stream'
}

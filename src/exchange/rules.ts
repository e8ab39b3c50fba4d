/** Options with inner parts, checked once and made ready: timeouts, retries, header names. */

import type { RetryOptions, SharedOptions } from '../contract/options.ts'
import { fetchHeaderName } from '../http/headers.ts'
import { ownProperties } from './checked-options.ts'

/** setTimeout's largest delay; a larger one fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1

export interface Timeouts {
  readonly attempt?: number
  readonly total?: number
  readonly idle?: number
}

/** Checks `timeout`; what is off is absent. */
export function parseTimeout(timeout: SharedOptions['timeout']): Timeouts | undefined {
  if (timeout === null || timeout === undefined) return undefined
  if (Array.isArray(timeout)) throw new TypeError('timeout: give milliseconds, or { attempt, total, idle }')
  const limits = ownProperties(typeof timeout === 'object' ? timeout : { attempt: timeout })
  const on: Record<string, number> = Object.create(null)
  for (const name of ['attempt', 'total', 'idle'] as const) {
    const ms = limits[name]
    if (ms === undefined || ms === null || ms === Number.POSITIVE_INFINITY) continue
    if (typeof ms !== 'number' || !(ms > 0 && ms <= LONGEST_TIMER)) {
      throw new TypeError(`timeout: ${name} must be milliseconds above 0 and at most ${LONGEST_TIMER}, Infinity or null`)
    }
    on[name] = ms
  }
  return Object.keys(on).length > 0 ? on : undefined
}

/** RFC 9110 section 9.2.2. */
const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']
const TEMPORARY = [408, 425, 429, 500, 502, 503, 504]

export interface RetryRules {
  readonly limit: number
  readonly methods: readonly string[]
  readonly statusCodes: readonly number[]
  readonly delay: number | ((attempt: number) => number)
  readonly maxDelay: number
  readonly retryAfter: boolean
  readonly shouldRetry?: RetryOptions['shouldRetry']
}

/** Checks `retry`, with ofetch's `retryDelay` and `retryStatusCodes` where `retry` does not say. */
export function parseRetry({ retry, retryDelay, retryStatusCodes }: SharedOptions): RetryRules | undefined {
  if (retry === undefined || retry === null || retry === false || retry === 0) return undefined
  const given: RetryOptions = ownProperties(typeof retry === 'object' ? retry : { limit: retry })
  const {
    limit = 0,
    methods = IDEMPOTENT,
    statusCodes = retryStatusCodes ?? TEMPORARY,
    maxDelay = 30_000,
    retryAfter = true,
  } = given
  const { delay = typeof retryDelay === 'number' ? retryDelay : 300, shouldRetry } = given
  if (!isCount(limit)) throw new TypeError('retry: the limit must be a whole number, 0 or more')
  if (!Array.isArray(methods) || !Array.isArray(statusCodes)) throw new TypeError('retry: methods and statusCodes must be arrays')
  if (typeof delay !== 'function' && !isDelay(delay)) throw new TypeError('retry: delay must be milliseconds or a function')
  if (!isDelay(maxDelay)) throw new TypeError('retry: maxDelay must be milliseconds')
  if (shouldRetry !== undefined && typeof shouldRetry !== 'function') throw new TypeError('retry: shouldRetry must be a function')
  if (limit === 0) return undefined
  const upper = methods.map((method) => String(method).toUpperCase())
  return { limit, methods: upper, statusCodes, delay, maxDelay: Math.min(maxDelay, LONGEST_TIMER), retryAfter, shouldRetry }
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0
}

function isDelay(value: unknown): boolean {
  return typeof value === 'number' && value >= 0
}

const NONE: ReadonlySet<string> = new Set()

/** The names of `sensitiveHeaders`, in lower case. */
export function parseSensitive(...lists: readonly (readonly string[] | undefined)[]): ReadonlySet<string> {
  const names = lists.flatMap((list) => list ?? [])
  return names.length === 0 ? NONE : new Set(names.map((name) => fetchHeaderName(name, 'sensitiveHeaders')))
}

/** Options with inner parts, checked once and made ready: timeouts, retries and other numbers. */
import { fetchHeaderName } from './headers.ts'
import type { RetryOptions, SharedOptions } from './options.ts'

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
  const limits = typeof timeout === 'object' ? timeout : { attempt: timeout }
  const on: Record<string, number> = {}
  for (const name of ['attempt', 'total', 'idle'] as const) {
    const ms = limits[name]
    if (ms === undefined || ms === null || ms === Number.POSITIVE_INFINITY) continue
    if (typeof ms !== 'number' || !(ms > 0 && ms <= LONGEST_TIMER)) {
      throw new TypeError(`timeout: ${name} must be milliseconds above 0 and at most 2147483647, Infinity or null`)
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
  const given: RetryOptions = typeof retry === 'object' ? retry : { limit: retry }
  const rules: RetryRules = {
    limit: given.limit ?? 0,
    methods: (given.methods ?? IDEMPOTENT).map((method) => method.toUpperCase()),
    statusCodes: given.statusCodes ?? retryStatusCodes ?? TEMPORARY,
    delay: given.delay ?? (typeof retryDelay === 'number' ? retryDelay : 300),
    maxDelay: given.maxDelay ?? 30_000,
    retryAfter: given.retryAfter ?? true,
    shouldRetry: given.shouldRetry,
  }
  if (!isCount(rules.limit)) throw new TypeError('retry: the limit must be a whole number, 0 or more')
  if (typeof rules.delay !== 'function' && !isDelay(rules.delay))
    throw new TypeError('retry: delay must be milliseconds or a function')
  if (!isDelay(rules.maxDelay)) throw new TypeError('retry: maxDelay must be milliseconds')
  return rules.limit > 0 ? rules : undefined
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0
}

function isDelay(value: unknown): boolean {
  return typeof value === 'number' && value >= 0
}

/** Checks the options that are one plain value each. */
export function checkPlain(options: SharedOptions): void {
  const { maxRedirects, maxBytes, redirect } = options
  if (maxRedirects !== undefined && !isCount(maxRedirects)) throw new TypeError('maxRedirects: give a whole number, 0 or more')
  if (maxBytes !== undefined && !(maxBytes > 0)) throw new TypeError('maxBytes: give a number of bytes above 0')
  if (redirect !== undefined && !['follow', 'manual', 'error'].includes(redirect)) {
    throw new TypeError("redirect: give 'follow', 'manual' or 'error'")
  }
}

const NONE: ReadonlySet<string> = new Set()

export function parseSensitive(names: readonly string[] | undefined): ReadonlySet<string> {
  if (names === undefined || names.length === 0) return NONE
  return new Set(names.map((name) => fetchHeaderName(name, 'sensitiveHeaders')))
}

/** RFC 9110 section 5.6.2 and RFC 6265bis section 4.1.1: a value may stand in double quotes. */
const COOKIE_NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/
const COOKIE_VALUE = /^("?)[!#-+\--:<-[\]-~]*\1$/

/** Checks a cookie before anything is sent or stored. The message names the cookie, never its value. */
export function checkCookie(name: unknown, value: unknown): void {
  if (typeof name !== 'string' || !COOKIE_NAME.test(name)) {
    throw new TypeError(`cookies: the name ${JSON.stringify(name)?.slice(0, 80)} must be a token (RFC 6265bis section 4.1.1)`)
  }
  if (typeof value === 'string' && COOKIE_VALUE.test(value)) return
  throw new TypeError(
    `cookies: the value of '${name}' must be cookie-octets: no blanks, quotes, commas, semicolons, backslashes; encode it`,
  )
}

/** Merges cookies by name; `undefined` inherits, `null` withholds. */
export function mergeCookies(base: CookieValues, more: SharedOptions['cookies']): CookieValues {
  if (more === undefined || more === null) return base
  if (typeof more !== 'object' || Symbol.iterator in more) throw new TypeError('cookies: give an object { name: value }')
  const merged: Record<string, string | null> = Object.assign(Object.create(null), base)
  for (const [name, value] of Object.entries(more)) {
    if (value === undefined) continue
    checkCookie(name, value ?? '')
    merged[name] = value
  }
  return merged
}

export type CookieValues = Readonly<Record<string, string | null>> | undefined

/** Options with inner parts, checked once and made ready: timeouts, retries, header names. */
import type { RetryOptions, SharedOptions } from '../contract/options.ts'
import { headerName } from '../http/headers.ts'
import { IDEMPOTENT } from '../http/methods.ts'
import type { RetryRules, Timeouts } from './call.ts'

/** The largest delay of setTimeout, in milliseconds; a larger one fires at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

/**
 * Options to be read by their own keys, whatever somebody has put on Object.prototype. A class, since an object made by
 * `Object.create(null)` is slow to read; and it prints nothing, since options hold secrets.
 */
class OwnKeys {}
Object.setPrototypeOf(OwnKeys.prototype, null)
for (const name of ['toJSON', Symbol.for('nodejs.util.inspect.custom')]) {
  Object.defineProperty(OwnKeys.prototype, name, { value: optionNames })
}

function optionNames(this: object): object {
  return Object.fromEntries(Object.keys(this).map((name) => [name, '***']))
}

/** A copy of options with their own keys only, those without a value left out; later ones win. */
export function fromOwnKeys<T extends object>(...options: readonly (T | null | undefined)[]): T {
  const copy: Record<PropertyKey, unknown> = new OwnKeys() as never
  for (const one of options) {
    for (const name of one ? Object.keys(one) : []) {
      const value = (one as Record<string, unknown>)[name]
      if (value !== undefined) copy[name] = value
    }
  }
  return copy as T
}

/** The inner options of an option, which must be an object of these keys. */
export function innerOptions<T extends object>(option: string, given: T, keys: string): T {
  const inner = typeof given === 'object' && !Array.isArray(given) ? fromOwnKeys(given) : undefined
  const unknown = inner && Object.keys(inner).find((key) => !keys.split(' ').includes(key))
  if (inner && unknown === undefined) return inner
  throw new TypeError(
    `${option}: ${unknown === undefined ? 'give' : `'${unknown}' is no part of it; give`} { ${keys.replaceAll(' ', ', ')} }`,
  )
}

/** Checks `timeout`. Limits that are off are left out. */
export function parseTimeout(timeout: SharedOptions['timeout']): Timeouts | undefined {
  if (timeout === null || timeout === undefined) return undefined
  const limits = typeof timeout === 'object' ? innerOptions('timeout', timeout, 'attempt total idle') : { attempt: timeout }
  const on: Record<string, number> = Object.create(null)
  for (const [name, ms] of Object.entries(limits)) {
    if (ms === null || ms === Number.POSITIVE_INFINITY) continue
    if (typeof ms !== 'number' || !(ms > 0 && ms <= LONGEST_TIMER)) {
      throw new TypeError(`timeout: ${name} must be milliseconds above 0 and at most ${LONGEST_TIMER}, Infinity or null`)
    }
    on[name] = ms
  }
  return Object.keys(on).length > 0 ? on : undefined
}

const TEMPORARY = [408, 425, 429, 500, 502, 503, 504]
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0
const isDelay = (value: unknown) => typeof value === 'number' && value >= 0
const isFunction = (value: unknown) => typeof value === 'function'

const RETRY: Readonly<Record<keyof RetryOptions, readonly [isRight: (value: unknown) => boolean, advice: string]>> = {
  limit: [isCount, 'the limit must be a whole number, 0 or more'],
  methods: [(value) => isListOf(value, 'string'), 'methods must be an array of names'],
  statusCodes: [(value) => isListOf(value, 'number'), 'statusCodes must be an array of numbers'],
  delay: [(value) => isFunction(value) || isDelay(value), 'delay must be milliseconds or a function'],
  maxDelay: [isDelay, 'maxDelay must be milliseconds'],
  retryAfter: [(value) => typeof value === 'boolean', 'retryAfter must be true or false'],
  shouldRetry: [isFunction, 'shouldRetry must be a function'],
}

function isListOf(value: unknown, type: string): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === type)
}

/** Checks `retry`, with ofetch's `retryDelay` and `retryStatusCodes` where `retry` does not say. */
export function parseRetry({ retry, retryDelay, retryStatusCodes }: SharedOptions): RetryRules | undefined {
  if (retry === undefined || retry === null || retry === false) return undefined
  const given =
    typeof retry === 'object' ? innerOptions<RetryOptions>('retry', retry, Object.keys(RETRY).join(' ')) : { limit: retry }
  const rules = {
    ...{ limit: 0, methods: IDEMPOTENT, statusCodes: retryStatusCodes ?? TEMPORARY, maxDelay: 30_000, retryAfter: true },
    ...{ delay: typeof retryDelay === 'number' ? retryDelay : 300, ...given },
  } as RetryRules
  for (const [name, value] of Object.entries(rules)) {
    const [isRight, advice] = RETRY[name as keyof RetryOptions]
    if (!isRight(value)) throw new TypeError(`retry: ${advice}`)
  }
  if (rules.limit === 0) return undefined
  return {
    ...rules,
    methods: rules.methods.map((method) => method.toUpperCase()),
    maxDelay: Math.min(rules.maxDelay, LONGEST_TIMER),
  }
}

const NONE: ReadonlySet<string> = new Set()

/** Header names as a set, in lower case. */
export function headerNames(...lists: readonly (readonly string[] | undefined)[]): ReadonlySet<string> {
  const names = lists.flatMap((list) => list ?? [])
  return names.length === 0 ? NONE : new Set(names.map((name) => headerName(name, 'sensitiveHeaders')))
}

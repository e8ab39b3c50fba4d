/** Options of a wrong type: a `TypeError` that names the option and says what to give, before anything is sent. */

type Check = readonly [isRight: (value: unknown) => boolean, advice: string]

const isFunction = (value: unknown) => typeof value === 'function'
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isOneOf =
  (...words: readonly unknown[]) =>
  (value: unknown) =>
    words.includes(value)
const isListOf = (isRight: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(isRight)
const isListenerOrList = (value: unknown) => isFunction(value) || isListOf(isFunction)(value)
const listeners: Check = [isListenerOrList, 'give a function, or an array of functions']
const interceptors: Check = [isListOf(isFunction), 'give an array of functions (request, next) => response']

/** Fetch standard 2.2.1: a method is a token, and three of them are forbidden. */
const METHOD = /^(?!(?:CONNECT|TRACE|TRACK)$)[!#$%&'*+\-.^_`|~\dA-Za-z]+$/i

const CHECKS: Readonly<Record<string, Check>> = {
  method: [(value) => typeof value === 'string' && METHOD.test(value), 'give a method that fetch allows'],
  signal: [(value) => isObject(value) && 'aborted' in (value as object), 'give an AbortSignal'],
  redirect: [isOneOf('follow', 'manual', 'error'), "give 'follow', 'manual' or 'error'"],
  credentials: [isOneOf('include', 'same-origin', 'omit'), "give 'include', 'same-origin' or 'omit'"],
  maxRedirects: [(value) => Number.isInteger(value) && (value as number) >= 0, 'give a whole number, 0 or more'],
  maxBytes: [(value) => typeof value === 'number' && value > 0, 'give a number of bytes above 0'],
  sensitiveHeaders: [isListOf((name) => typeof name === 'string'), 'give an array of header names'],
  schema: [isSchema, 'give a Standard Schema, such as those of zod, valibot and arktype'],
  context: [isObject, 'give an object'],
  fetch: [isFunction, 'give a function like fetch'],
  mounts: [isObject, 'give an object { prefix: handler }'],
  parseResponse: [isFunction, 'give a function of the text'],
  interceptors,
  hopInterceptors: interceptors,
  onRequest: listeners,
  onRequestError: listeners,
  onResponse: listeners,
  onResponseError: listeners,
  onRetry: listeners,
  onCookieRejected: listeners,
}

/** Checks the options that are one plain value each; `null` and `undefined` stand for "not given". */
export function checkPlain(options: object): void {
  for (const name of Object.keys(options)) {
    const value = (options as Record<string, unknown>)[name]
    const check = value === undefined || value === null || !Object.hasOwn(CHECKS, name) ? undefined : CHECKS[name]
    if (check && !check[0](value)) throw new TypeError(`${name}: ${check[1]}`)
  }
}

function isSchema(value: unknown): boolean {
  const schema = value as { '~standard'?: { validate?: unknown } }
  return typeof schema['~standard']?.validate === 'function'
}

/**
 * Options to be read by their own keys, whatever somebody has put on Object.prototype. A copy without a prototype is slow to
 * read, so it is made only where there is something to hide from.
 */
export function ownProperties<T extends object>(options: T): T {
  const prototype = Object.getPrototypeOf(options)
  if ((prototype === Object.prototype || prototype === null) && !isPolluted()) return options
  return Object.assign(Object.create(null), options)
}

/** An object to put options into, safe to be read by name. */
export function emptyOptions(): Record<string, unknown> {
  return isPolluted() ? Object.create(null) : {}
}

function isPolluted(): boolean {
  for (const _ in Object.prototype) return true
  return false
}

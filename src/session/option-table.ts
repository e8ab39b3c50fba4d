/**
 * The options, as one table: what each may be, how a call's is merged over its session's, and whether it is for sessions only or
 * the platform's. An option that is missing here does not compile.
 */
import type { CallOptions, ResolvedOptions, SharedOptions } from '../contract/options.ts'
import type { SessionOptions } from '../contract/session-options.ts'
import {
  BOOLEAN,
  type Check,
  COUNT,
  check,
  DELAY,
  fromOwnKeys,
  isFunction,
  isObject,
  isString,
  listOf,
  STATUS_CODES,
} from '../exchange/checked-options.ts'
import { isMethod } from '../http/methods.ts'
import type { Environment } from './environment.ts'

interface Rule {
  /** `append`: a list, the session's first. `apart`: merged elsewhere, in `inherited.ts` and `state.ts`. @default replace */
  readonly merge?: 'append' | 'apart'
  /**
   * `session`: not for a call. `parsing`: an ofetch made over `session.fetch` uses it itself, but hands it on all the same, so
   * it is not checked there. `platform`: checked, and handed on to fetch. @default both sessions and calls
   */
  readonly of?: 'session' | 'parsing' | 'platform'
  readonly isRight?: Check['isRight']
  readonly advice?: string
}

/** One of several words. */
const oneOf = (...words: readonly string[]): Check =>
  check((value) => words.includes(value as string), words.map((word) => `'${word}'`).join(', '))

const PLAIN: Rule = {}
const APART: Rule = { merge: 'apart' }
const OF_SESSION: Rule = { of: 'session', merge: 'apart' }
const FUNCTIONS = listOf('function', 'functions')
const LISTENERS: Rule = {
  merge: 'append',
  ...check((value) => isFunction(value) || FUNCTIONS.isRight(value), 'a function, or an array of functions'),
}
const HOOKS: Rule = { ...LISTENERS, of: 'parsing' }
const INTERCEPTORS: Rule = { merge: 'apart', ...listOf('function', 'functions (request, next) => response') }

/** Options that need no row: they go on to the platform untouched, as unknown options do. */
type Untouched =
  | Exclude<keyof RequestInit, 'body' | 'credentials' | 'headers' | 'method' | 'redirect' | 'signal'>
  | 'priority'
  | 'duplex'
  | 'dispatcher'
  | 'agent'

/** The table: a row for every option of ours. */
export const TABLE: Readonly<Record<Exclude<keyof SessionOptions, Untouched>, Rule>> = {
  baseURL: {
    ...APART,
    ...check((value) => isString(value) || (isObject(value) && 'href' in value), 'a string or a URL'),
  },
  method: check(isMethod, 'a method that fetch allows'),
  headers: APART,
  query: APART,
  params: APART,
  cookies: APART,
  body: PLAIN,
  form: PLAIN,
  auth: APART,
  // As it is: what a call sends is decided elsewhere, and a trace reads here which headers hold tokens.
  csrf: PLAIN,
  timeout: PLAIN,
  retry: PLAIN,
  retryDelay: DELAY,
  retryStatusCodes: STATUS_CODES,
  signal: check((value) => isObject(value) && 'aborted' in value, 'an AbortSignal'),
  redirect: oneOf('follow', 'manual', 'error'),
  maxRedirects: COUNT,
  sensitiveHeaders: listOf('string', 'header names'),
  interceptors: INTERCEPTORS,
  hopInterceptors: INTERCEPTORS,
  onRequest: HOOKS,
  onRequestError: HOOKS,
  onResponse: HOOKS,
  onResponseError: HOOKS,
  onRetry: LISTENERS,
  onCookieRejected: LISTENERS,
  onUploadProgress: LISTENERS,
  onDownloadProgress: LISTENERS,
  schema: check(isSchema, 'a Standard Schema, such as those of zod, valibot and arktype'),
  responseType: { of: 'parsing', ...oneOf('json', 'text', 'blob', 'arrayBuffer', 'stream') },
  parseResponse: { of: 'parsing', ...check(isFunction, 'a function of the text') },
  ignoreResponseError: { of: 'parsing', ...BOOLEAN },
  allowAbsoluteUrls: BOOLEAN,
  maxBytes: check((value) => typeof value === 'number' && value > 0, 'a number of bytes above 0'),
  context: { merge: 'apart', ...check(isObject, 'an object') },
  jar: OF_SESSION,
  concurrency: OF_SESSION,
  fetch: { ...OF_SESSION, ...check(isFunction, 'a function like fetch') },
  mounts: { ...OF_SESSION, ...check(isObject, 'an object { prefix: handler }') },
  pool: OF_SESSION,
  proxy: OF_SESSION,
  tls: OF_SESSION,
  socketPath: OF_SESSION,
  trustEnv: { ...OF_SESSION, ...BOOLEAN },
  credentials: { of: 'platform', ...oneOf('include', 'same-origin', 'omit') },
}

/** Names of other clients, and what to give here instead. */
const FOREIGN: Readonly<Record<string, string>> = {
  json: 'body',
  data: 'body, or form for urlencoded fields',
  files: 'body with a FormData',
  baseUrl: 'baseURL',
  prefixUrl: 'baseURL',
  retries: 'retry',
  withCredentials: "credentials: 'include'",
  validateStatus: 'ignoreResponseError',
  hooks: 'interceptors, or onRequest, onResponse and their like',
  searchParams: 'query',
  throwHttpErrors: 'ignoreResponseError',
  followRedirect: "redirect: 'manual'",
}

const ruleOf = (name: string): Rule | undefined => (Object.hasOwn(TABLE, name) ? TABLE[name as keyof typeof TABLE] : undefined)

/** The reader of options: a session, a call of the data door, or one of `session.fetch`, which other libraries make. */
export type Reader = 'session' | 'data' | 'fetch'

/**
 * Checks options before anything is sent; `null` and `undefined` stand for "not given". Throws a `TypeError` that names one.
 * `impossible` is {@link Environment.impossible}.
 */
export function checkOptions(options: object, reader: Reader, impossible: Environment['impossible']): void {
  for (const name of Object.keys(options)) {
    const value = (options as Record<string, unknown>)[name]
    const { of, isRight, advice } = ruleOf(name) ?? {}
    if (of === 'session' && reader !== 'session')
      throw new TypeError(`${name}: belongs to createSession, extend or fork, not to a call`)
    if (value === undefined || value === null) continue
    const why = impossible?.(name, value)
    if (why) throw why
    if (isRight && !isRight(value) && !(of === 'parsing' && reader === 'fetch')) throw new TypeError(`${name}: ${advice}`)
    if (reader !== 'fetch' && Object.hasOwn(FOREIGN, name))
      throw new TypeError(`${name}: is another client's name; here it is ${FOREIGN[name]}`)
  }
}

/** Merges the options of a call over those of its session; `undefined` inherits. Headers and their like are merged apart. */
export function mergeOptions(base: SharedOptions, more: SharedOptions): ResolvedOptions {
  const merged: Record<string, unknown> = fromOwnKeys(base, more) as never
  for (const name of Object.keys(more)) {
    if (ruleOf(name)?.merge !== 'append') continue
    const [inherited, added] = [base, more].map((options) => (options as Record<string, unknown>)[name] ?? [])
    merged[name] = [inherited, added].flat()
  }
  // A call's body replaces a session's form, and the other way round; only both in one place contradict each other.
  const { body, form } = more as CallOptions
  if (form != null && body == null) delete merged.body
  if (body != null && form == null) delete merged.form
  // Symbols are merged too: a trace listens under one.
  merged.context = { ...base.context, ...more.context }
  return merged as unknown as ResolvedOptions
}

/** The options that a session hands on as they are: all but those with the rule `apart`, which stand in its state. */
export function inheritedOptions(options: ResolvedOptions): ResolvedOptions {
  const inherited = Object.entries(options).filter(([name]) => name === 'context' || ruleOf(name)?.merge !== 'apart')
  return fromOwnKeys(Object.fromEntries(inherited)) as ResolvedOptions
}

/** The options that go on to the platform's fetch: the platform's own, and unknown ones. */
export function platformOptions(options: object): RequestInit | undefined {
  let platform: Record<string, unknown> | undefined
  for (const name of Object.keys(options)) {
    const rule = ruleOf(name)
    const value = (options as Record<string, unknown>)[name]
    if ((rule && rule.of !== 'platform') || value === undefined || value === null) continue
    platform ??= {}
    platform[name] = value
  }
  return platform
}

function isSchema(value: unknown): boolean {
  const schema = value as { '~standard'?: { validate?: unknown } } | null
  return typeof schema?.['~standard']?.validate === 'function'
}

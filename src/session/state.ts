/** What a session holds between calls. */
import type { Auth, CallOptions, Interceptor, SessionOptions } from '../contract/options.ts'
import type { Session } from '../contract/session.ts'
import type { CookieValues } from '../cookies/values.ts'
import type { Authenticator, CsrfRules, RetryRules, Timeouts } from '../exchange/call.ts'
import { fromOwnKeys, headerNames, parseRetry, parseTimeout } from '../exchange/checked-options.ts'
import { removeSecrets } from '../exchange/credentials.ts'
import { Lifetime } from '../exchange/lifetime.ts'
import type { Send } from '../exchange/request.ts'
import { basic } from '../http/basic.ts'
import { headerPairs, setHeaders } from '../http/headers.ts'
import { originOf } from '../http/origin.ts'
import { fieldPairs, setFields } from '../http/query.ts'
import { parseBase, takeUserinfo } from '../http/url.ts'
import { parseAuth } from '../layers/auth.ts'
import { type Limiter, parseConcurrency } from '../layers/concurrency.ts'
import { parseCsrf } from '../layers/csrf.ts'
import { Mounts } from '../layers/mounts.ts'
import type { Environment, SessionParts } from './environment.ts'
import { checkOptions, inheritedOptions, mergeOptions, platformOptions } from './option-table.ts'

/** Where an input leads. */
export interface Located {
  readonly url: URL
  readonly origin: string
  readonly isOpaque: boolean
  /** The `Authorization` header of the userinfo that stood in the URL. */
  readonly userinfo?: string
}

/** A session as its calls see it: its options, checked, and what lives as long as it does. */
export interface SessionState {
  readonly environment: Environment
  readonly parts: SessionParts
  /** `null`: a relative one where there is no page, for which every call is refused. */
  readonly base: URL | null | undefined
  /** The origin that the session's secrets belong to; without a `baseURL` they go to the URL of each call. */
  readonly home: string | undefined
  readonly headers: Headers
  readonly query: URLSearchParams
  readonly cookies: CookieValues
  readonly csrf: CsrfRules | undefined
  readonly timeout: Timeouts | undefined
  readonly retry: RetryRules | undefined
  readonly sensitiveHeaders: ReadonlySet<string>
  readonly platform: RequestInit
  readonly mounts: Mounts
  readonly concurrency: SessionOptions['concurrency']
  readonly limiter: Limiter | undefined
  /** Everything else, merged. */
  readonly options: CallOptions
  readonly interceptors: Interceptor[]
  readonly hopInterceptors: Interceptor[]
  auth: Auth | null
  authenticator: Authenticator | null | undefined
  /** Ends with `close()`, and with it what waits: for a retry, for a place, for the body of a `Request`. */
  readonly lifetime: Lifetime
  /** The chain of a call without interceptors of its own; made again after `use`. */
  chain: Send | undefined
  /** Inputs whose URL is known; forgotten when a mount changes what an input means. */
  readonly located: Map<string, Located>
  /** Makes the session that `refresh` is given: auth off, same jar, no place of `concurrency`. */
  readonly quietSession: () => Session
}

/** What a state is made of, besides its options. */
export interface Origins {
  readonly environment: Environment
  readonly parent: SessionState | undefined
  readonly makeParts: (base: URL | undefined) => SessionParts
  readonly quietSession: () => Session
  /** Whether calls take no place of `concurrency`. */
  readonly isQuiet?: boolean
  /** Whether it counts its calls apart from its parent's. */
  readonly isFork?: boolean
}

/** Checks the options of a session and merges them over its parent's. */
export function createState(given: SessionOptions, origins: Origins): SessionState {
  const { environment, parent, makeParts, quietSession } = origins
  checkOptions(given, 'session')
  environment.checkOptions(given)
  const { baseURL, concurrency = parent?.concurrency } = given
  const sharesCount = given.concurrency === undefined && !origins.isFork
  // `''` and `null` are none.
  const ownBase = baseURL ? parseBase(baseURL, environment.pageURL()) : undefined
  const base = baseURL === undefined ? parent?.base : ownBase
  const userinfo = ownBase ? takeUserinfo(ownBase) : undefined
  const home = base ? originOf(base) : undefined
  // A child whose baseURL has another origin inherits settings but no secrets.
  const heir = parent && (parent.home === undefined || parent.home === home) ? parent : undefined
  const merged = mergeOptions<CallOptions>(parent?.options ?? {}, given as CallOptions)
  if (merged.form != null && merged.body != null) throw new TypeError('form: give either form or body, not both')
  const csrf = given.csrf === undefined ? heir?.csrf : parseCsrf(given.csrf)
  const csrfHeaders = csrf?.rules.map(({ header }) => header)
  const mounts = new Mounts(parent?.mounts)
  for (const [prefix, handler] of Object.entries(given.mounts ?? {})) mounts.set(prefix, handler)
  const auth = given.auth === undefined ? (heir?.auth ?? null) : given.auth
  const ofURL = userinfo && { header: () => basic(userinfo) }
  const lifetime = new Lifetime()
  lifetime.canAbort = true
  return {
    ...{ environment, base, home, mounts, csrf, auth, quietSession, lifetime },
    headers: defaultHeaders(given, origins, heir, headerNames(merged.sensitiveHeaders, parent?.options.sensitiveHeaders)),
    query: defaultQuery(given, parent),
    cookies: environment.mergeCookies?.(heir?.cookies, given.cookies),
    timeout: given.timeout === undefined ? parent?.timeout : parseTimeout(given.timeout),
    retry: parseRetry(merged),
    sensitiveHeaders: headerNames(merged.sensitiveHeaders, csrfHeaders),
    platform: platformOptions(merged) ?? {},
    concurrency,
    limiter: origins.isQuiet ? undefined : sharesCount ? parent?.limiter : parseConcurrency(concurrency),
    options: inheritedOptions(merged),
    interceptors: [...(parent?.interceptors ?? []), ...(given.interceptors ?? [])],
    hopInterceptors: [...(parent?.hopInterceptors ?? []), ...(given.hopInterceptors ?? [])],
    authenticator: given.auth === undefined ? (ofURL ?? heir?.authenticator) : parseAuth(auth),
    chain: undefined,
    located: new Map(),
    parts: makeParts(base || undefined),
  }
}

function defaultHeaders(
  given: SessionOptions,
  { environment, parent }: Origins,
  heir: SessionState | undefined,
  sensitive: ReadonlySet<string>,
): Headers {
  const headers = new Headers(parent?.headers ?? environment.headers)
  if (!heir) removeSecrets(headers, sensitive)
  if (given.headers) setHeaders(headers, headerPairs(given.headers))
  return headers
}

function defaultQuery({ params, query }: SessionOptions, parent: SessionState | undefined): URLSearchParams {
  const merged = new URLSearchParams(parent?.query)
  for (const fields of [params, query]) if (fields) setFields(merged, fieldPairs(fields))
  return merged
}

/** The options of `createSession`, `extend` and `fork`, by their own keys. */
export function givenOptions(options: SessionOptions): SessionOptions {
  if (typeof options !== 'object' || options === null) throw new TypeError('createSession: give an object of options')
  return fromOwnKeys(options)
}

/** The origin of the page, where there is one. */
export function pageOrigin({ environment }: SessionState): string | undefined {
  const page = environment.pageURL()
  return page === undefined ? undefined : originOf(new URL(page))
}

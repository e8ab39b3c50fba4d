/** What a session holds between calls. */

import type { Auth, CallOptions, SessionOptions } from '../contract/options.ts'
import { type CookieValues, mergeCookies } from '../cookies/values.ts'
import { checkPlain } from '../exchange/checked-options.ts'
import { originOf } from '../exchange/credentials.ts'
import type { Interceptor, LayerNext } from '../exchange/request.ts'
import { parseRetry, parseSensitive, parseTimeout, type RetryRules, type Timeouts } from '../exchange/rules.ts'
import { basic } from '../http/basic.ts'
import { headerPairs, setHeaders } from '../http/headers.ts'
import { fieldPairs, setFields } from '../http/query.ts'
import { parseBase, takeUserinfo } from '../http/url.ts'
import { type Authenticator, parseAuth } from '../layers/auth.ts'
import { type CsrfRules, parseCsrf } from '../layers/csrf.ts'
import { Mounts } from '../layers/mounts.ts'
import { platformOptions, removeSecrets } from './call-parts.ts'
import type { Environment, SessionParts } from './environment.ts'
import type { Located } from './locate.ts'
import { mergeOptions } from './option-table.ts'

export interface SessionState {
  readonly environment: Environment
  readonly parts: SessionParts
  readonly base: URL | undefined
  /** The origin that the session's secrets belong to; without a `baseURL` they go to the URL of each call. */
  readonly home: string | undefined
  readonly headers: Headers
  readonly query: URLSearchParams
  readonly cookies: CookieValues
  readonly csrf: CsrfRules | undefined
  readonly timeout: Timeouts | undefined
  readonly mounts: Mounts
  /** Everything else, merged. */
  readonly options: CallOptions
  readonly interceptors: Interceptor[]
  readonly hopInterceptors: readonly Interceptor[]
  auth: Auth | null
  authenticator: Authenticator | null | undefined
  closed: boolean
  /** The chain of a call without interceptors of its own; made again after `use`. */
  chain: LayerNext | undefined
  /** Inputs whose URL is known; forgotten when a mount changes what an input means. */
  readonly located: Map<string, Located>
  /** What the session's options come to for a call that says nothing else. */
  readonly retry: RetryRules | undefined
  readonly sensitiveHeaders: ReadonlySet<string>
  readonly platform: RequestInit
  pageOrigin(): string | undefined
}

type Parent = Omit<SessionState, 'parts'>

/** Options that a session keeps in a form of its own. */
const KEPT_APART = [
  'baseURL',
  'headers',
  'query',
  'params',
  'cookies',
  'auth',
  'csrf',
  'interceptors',
  'hopInterceptors',
  'jar',
  'fetch',
  'mounts',
]

/** Checks the options of a session and merges them over its parent's. */
export function createState(
  environment: Environment,
  given: SessionOptions,
  parent: Parent | undefined,
  makeParts: (base: URL | undefined) => SessionParts,
): SessionState {
  environment.checkOptions(given)
  const hasBase = given.baseURL !== undefined && given.baseURL !== null
  const base = given.baseURL === null ? undefined : hasBase ? parseBase(given.baseURL as string) : parent?.base
  const userinfo = hasBase && base ? takeUserinfo(base) : undefined
  const home = base && originOf(base)
  // A child at another origin is another party: it gets the manners of its parent, not the keys.
  const heir = parent && (parent.home === undefined || parent.home === home) ? parent : undefined
  const merged = mergeOptions<CallOptions>(parent?.options ?? {}, given as CallOptions)
  checkPlain(given)
  checkPlain(merged)
  if (merged.form != null && merged.body != null) throw new TypeError('form: give either form or body, not both')
  const sensitive = parseSensitive(merged.sensitiveHeaders, parent?.options.sensitiveHeaders)
  const headers = new Headers(parent?.headers ?? environment.headers)
  if (!heir) removeSecrets(headers, sensitive)
  if (given.headers) setHeaders(headers, headerPairs(given.headers))
  const query = new URLSearchParams(parent?.query)
  for (const fields of [given.params, given.query]) {
    if (fields !== undefined && fields !== null) setFields(query, fieldPairs(fields))
  }
  const mounts = new Mounts(parent?.mounts)
  for (const [prefix, handler] of Object.entries(given.mounts ?? {})) mounts.set(prefix, handler)
  const header = userinfo && basic(userinfo)
  const fromURL = header === undefined ? undefined : { header: () => header }
  const auth = given.auth === undefined ? (heir?.auth ?? null) : given.auth
  return {
    environment,
    base,
    home,
    headers,
    query,
    mounts,
    cookies: mergeCookies(heir?.cookies, given.cookies),
    csrf: given.csrf === undefined ? heir?.csrf : parseCsrf(given.csrf),
    timeout: given.timeout === undefined ? parent?.timeout : parseTimeout(given.timeout),
    options: withoutKept(merged),
    interceptors: [...(parent?.interceptors ?? []), ...(given.interceptors ?? [])],
    hopInterceptors: [...(parent?.hopInterceptors ?? []), ...(given.hopInterceptors ?? [])],
    auth,
    authenticator: given.auth === undefined ? (fromURL ?? heir?.authenticator) : parseAuth(auth),
    closed: false,
    chain: undefined,
    located: new Map(),
    retry: parseRetry(merged),
    sensitiveHeaders: parseSensitive(merged.sensitiveHeaders),
    platform: platformOptions(merged),
    parts: makeParts(base),
    pageOrigin() {
      const page = environment.pageURL()
      return page === undefined ? undefined : originOf(new URL(page))
    },
  }
}

function withoutKept(options: CallOptions): CallOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !KEPT_APART.includes(name)))
}

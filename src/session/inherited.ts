/** Inheritance: options laid over those of the session above. A call and a child session inherit by the same rules. */
import type { CallOptions, ResolvedOptions } from '../contract/options.ts'
import type { CookieValues } from '../cookies/values.ts'
import type { Authenticator, CsrfRules, RetryRules, Timeouts } from '../exchange/call.ts'
import { fromOwnKeys } from '../exchange/checked-options.ts'
import { removeSecrets } from '../exchange/credentials.ts'
import type { AnyBody } from '../http/body.ts'
import { type HeaderPairs, headerName, headerPairs } from '../http/headers.ts'
import { setPairs } from '../http/pairs.ts'
import { formBody } from '../http/query.ts'
import { parseAuth } from '../layers/auth.ts'
import { parseCsrf } from '../layers/csrf.ts'
import { parseRetry } from '../layers/retry.ts'
import { parseTimeout } from '../layers/timeouts.ts'
import type { Environment } from './environment.ts'
import { mergeOptions, platformOptions } from './option-table.ts'

/** Options that were checked and merged: what a session hands to its children and calls. */
export interface Settled {
  /** The options that have no member of their own below. */
  readonly options: ResolvedOptions
  readonly headers: Headers
  readonly body: AnyBody
  /** The auth of these options themselves, or of the URL beside them; `undefined` if they say nothing of it. */
  readonly ownAuth: Authenticator | null | undefined
  /** The auth to use. */
  auth: Authenticator | null | undefined
  readonly csrf: CsrfRules | undefined
  readonly cookies: CookieValues
  readonly timeout: Timeouts | undefined
  readonly retry: RetryRules | undefined
  readonly sensitiveHeaders: ReadonlySet<string>
  readonly platform: RequestInit
}

/** The place that the options lead to, seen from the session that they inherit from. */
interface Place {
  /** Whether the inherited secrets belong there. */
  readonly isHome: boolean
  /** `data:` and `blob:`, which get no secret at all. */
  readonly isOpaque?: boolean
  /** The `Authorization` header of the userinfo in the URL. */
  readonly userinfo?: string | undefined
}

const NO_PAIRS: HeaderPairs = []

/** Lays options over those that they inherit. Throws a `TypeError` for what is contradictory or impossible. */
export function inherit(environment: Environment, from: Settled, given: CallOptions, place: Place): Settled {
  const { isHome, isOpaque, userinfo } = place
  const options = mergeOptions(from.options, given)
  const body = bodyOf(options)
  // Listed once, since an iterator can be read only once.
  const pairs = given.headers === undefined || given.headers === null ? NO_PAIRS : headerPairs(given.headers)
  const heir = isHome ? from : undefined
  const ofURL = userinfo === undefined ? undefined : { header: () => userinfo }
  const ownAuth = given.auth === undefined ? ofURL : parseAuth(given.auth)
  const csrf = given.csrf === undefined ? heir?.csrf : parseCsrf(given.csrf)
  const saysSensitive = given.sensitiveHeaders !== undefined || given.csrf !== undefined
  const sensitiveHeaders = saysSensitive ? headerNames(options.sensitiveHeaders, csrf ?? from.csrf) : from.sensitiveHeaders
  const saysRetry = given.retry !== undefined || given.retryDelay !== undefined || given.retryStatusCodes !== undefined
  const headers = new Headers(from.headers)
  // Headers that the session above calls sensitive stay so, whatever these options say.
  if (!isHome) removeSecrets(headers, new Set([...sensitiveHeaders, ...from.sensitiveHeaders]))
  setOwnHeaders(headers, pairs, body, ownAuth)
  if (isOpaque) removeSecrets(headers, sensitiveHeaders)
  return {
    options,
    headers,
    body,
    ownAuth,
    sensitiveHeaders,
    auth: isOpaque ? null : ownAuth === undefined ? heir?.auth : ownAuth,
    csrf: isOpaque ? undefined : csrf,
    cookies: isOpaque ? undefined : environment.mergeCookies?.(heir?.cookies, given.cookies, pairs),
    timeout: given.timeout === undefined ? from.timeout : parseTimeout(given.timeout),
    retry: saysRetry ? parseRetry(options) : from.retry,
    platform: fromOwnKeys(from.platform, platformOptions(given)),
  }
}

/** Sets headers over inherited ones, and removes inherited ones that do not hold for the new auth or body. */
function setOwnHeaders(headers: Headers, pairs: HeaderPairs, body: AnyBody, ownAuth: Settled['ownAuth']): void {
  if (ownAuth) headers.delete('authorization')
  const isObject = typeof body === 'object' && body !== null
  // A FormData or URLSearchParams, by shape: a test environment has classes of its own.
  const isForm = isObject && 'append' in body
  // Removed, so that the platform sets it: only the platform knows a form's boundary and a Blob's own type.
  if (isForm || (isObject && 'arrayBuffer' in body && body.type !== '')) headers.delete('content-type')
  setPairs(headers, pairs)
  if (isForm && /^multipart\/form-data\s*(?:;|$)(?!.*boundary=)/i.test(headers.get('content-type') ?? ''))
    headers.delete('content-type')
}

function bodyOf({ body, form }: CallOptions): AnyBody {
  if (form === undefined || form === null) return (body as AnyBody | undefined) ?? null
  if (body !== undefined && body !== null) throw new TypeError('form: give either form or body, not both')
  return formBody(form)
}

/** Headers that must not cross an origin, in lower case: those that the options name, and those that tokens are put into. */
function headerNames(named: readonly string[] | undefined, csrf: CsrfRules | undefined): ReadonlySet<string> {
  const ofTokens = csrf?.rules.map(({ header }) => header) ?? []
  return new Set([...(named ?? []).map((name) => headerName(name, 'sensitiveHeaders')), ...ofTokens])
}

/** From input and options to a {@link Call}: everything about a call is decided here, once, before it begins. */
import type { CallOptions, ResolvedOptions } from '../contract/options.ts'
import type { FetchInput } from '../contract/settings.ts'
import type { Authenticator, Call } from '../exchange/call.ts'
import { fromOwnKeys, headerNames, parseRetry, parseTimeout } from '../exchange/checked-options.ts'
import { type AnyBody, checkBody, checkFetchBody } from '../http/body.ts'
import { type HeaderPairs, headerPairs } from '../http/headers.ts'
import { formBody } from '../http/query.ts'
import { parseAuth } from '../layers/auth.ts'
import { parseCsrf } from '../layers/csrf.ts'
import { mergedHeaders } from './inherited.ts'
import { locate, pageOf } from './locate.ts'
import { checkOptions, mergeOptions, platformOptions } from './option-table.ts'
import { isRequest, requestOptions } from './request-input.ts'
import { pageOrigin, type SessionState } from './state.ts'

/** Which door a call came through. */
export type Door = 'fetch' | 'raw' | 'data' | 'prepare'

const NO_PAIRS: HeaderPairs = []
const NO_SIGNALS: readonly AbortSignal[] = []

/** Decides a call. Throws a `TypeError` for what is contradictory or impossible. */
export function resolveCall(state: SessionState, input: FetchInput, options: CallOptions | null | undefined, door: Door): Call {
  if (typeof input !== 'string' && !isRequest(input) && !(Object(input) === input && 'href' in input))
    throw new TypeError('input: give a string, a URL or a Request')
  if (typeof (options ?? {}) !== 'object') throw new TypeError('options: give an object')
  const own: CallOptions = fromOwnKeys(options)
  checkOptions(own, door === 'fetch' ? 'fetch' : 'data')
  state.environment.checkOptions(own)
  const given = isRequest(input) ? requestOptions(input, own) : own
  const signals = own.signal === undefined ? [state.options.signal, isRequest(input) ? input.signal : undefined] : [own.signal]
  const page = pageOf(options ?? {})
  const { url, origin, isOpaque, userinfo } = locate(state, isRequest(input) ? input.url : input, given, page)
  const merged = mergeOptions(state.options, given)
  if (given.schema && (door === 'fetch' || door === 'prepare'))
    throw new TypeError('schema: session.fetch does not parse; use session.get and its like')
  const method = merged.method?.toUpperCase() ?? 'GET'
  const body = bodyOf(merged)
  if (door === 'fetch') {
    checkFetchBody(body)
    checkBody(method, body)
  }
  // The next page of another server gets nothing of the session's, wherever the session sends its secrets otherwise.
  const isHome = !isOpaque && !page?.isForeign && (state.home === undefined || state.home === origin)
  // Once: an iterator can be read once.
  const pairs = given.headers === undefined || given.headers === null ? NO_PAIRS : headerPairs(given.headers)
  const ownAuth =
    given.auth !== undefined ? parseAuth(given.auth) : userinfo === undefined ? undefined : { header: () => userinfo }
  const auth = isOpaque ? null : ownAuth !== undefined ? ownAuth : isHome ? state.authenticator : undefined
  const csrf = isOpaque ? undefined : given.csrf !== undefined ? parseCsrf(given.csrf) : isHome ? state.csrf : undefined
  const saysSensitive = given.sensitiveHeaders !== undefined || given.csrf !== undefined
  const sensitiveHeaders = saysSensitive
    ? headerNames(
        merged.sensitiveHeaders,
        (csrf ?? state.csrf)?.rules.map(({ header }) => header),
      )
    : state.sensitiveHeaders
  const saysRetry = given.retry !== undefined || given.retryDelay !== undefined || given.retryStatusCodes !== undefined
  const platform = platformOptions(given)
  const call: Call = {
    ...{ url, origin, method, body, isHome, isOpaque, ownAuth, auth, csrf, sensitiveHeaders, home: state.home },
    csrfOrigin: given.csrf === undefined && !state.home ? (pageOrigin(state) ?? origin) : origin,
    headers: mergedHeaders(state, pairs, body, { isHome, isOpaque, sensitiveHeaders, hasAuth: Boolean(ownAuth) }),
    options: merged as ResolvedOptions,
    platform: platform ? { ...state.platform, ...platform } : state.platform,
    signals: signals.some(Boolean) ? signals.filter((signal) => signal !== undefined && signal !== null) : NO_SIGNALS,
    cookies: isOpaque ? undefined : state.environment.mergeCookies?.(isHome ? state.cookies : undefined, given.cookies, pairs),
    timeout: given.timeout === undefined ? state.timeout : parseTimeout(given.timeout),
    retry: saysRetry ? parseRetry(merged) : state.retry,
    maxBytes: merged.maxBytes ?? undefined,
    redirect: merged.redirect ?? 'follow',
    maxRedirects: merged.maxRedirects ?? 20,
    isData: door === 'data' || door === 'raw',
    wantsData: door === 'data',
    wantsOnlyData: door === 'data' && !isSeen(state, merged, auth),
  }
  state.environment.checkCall(call)
  return call
}

/** Whether the caller's code looks at responses on their way. */
function isSeen(
  { interceptors, hopInterceptors }: SessionState,
  merged: CallOptions,
  auth: Authenticator | null | undefined,
): boolean {
  if (interceptors.length > 0 || hopInterceptors.length > 0 || (auth && 'flow' in auth)) return true
  const { onResponse, onResponseError, onRetry, retry, responseType } = merged
  const lists = merged.interceptors || merged.hopInterceptors
  return Boolean(lists || onResponse || onResponseError || onRetry || typeof retry === 'object' || responseType === 'stream')
}

function bodyOf({ body, form }: CallOptions): AnyBody {
  if (form === undefined || form === null) return (body as AnyBody | undefined) ?? null
  if (body !== undefined && body !== null) throw new TypeError('form: give either form or body, not both')
  return formBody(form)
}

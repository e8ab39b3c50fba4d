/** From input and options to a {@link Call}: everything about a call is decided here, once, before it begins. */

import { type CallOptions, PAGE, type ResolvedOptions } from '../contract/options.ts'
import type { Session } from '../contract/session.ts'
import { type CookieValues, mergeCookies } from '../cookies/values.ts'
import { checkPlain, ownProperties } from '../exchange/checked-options.ts'
import type { Body, LayerNext, SessionRequest } from '../exchange/request.ts'
import { parseRetry, parseSensitive, parseTimeout, type RetryRules, type Timeouts } from '../exchange/rules.ts'
import { checkBody, checkFetchBody } from '../http/body.ts'
import { headerPairs } from '../http/headers.ts'
import { formBody } from '../http/query.ts'
import { type Authenticator, parseAuth } from '../layers/auth.ts'
import { type CsrfRules, parseCsrf } from '../layers/csrf.ts'
import { headersOf, NO_PAIRS, platformOf, sessionCookies } from './call-parts.ts'
import { buildLayers, compose } from './chain.ts'
import type { SessionParts } from './environment.ts'
import { locate } from './locate.ts'
import { mergeOptions } from './option-table.ts'
import type { SessionState } from './state.ts'

/** A call, decided. Nothing in it changes while it runs. */
export interface Call {
  readonly session: Session
  readonly environment: SessionParts
  readonly state: SessionState
  readonly url: URL
  /** The origin that its secrets belong to. */
  readonly origin: string
  readonly csrfOrigin: string | undefined
  readonly method: string
  readonly headers: Headers
  readonly body: SessionRequest['body']
  readonly options: ResolvedOptions
  /** What goes on to the platform's fetch untouched. */
  readonly platform: RequestInit
  readonly signals: readonly AbortSignal[]
  /** Whether the session's secrets go to this URL. */
  readonly atHome: boolean
  /** The call's own auth, from its options or its URL; `undefined` if it has none to say. */
  readonly ownAuth: Authenticator | null | undefined
  /** `null` is turned off; `undefined` leaves it to the environment. */
  readonly auth: Authenticator | null | undefined
  readonly cookies: CookieValues
  readonly csrf: CsrfRules | undefined
  readonly timeout: Timeouts | undefined
  readonly retry: RetryRules | undefined
  readonly maxBytes: number | undefined
  readonly redirect: 'follow' | 'manual' | 'error'
  readonly maxRedirects: number
  readonly sensitiveHeaders: ReadonlySet<string>
  /** `data:` and `blob:` go to the platform without a secret. */
  readonly opaque: boolean
  /** Whether it came through the data door. */
  readonly isData: boolean
  /** Whether nobody sees the response but ofetch: then it need not be a whole one. */
  readonly wantsOnlyData: boolean
  /** The chain as it was when the call began: `use` after that does not touch it. */
  readonly chain: LayerNext
}

/** Which door a call came through; `signal` is that of a `Request`, beside the one among the options. */
export interface CallContext {
  readonly isData: boolean
  readonly wantsOnlyData?: boolean
  readonly requestSignal?: AbortSignal | undefined
}

/** Decides a call. Throws a `TypeError` for what is contradictory or impossible. */
export function resolveCall(
  session: Session,
  state: SessionState,
  input: string | URL,
  options: CallOptions,
  context: CallContext,
): Call {
  const { isData, requestSignal } = context
  const given = ownProperties(options)
  checkPlain(given)
  const merged = mergeOptions(state.options, given)
  const sensitiveHeaders = given.sensitiveHeaders === undefined ? state.sensitiveHeaders : parseSensitive(given.sensitiveHeaders)
  const { url, origin, opaque, userinfo } = locate(state, input, given)
  // The next page of another server gets nothing of the session's, wherever the session sends its secrets otherwise.
  const atHome = !opaque && !given[PAGE]?.isForeign && (state.home === undefined || state.home === origin)
  // Once: an iterator can be read once.
  const pairs = given.headers === undefined || given.headers === null ? NO_PAIRS : headerPairs(given.headers)
  const body = bodyOf(merged)
  const method = merged.method?.toUpperCase() ?? 'GET'
  if (!isData) checkFetchOptions(method, body, given)
  const ownAuth =
    given.auth !== undefined ? parseAuth(given.auth) : userinfo === undefined ? undefined : { header: () => userinfo }
  const auth = opaque ? null : ownAuth !== undefined ? ownAuth : atHome ? state.authenticator : undefined
  const isRetrySaid = given.retry !== undefined || given.retryDelay !== undefined || given.retryStatusCodes !== undefined
  const call: Call = {
    session,
    state,
    environment: state.parts,
    url,
    origin,
    csrfOrigin: given.csrf === undefined && !state.home ? (state.pageOrigin() ?? origin) : origin,
    method,
    headers: headersOf(state, pairs, body, { atHome, opaque, sensitiveHeaders, hasAuth: Boolean(ownAuth) }),
    body: body as Body | null,
    options: merged as ResolvedOptions,
    platform: platformOf(state, given),
    signals: signalsOf(merged.signal, requestSignal),
    atHome,
    ownAuth,
    auth,
    cookies: opaque ? undefined : mergeCookies(atHome ? sessionCookies(state, pairs) : undefined, given.cookies),
    csrf: opaque ? undefined : given.csrf !== undefined ? parseCsrf(given.csrf) : atHome ? state.csrf : undefined,
    timeout: given.timeout === undefined ? state.timeout : parseTimeout(given.timeout),
    retry: isRetrySaid ? parseRetry(merged) : state.retry,
    maxBytes: merged.maxBytes ?? undefined,
    redirect: merged.redirect ?? 'follow',
    maxRedirects: merged.maxRedirects ?? 20,
    sensitiveHeaders,
    opaque,
    isData,
    wantsOnlyData: context.wantsOnlyData === true && !isSeen(state, merged, auth),
    chain: chainFor(state, given),
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

const NO_SIGNALS: readonly AbortSignal[] = []

function signalsOf(own: AbortSignal | null | undefined, ofRequest: AbortSignal | undefined): readonly AbortSignal[] {
  if (!own && !ofRequest) return NO_SIGNALS
  return [own, ofRequest].filter((signal) => signal !== undefined && signal !== null)
}

function checkFetchOptions(method: string, body: unknown, { schema }: CallOptions): void {
  if (schema) throw new TypeError('schema: session.fetch does not parse; use session.get and its like')
  checkFetchBody(body)
  checkBody(method, body)
}

/** The chain of a call: the session's, or one of its own if it has interceptors. */
export function chainFor(
  state: SessionState,
  { interceptors, hopInterceptors }: Pick<CallOptions, 'interceptors' | 'hopInterceptors'>,
): LayerNext {
  if (interceptors || hopInterceptors) return compose(buildLayers(state, interceptors, hopInterceptors))
  state.chain ??= compose(buildLayers(state))
  return state.chain
}

function bodyOf({ body, form }: CallOptions): unknown {
  if (form === undefined || form === null) return body ?? null
  if (body !== undefined && body !== null) throw new TypeError('form: give either form or body, not both')
  return formBody(form)
}

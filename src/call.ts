/** From input and options to a {@link Call}: everything about a call is decided here, once, before it begins. */
import { type Authenticator, parseAuth } from './auth.ts'
import { basic } from './basic.ts'
import { checkBody, checkFetchBody } from './body.ts'
import type { Body, Layer, SessionRequest } from './chain.ts'
import { checkPlain, ownProperties } from './check.ts'
import { type CookieValues, mergeCookies } from './cookie-values.ts'
import { type CsrfRules, parseCsrf } from './csrf.ts'
import type { SessionParts } from './environment.ts'
import { headerPairs, setHeaders } from './headers.ts'
import { layersOf } from './layers.ts'
import {
  appendOptions,
  type CallOptions,
  isPlatformOption,
  PAGE,
  type RejectedCookie,
  type ResolvedOptions,
  type RetryContext,
} from './options.ts'
import { appendQuery, fieldPairs, formBody, setFields } from './query.ts'
import { parseRetry, parseSensitive, parseTimeout, type RetryRules, type Timeouts } from './rules.ts'
import { isSecretHeader, originOf } from './secrets.ts'
import type { SessionState } from './session-state.ts'
import type { Session } from './session-types.ts'
import { isOpaque, parseBase, resolveURL, takeUserinfo } from './url.ts'

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
  /** The chain as it was when the call began: `use` after that does not touch it. */
  readonly layers: readonly Layer[]
  /** Whether the data door reads this response to its end, so that its timeouts cover the body. */
  readsBody(response: Response): boolean
  onRetry(context: RetryContext): void
  onCookieRejected(rejected: RejectedCookie): void
}

/** Which door a call came through; `signal` is that of a `Request`, beside the one among the options. */
export interface CallContext {
  readonly isData: boolean
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
  const merged = appendOptions(state.options, given)
  checkPlain(merged)
  const sensitiveHeaders = parseSensitive(merged.sensitiveHeaders)
  const { url, userinfo } = locate(state, input, given)
  const origin = originOf(url)
  const opaque = isOpaque(url)
  // The next page of another server gets nothing of the session's, wherever the session sends its secrets otherwise.
  const atHome = !opaque && !given[PAGE]?.isForeign && (state.home === undefined || state.home === origin)
  const body = bodyOf(merged)
  const method = (merged.method ?? 'GET').toUpperCase()
  if (!isData) checkFetchOptions(method, body, given)
  const ownAuth =
    given.auth !== undefined ? parseAuth(given.auth) : userinfo === undefined ? undefined : { header: () => userinfo }
  const call: Call = {
    ...{ session, state, environment: state.parts, url, origin, method, opaque, atHome, ownAuth, sensitiveHeaders },
    csrfOrigin: given.csrf === undefined && !state.home ? (state.pageOrigin() ?? origin) : origin,
    headers: headersOf(state, given, body, { atHome, opaque, sensitiveHeaders }),
    body: body as Body | null,
    options: merged as ResolvedOptions,
    platform: platformOptions(merged),
    signals: [merged.signal, requestSignal].filter((signal) => signal !== undefined && signal !== null),
    auth: opaque ? null : ownAuth !== undefined ? ownAuth : atHome ? state.authenticator : undefined,
    cookies: opaque ? undefined : mergeCookies(atHome ? state.cookies : undefined, given.cookies),
    csrf: opaque ? undefined : given.csrf !== undefined ? parseCsrf(given.csrf) : atHome ? state.csrf : undefined,
    timeout: given.timeout === undefined ? state.timeout : parseTimeout(given.timeout),
    retry: parseRetry(merged),
    maxBytes: merged.maxBytes ?? undefined,
    redirect: merged.redirect ?? 'follow',
    maxRedirects: merged.maxRedirects ?? 20,
    layers: layersFor(state, given),
    readsBody: (response) => isData && readsToTheEnd(merged, response),
    onRetry: (told) => tell(merged.onRetry, told),
    onCookieRejected: (rejected) => tell(merged.onCookieRejected, rejected),
  }
  state.environment.checkCall(call)
  return call
}

function checkFetchOptions(method: string, body: unknown, { schema }: CallOptions): void {
  if (schema !== undefined) throw new TypeError('schema: session.fetch does not parse; use session.get and its like')
  checkFetchBody(body)
  checkBody(method, body)
}

/** Streams and events are read by the caller: a timeout of the attempt ends for them with the headers. */
function readsToTheEnd({ parseResponse, responseType }: CallOptions, { headers }: Response): boolean {
  if (parseResponse) return true
  return responseType === undefined ? !/^text\/event-stream/i.test(headers.get('content-type') ?? '') : responseType !== 'stream'
}

/** The layers of a call: the session's, or a list of its own if it has interceptors. */
export function layersFor(
  state: SessionState,
  { interceptors, hopInterceptors }: Pick<CallOptions, 'interceptors' | 'hopInterceptors'>,
): readonly Layer[] {
  if (interceptors || hopInterceptors) return layersOf(state, interceptors, hopInterceptors)
  state.layers ??= layersOf(state)
  return state.layers
}

function tell<T>(listeners: undefined | ((value: T) => void) | readonly ((value: T) => void)[], value: T): void {
  for (const listener of [listeners ?? []].flat()) listener(value)
}

function locate(state: SessionState, input: string | URL, given: CallOptions): { url: URL; userinfo: string | undefined } {
  const base = given.baseURL === undefined ? state.base : given.baseURL === null ? undefined : parseBase(given.baseURL)
  const baseUserinfo = base && takeUserinfo(base)
  const page = given[PAGE]
  const isUnderBase = page !== undefined && base !== undefined && String(input).startsWith(base.href)
  const url = resolveURL(input, {
    base,
    page: state.environment.pageURL(),
    allowAbsolute: isUnderBase || (given.allowAbsoluteUrls ?? state.options.allowAbsoluteUrls) !== false,
    isMounted: (scheme) => state.mounts.hasScheme(scheme),
  })
  const userinfo = takeUserinfo(url) ?? baseUserinfo
  // A link of the server's own has its query already.
  if (!isOpaque(url) && !page) url.search = appendQuery(url.search, queryOf(state, given))
  return { url, userinfo: userinfo && basic(userinfo) }
}

function queryOf(state: SessionState, { query, params }: CallOptions): URLSearchParams {
  const fields = new URLSearchParams(state.query)
  for (const more of [params, query]) {
    if (more !== undefined && more !== null) setFields(fields, fieldPairs(more))
  }
  return fields
}

function bodyOf({ body, form }: CallOptions): unknown {
  if (form === undefined || form === null) return body ?? null
  if (body !== undefined && body !== null) throw new TypeError('form: give either form or body, not both')
  return formBody(form)
}

interface HeaderRules {
  readonly atHome: boolean
  readonly opaque: boolean
  readonly sensitiveHeaders: ReadonlySet<string>
}

function headersOf(
  state: SessionState,
  given: CallOptions,
  body: unknown,
  { atHome, opaque, sensitiveHeaders }: HeaderRules,
): Headers {
  const headers = new Headers(state.headers)
  // What the session calls sensitive stays so, whatever the call says of its own headers.
  if (!atHome) removeSecrets(headers, parseSensitive([...sensitiveHeaders], state.options.sensitiveHeaders))
  const bringsType = typeof body === 'object' && body !== null && 'append' in body
  // A default JSON content-type would spoil a form: its boundary is only in the type that the platform makes.
  if (bringsType) headers.delete('content-type')
  if (given.headers !== undefined && given.headers !== null) setHeaders(headers, headerPairs(given.headers))
  if (opaque) removeSecrets(headers, sensitiveHeaders)
  return headers
}

/** Removes credentials and what is called sensitive. */
export function removeSecrets(headers: Headers, sensitive: ReadonlySet<string>): void {
  for (const name of [...headers.keys()]) {
    if (isSecretHeader(name, sensitive)) headers.delete(name)
  }
}

function platformOptions(options: object): RequestInit {
  const platform: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && isPlatformOption(name)) platform[name] = value
  }
  return platform
}

/** From input and options to a {@link Call}: everything about a call is decided here, once, before it begins. */
import { type Authenticator, basic, parseAuth } from './auth.ts'
import { checkBody } from './body.ts'
import type { Body, Layer, SessionRequest } from './chain.ts'
import { type CsrfRules, parseCsrf } from './csrf.ts'
import type { SessionParts } from './environment.ts'
import { headerPairs, setHeaders } from './headers.ts'
import { layersOf } from './layers.ts'
import {
  appendOptions,
  type CallOptions,
  isPlatformOption,
  type RejectedCookie,
  type ResolvedOptions,
  type RetryContext,
} from './options.ts'
import { appendQuery, fieldPairs, formBody, setFields } from './query.ts'
import {
  type CookieValues,
  checkPlain,
  mergeCookies,
  parseRetry,
  parseSensitive,
  parseTimeout,
  type RetryRules,
  type Timeouts,
} from './rules.ts'
import { isSecretHeader, originOf } from './secrets.ts'
import type { SessionState } from './session-state.ts'
import type { Session } from './session-types.ts'
import { isOpaque, parseBase, resolveURL } from './url.ts'

/** What a fetch takes; `Request` by its shape, since there is more than one class of that name. */
export type FetchInput = string | URL | Request

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
  readonly signal: AbortSignal | undefined
  readonly auth: Authenticator | null
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

type Given = CallOptions & { readonly __proto__?: never }

/** Reports whether an input is a `Request`, of whatever class. */
export function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && input !== null && 'url' in input && 'headers' in input && 'method' in input
}

/** A `Request` as options, without its body; the call's own options win. */
export function requestOptions(request: Request, options: CallOptions): CallOptions {
  const { method, headers, signal, redirect } = request
  const given: Record<string, unknown> = { method, headers, signal, redirect }
  for (const [name, unset] of REQUEST_MEMBERS) {
    const value = request[name]
    if (value !== undefined && value !== unset) given[name] = value
  }
  return { ...given, ...withoutUndefined(options) }
}

/** Fills in the body of a `Request`, buffered so that it survives a 307 and stays the caller's. */
export async function withRequestBody(call: Call, request: Request, options: CallOptions): Promise<Call> {
  const replaced = options.body !== undefined || options.form !== undefined
  if (!request.body || replaced) return call
  if (request.bodyUsed) throw new TypeError('input: the body of this Request was already used')
  checkBody(call.method, request.body)
  return { ...call, body: await request.clone().arrayBuffer() }
}

/** Members that go on to the platform, with the value that means "not set". `same-origin` is the constructor's default. */
const REQUEST_MEMBERS = [
  ['credentials', 'same-origin'],
  ['mode', 'cors'],
  ['cache', 'default'],
  ['integrity', ''],
  ['keepalive', false],
  ['referrer', 'about:client'],
  ['referrerPolicy', ''],
] as const

function withoutUndefined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

/** Decides a call. Throws a `TypeError` for what is contradictory or impossible. */
export function resolveCall(
  session: Session,
  state: SessionState,
  input: string | URL,
  options: CallOptions,
  data: boolean,
): Call {
  // Without a prototype, so that a polluted Object.prototype is not an option.
  const given = { __proto__: null as never, ...options } as Given
  const merged = appendOptions(state.options, given)
  checkPlain(merged)
  const sensitiveHeaders = parseSensitive(merged.sensitiveHeaders)
  const [url, userinfo] = splitUserinfo(locate(state, input, given))
  const origin = originOf(url)
  const opaque = isOpaque(url)
  const atHome = !opaque && (state.home === undefined || state.home === origin)
  const body = bodyOf(merged)
  const method = (merged.method ?? 'GET').toUpperCase()
  if (!data) checkBody(method, body)
  const responseType = merged.parseResponse ? 'json' : merged.responseType
  const call: Call = {
    session,
    state,
    environment: state.parts,
    url,
    origin,
    csrfOrigin: given.csrf === undefined && !state.home ? (state.pageOrigin() ?? origin) : origin,
    method,
    headers: headersOf(state, given, body, (name) => !atHome && isSecretHeader(name, sensitiveHeaders)),
    body: body as Body | null,
    options: merged as ResolvedOptions,
    platform: platformOptions(merged),
    signal: merged.signal ?? undefined,
    auth: opaque ? null : given.auth !== undefined ? parseAuth(given.auth) : (userinfo ?? (atHome ? state.authenticator : null)),
    cookies: opaque ? undefined : mergeCookies(atHome ? state.cookies : undefined, given.cookies),
    csrf: opaque ? undefined : given.csrf !== undefined ? parseCsrf(given.csrf) : atHome ? state.csrf : undefined,
    timeout: given.timeout === undefined ? state.timeout : parseTimeout(given.timeout),
    retry: parseRetry(merged),
    maxBytes: merged.maxBytes,
    redirect: merged.redirect ?? 'follow',
    maxRedirects: merged.maxRedirects ?? 20,
    sensitiveHeaders,
    opaque,
    layers: layersFor(state, given),
    readsBody: (response) =>
      data &&
      responseType !== 'stream' &&
      (responseType !== undefined || !/^text\/event-stream/i.test(response.headers.get('content-type') ?? '')),
    onRetry: (context) => tell(merged.onRetry, context),
    onCookieRejected: (rejected) => tell(merged.onCookieRejected, rejected),
  }
  state.environment.checkCall(call)
  return call
}

function layersFor(state: SessionState, { interceptors, hopInterceptors }: Given): readonly Layer[] {
  if (interceptors || hopInterceptors) return layersOf(state, interceptors, hopInterceptors)
  state.layers ??= layersOf(state)
  return state.layers
}

function tell<T>(listeners: undefined | ((value: T) => void) | readonly ((value: T) => void)[], value: T): void {
  for (const listener of [listeners ?? []].flat()) listener(value)
}

function locate(state: SessionState, input: string | URL, given: Given): URL {
  const url = resolveURL(input, {
    base: given.baseURL === undefined ? state.base : given.baseURL === null ? undefined : parseBase(given.baseURL),
    page: state.environment.pageURL(),
    allowAbsolute: (given.allowAbsoluteUrls ?? state.options.allowAbsoluteUrls) !== false,
    isMounted: (scheme) => state.mounts.hasScheme(scheme),
  })
  if (isOpaque(url)) return url
  const more = given.query ?? given.params
  const fields = new URLSearchParams(state.query)
  if (more !== undefined && more !== null) setFields(fields, fieldPairs(more))
  url.search = appendQuery(url.search, fields)
  return url
}

/** Userinfo becomes Basic auth and leaves the URL, so that no message, log or Referer can show it. */
export function splitUserinfo(url: URL): [url: URL, auth: Authenticator | undefined] {
  const { username, password } = url
  if (username === '' && password === '') return [url, undefined]
  const header = basic({ username: decodeURIComponent(username), password: decodeURIComponent(password) })
  url.username = ''
  url.password = ''
  return [url, { header: () => header }]
}

function bodyOf({ body, form }: CallOptions): unknown {
  if (form === undefined || form === null) return body ?? null
  if (body !== undefined && body !== null) throw new TypeError('form: give either form or body, not both')
  return formBody(form)
}

function headersOf(state: SessionState, given: Given, body: unknown, isForeign: (name: string) => boolean): Headers {
  const headers = new Headers(state.headers)
  for (const name of state.headers.keys()) {
    if (isForeign(name)) headers.delete(name)
  }
  const bringsType = typeof body === 'object' && body !== null && 'append' in body
  // A default JSON content-type would spoil a form: its boundary is only in the type that the platform makes.
  if (bringsType) headers.delete('content-type')
  if (given.headers !== undefined && given.headers !== null) setHeaders(headers, headerPairs(given.headers))
  return headers
}

function platformOptions(options: object): RequestInit {
  const platform: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && isPlatformOption(name)) platform[name] = value
  }
  return platform
}

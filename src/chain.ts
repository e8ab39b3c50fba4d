/**
 * The chain: what a call passes through on its way to the wire, as one list.
 *
 * ```
 * total timeout · your interceptors · retry · attempt timeout · redirect · csrf · auth · cookies · your hop interceptors · transport
 *                                                               └──────────────── once per hop ─────────────────┘
 *                                            └───────────────────── once per attempt ───────────────────────────┘
 * ```
 *
 * Rule 1: everything that the library does to a request is an {@link Interceptor} in {@link buildLayers}.
 * Rule 2: a layer never writes to the request that it was given, since the layer outside may send it again.
 * Rule 3: only the user's interceptors cost copies; the library's own keep rule 2 by themselves.
 *
 * The record and not a `Request` goes through, because a `Request` turns its body into a one-shot stream.
 */

import { basic } from './basic.ts'
import type { Call } from './call.ts'
import { describe } from './errors.ts'
import type { ResolvedOptions } from './options.ts'
import type { SessionResponse } from './response.ts'
import type { Scope } from './scope.ts'
import { isSecretHeader, originOf } from './secrets.ts'
import { takeUserinfo } from './url.ts'

/** What can be sent: the platform's `BodyInit`, in a spelling that compiles without the DOM. */
export type Body = NonNullable<RequestInit['body']>

/** The request as interceptors see it. Each gets its own copy: what it changes reaches inward only. */
export interface SessionRequest {
  url: URL
  /** Upper case. */
  method: string
  headers: Headers
  /** The original, not a stream made of it, so that it can be sent again; a function is called for every send. */
  body: Body | (() => Body) | null
  /** Fires when the caller aborts or a timeout runs out; its `reason` is what the call rejects with. */
  readonly signal: AbortSignal
  /** The options after merging, with `context`: your own values, one object per call. */
  readonly options: ResolvedOptions
}

/** Sends the request on, inward, and gives back the response. */
export type Next = (request: SessionRequest) => Promise<Response>

/**
 * Sees a request on its way out and the response on its way back. It may change its request, answer without calling
 * `next`, call `next` again, or replace the response.
 *
 * @example
 * ```ts
 * session.use(async (request, next) => {
 *   request.headers.set('x-request-id', crypto.randomUUID())
 *   const response = await next(request)
 *   console.log(request.method, request.url.pathname, response.status)
 *   return response
 * })
 * ```
 */
export type Interceptor = (request: SessionRequest, next: Next) => Promise<Response> | Response

/** What the library needs to know about a request, out of the user's sight. A new one for each attempt and hop. */
export interface State {
  readonly call: Call
  readonly scope: Scope
  /** Whether an earlier hop has left the origin that the secrets belong to: they never come back (A→B→A). */
  readonly crossed: boolean
  /** Number of the try, from 1, where there may be several. */
  readonly attempt: number
  /** What is known of the call as it goes on, for all its hops and tries. */
  readonly progress: Progress
}

interface Progress {
  /** Names of cookies that the server has set: from there on its value is sent, not the call's. */
  takenOver?: Set<string>
  /** The last response that came from inside, for an interceptor that makes a new one of it. */
  response?: SessionResponse
}

export type Layer = (request: LayerRequest, next: LayerNext) => Promise<Response>
export type LayerNext = (request: LayerRequest) => Promise<Response>

/** The parts of a request that a layer may give a new value. */
export type Change = Partial<Pick<SessionRequest, 'url' | 'method' | 'headers' | 'body'>> & { readonly state?: State }

/** A request with its {@link State}, as the library's own layers pass it. */
export class LayerRequest implements SessionRequest {
  url: URL
  method: string
  headers: Headers
  body: SessionRequest['body']
  readonly options: ResolvedOptions
  readonly #state: State

  constructor({ url, method, headers, body, options }: Omit<SessionRequest, 'signal'>, state: State) {
    this.url = url
    this.method = method
    this.headers = headers
    this.body = body
    this.options = options
    this.#state = state
  }

  /** Made when somebody asks: most calls need none, and an AbortController costs as much as all the rest of the chain. */
  get signal(): AbortSignal {
    return this.#state.scope.signal
  }

  /** For those outside: a session gives one URL object to all calls of the same input, and they might change it. */
  copy(): LayerRequest {
    return withChange(this, { url: new URL(this.url), headers: new Headers(this.headers) })
  }

  static stateOf(request: LayerRequest): State {
    return request.#state
  }
}

export const { stateOf } = LayerRequest

/** The same request with some parts replaced. */
export function withChange(request: LayerRequest, change: Change): LayerRequest {
  const { url, method, headers, body, options } = request
  const parts = { url: change.url ?? url, method: change.method ?? method, headers: change.headers ?? headers, body, options }
  if (change.body !== undefined) parts.body = change.body
  return new LayerRequest(parts, change.state ?? stateOf(request))
}

/** What differs between environments: see `src/node/` and `src/browser/`. */
export interface OuterLayers {
  readonly total: Layer
  readonly retry: Layer
  readonly attempt: Layer
  readonly redirect: Layer
  readonly csrf: Layer
  readonly auth: Layer
  readonly cookies: Layer
  readonly transport: Layer
}

/** The chain, outermost first, put together: one function from request to response. */
export function buildChain(
  own: OuterLayers,
  interceptors: readonly Interceptor[],
  hopInterceptors: readonly Interceptor[],
): LayerNext {
  const layers: Layer[] = [
    own.total,
    ...interceptors.map(asLayer),
    ...(interceptors.length > 0 ? [rememberResponse] : []),
    own.retry,
    own.attempt,
    own.redirect,
    own.csrf,
    own.auth,
    own.cookies,
    ...hopInterceptors.map(asLayer),
    own.transport,
  ]
  return layers.reduceRight<LayerNext>((next, layer) => (request) => layer(request, next), deadEnd)
}

function deadEnd(): never {
  throw new RangeError('the last layer must not call next')
}

/** For `history` and `elapsed` of a response that an interceptor makes of this one. */
const rememberResponse: Layer = async (request, next) => {
  const response = await next(request)
  stateOf(request).progress.response = response as SessionResponse
  return response
}

/** Gives a user's interceptor its own copies, and holds it to its word. */
function asLayer(interceptor: Interceptor): Layer {
  return async (request, next) => {
    const response = await interceptor(ownCopy(request, request), async (inner) => next(fromCaller(inner, request)))
    if (isResponse(response)) return response
    throw new TypeError(
      `${describe(request)}: an interceptor returned no Response: return what next(request) gives, or a Response of your own`,
    )
  }
}

/** What the caller's code has made of a request: a copy, and without the secrets if it goes to another origin. */
export function fromCaller(changed: SessionRequest, request: LayerRequest): LayerRequest {
  const sent = ownCopy(changed, request)
  return originOf(sent.url) === originOf(request.url) ? sent : withoutSecrets(sent, request.headers)
}

function ownCopy(changed: SessionRequest, request: LayerRequest): LayerRequest {
  if (!changed?.url || !changed.headers)
    throw new TypeError(`${describe(request)}: an interceptor called next without a request: next(request)`)
  const { url, method, headers, body } = changed
  return cleanURL(
    withChange(request, { url: new URL(url), method: String(method).toUpperCase(), headers: new Headers(headers), body }),
  )
}

/** Reports whether a request is still at the origin that the call's secrets belong to. */
export function isAtOrigin(request: LayerRequest): boolean {
  const { call } = stateOf(request)
  return request.url === call.url || originOf(request.url) === call.origin
}

/** Userinfo that somebody has put into the URL of a request becomes Basic auth, as it does in an input. */
export function cleanURL(request: LayerRequest): LayerRequest {
  const userinfo = takeUserinfo(request.url)
  if (userinfo && !request.headers.has('authorization')) request.headers.set('authorization', basic(userinfo))
  return request
}

/** Whoever changes the origin of a request may set credentials for the new one, but does not take the old ones along. */
export function withoutSecrets(request: LayerRequest, before: Headers): LayerRequest {
  const state = stateOf(request)
  for (const [name, value] of before) {
    const same = request.headers.get(name) === value
    if (same && isSecretHeader(name, state.call.sensitiveHeaders)) request.headers.delete(name)
  }
  return withChange(request, { state: { ...state, crossed: true } })
}

/** Not `instanceof`: mocks, other realms and undici have classes of their own. */
export function isResponse(value: unknown): value is SessionResponse {
  if (typeof value !== 'object' || value === null) return false
  const { status, headers } = value as Partial<Response>
  return typeof status === 'number' && typeof headers?.get === 'function'
}

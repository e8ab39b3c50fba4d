/**
 * The request as a plain record, with what the library knows of it, and the types of what it passes through.
 *
 * The record and not a `Request` goes through, because a `Request` turns its body into a one-shot stream.
 */

import type { ResolvedOptions } from '../contract/options.ts'
import type { Call } from '../session/resolve.ts'
import { originOf } from './credentials.ts'
import type { Scope } from './lifetime.ts'
import type { SessionResponse } from './marks.ts'

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
  /** Set-Cookie lines that the jar has taken: from there on the server's value is sent, not the call's. */
  stored?: string[]
  /** The last response that came from inside, for an interceptor that makes a new one of it. */
  response?: SessionResponse
}

export type Layer = (request: LayerRequest, next: LayerNext) => Promise<Response>
export type LayerNext = (request: LayerRequest) => Promise<Response>

/** The parts of a request that a layer may give a new value. */
export type Change = Partial<Pick<SessionRequest, 'url' | 'method' | 'headers' | 'body'>> & {
  readonly state?: State
  readonly cookie?: string
}

/** A request with its {@link State}, as the library's own layers pass it. */
export class LayerRequest implements SessionRequest {
  url: URL
  method: string
  headers: Headers
  body: SessionRequest['body']
  readonly options: ResolvedOptions
  readonly #state: State
  readonly #cookie: string | undefined

  constructor({ url, method, headers, body, options }: Omit<SessionRequest, 'signal'>, state: State, cookie?: string) {
    this.url = url
    this.method = method
    this.headers = headers
    this.body = body
    this.options = options
    this.#state = state
    this.#cookie = cookie
  }

  /** Made when somebody asks: most calls need none, and an AbortController costs as much as all the rest of the chain. */
  get signal(): AbortSignal {
    return this.#state.scope.signal
  }

  /** For those outside: a session gives one URL object to all calls of the same input, and they might change it. */
  copy(): LayerRequest {
    return withChange(this, { url: new URL(this.url), headers: new Headers(wholeHeaders(this)) })
  }

  static stateOf(request: LayerRequest): State {
    return request.#state
  }

  static cookieOf(request: LayerRequest): string | undefined {
    return request.#cookie
  }
}

/** `cookieOf`: the Cookie header of this hop, in place of one among its headers. Apart, since to copy headers costs more than a jar. */
export const { stateOf, cookieOf } = LayerRequest

/** The headers of a hop with its cookies: for whoever does not put the two together on the wire. */
export function wholeHeaders(request: LayerRequest): Headers {
  const cookie = cookieOf(request)
  if (cookie === undefined) return request.headers
  const headers = new Headers(request.headers)
  headers.set('cookie', cookie)
  return headers
}

/** The same request with some parts replaced. The cookie is that of one hop, and must be given anew. */
export function withChange(request: LayerRequest, change: Change): LayerRequest {
  const { url, method, headers, body, options } = request
  const parts = { url: change.url ?? url, method: change.method ?? method, headers: change.headers ?? headers, body, options }
  if (change.body !== undefined) parts.body = change.body
  return new LayerRequest(parts, change.state ?? stateOf(request), change.cookie)
}

/** Reports whether a request is still at the origin that the call's secrets belong to. */
export function isAtOrigin(request: LayerRequest): boolean {
  const { call } = stateOf(request)
  return request.url === call.url || originOf(request.url) === call.origin
}

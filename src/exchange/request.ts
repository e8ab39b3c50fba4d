/**
 * What goes through the chain: a plain record of one request under way, with what the library knows of its call.
 *
 * A record and not a `Request`, because a `Request` turns its body into a one-shot stream; plain, so that a layer's test is a
 * literal and a lambda.
 */
import type { ResolvedOptions, SessionRequest } from '../contract/options.ts'
import type { SessionResponse } from '../contract/response.ts'
import type { AnyBody } from '../http/body.ts'
import { addressOf } from '../http/origin.ts'
import type { Call } from './call.ts'
import type { Lifetime } from './lifetime.ts'

/** A request on its way. Never written to: a layer that changes something makes a new one. */
export interface HopRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: AnyBody
}

/** One request under way, and what is known of its call. A new one for each attempt and hop. */
export interface Exchange extends HopRequest {
  readonly call: Call
  readonly lifetime: Lifetime
  /** The session's: it ends with `close()`, and with it a wait for the caller's code. */
  readonly closing: Lifetime
  /** Whether an earlier hop has left the origin that the secrets belong to: they never come back (A→B→A). */
  readonly crossed: boolean
  /** Number of the try, from 1. */
  readonly attempt: number
  /**
   * The Cookie header of this hop, in place of one among its headers. Apart from them, since to copy headers costs more than to
   * read the jar.
   */
  readonly cookie: string | undefined
  /** What becomes known as the call goes on, for all its hops and tries. */
  readonly progress: Progress
}

/** What becomes known while a call goes on; the one part of an exchange that is written to. */
export interface Progress {
  /** Set-Cookie lines that the jar has taken: from there on the server's value is sent, not the call's. */
  stored?: string[]
  /**
   * Whether a hop went over https, and whether one went on from there to http: the environment's credentials stay behind then.
   */
  wasSecure?: boolean
  wasDowngraded?: boolean
  /** The last cookie that was refused, for the error of a log-in that loops. */
  refused?: { readonly name: string; readonly reason: string }
  /** The last response that came from inside, for an interceptor that makes a new one of it. */
  response?: SessionResponse
  /** Whether an interceptor looks at the response. */
  isSeen?: boolean
  /** After how many tries a response was given up. */
  attempts?: number
  /** The call's place among those on their way, where `concurrency` counts them. */
  slot?: Slot
}

/** A place among the calls on their way. */
export interface Slot {
  /** Gives the place back for good. */
  release(): void
  /** Gives the place back while `work` waits for something that is not this request, and takes one again. */
  pause<T>(work: () => Promise<T>): Promise<T>
}

/** Sends an exchange on, inward, and gives back the response. The innermost one is a transport. */
export type Send = (exchange: Exchange) => Promise<Response>

/** What the library itself does to a request, as one function in the chain's list. */
export type Layer = (exchange: Exchange, next: Send) => Promise<Response>

/** The same exchange with another request. The cookie is that of one hop, and must be given anew. */
export function withRequest(exchange: Exchange, change: Partial<HopRequest>, crossed = exchange.crossed): Exchange {
  return { ...exchange, ...change, crossed, cookie: undefined }
}

/** The headers of a hop with its cookies: for whoever does not put the two together on the wire. */
export function wholeHeaders({ headers, cookie }: Exchange): Headers {
  if (cookie === undefined) return headers
  const whole = new Headers(headers)
  whole.set('cookie', cookie)
  return whole
}

/** Node, Bun and Deno ask an object for its own description by this name. */
export const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** A request for the caller's code: a copy, which it may change, and which prints no secret. */
export function forCaller(exchange: Exchange): SessionRequest {
  return new CallerRequest(exchange)
}

class CallerRequest implements SessionRequest {
  declare url: URL
  declare method: string
  declare headers: Headers
  declare body: AnyBody
  declare readonly options: ResolvedOptions
  readonly #lifetime: Lifetime

  constructor(exchange: Exchange) {
    const { url, method, body, call, lifetime } = exchange
    // Own URL and headers: a session gives one object of each to all calls of the same input.
    Object.assign(this, { url: new URL(url), method, headers: new Headers(wholeHeaders(exchange)), body, options: call.options })
    this.#lifetime = lifetime
  }

  get signal(): AbortSignal {
    return this.#lifetime.signal
  }

  /** Names only: a header, a query, a body and the options may hold secrets. */
  toJSON(): object {
    const { method, url, headers } = this
    return { method, url: addressOf(url), headers: [...headers.keys()] }
  }

  [INSPECT](): object {
    return this.toJSON()
  }
}

/**
 * What comes of the caller's code (a token, an interceptor), which may never come back: the end of the call ends the
 * wait, and so does `close()`. A request that the code has out (`isOut`) still gets its answer.
 */
export function answered<T>({ lifetime, closing }: Exchange, work: Promise<T> | T, isOut?: () => unknown): Promise<T> | T {
  return lifetime.race(closing.race(work, isOut))
}

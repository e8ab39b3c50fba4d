/** The innermost layer: a mounted handler, or the way to the network. */
import { describe, SessionClosedError } from '../contract/errors.ts'
import type { SessionOptions } from '../contract/options.ts'
import type { MountHandler } from '../contract/settings.ts'
import { discard } from '../exchange/discard.ts'
import { type Meaning, networkError, noteReported } from '../exchange/failure.ts'
import type { Lifetime } from '../exchange/lifetime.ts'
import { isResponse, markHop, markURL } from '../exchange/marks.ts'
import { type Exchange, type Layer, type Send, wholeHeaders } from '../exchange/request.ts'
import { tellTrace } from '../exchange/trace.ts'
import { currentBody, isOneShot } from '../http/body.ts'
import { acceptsSignals, callHandler, type Mounts } from './mounts.ts'

/** Responses that a handler of this process gave: a redirect of theirs may enter mounts of any scheme. */
const fromHandler = new WeakSet<Response>()

/** Reports whether a response came from a mounted handler. */
export function isFromHandler(response: Response): boolean {
  return fromHandler.has(response)
}

/** Marks a handler that is another way to the network, and is given the exchange as it is. */
export const TRANSPORT = Symbol('transport')

type Mounted = MountHandler & { readonly [TRANSPORT]?: Send }

/** What the innermost layer needs of its session. */
export interface TransportSources {
  readonly mounts: Mounts
  readonly transport: Send
  readonly isClosed: () => boolean
}

/** Sends, or lets a mounted handler answer. */
export function transportLayer({ mounts, transport, isClosed }: TransportSources): Layer {
  return (exchange) => {
    const { call, lifetime, request } = exchange
    // A token or a store may have come too late: nothing is sent for a call that is over.
    lifetime.throwIfAborted()
    if (isClosed()) throw new SessionClosedError()
    if (call.isOpaque) return straight(exchange)
    const handler: Mounted | undefined = mounts.find(request.url)
    if (handler && !handler[TRANSPORT]) return viaHandler(exchange, handler)
    return (handler?.[TRANSPORT] ?? transport)(exchange)
  }
}

async function viaHandler(exchange: Exchange, handler: MountHandler): Promise<Response> {
  const { request, lifetime, call } = exchange
  tellTrace(call, 'transport', { via: 'mount' })
  const started = performance.now()
  const answer = callHandler(handler, exchange, currentBody(request.body) as BodyInit | null)
  discardIfLate(answer, lifetime)
  const response = await lifetime.race(() => answer)
  fromHandler.add(response)
  markURL(response, request.url)
  markHop(response, performance.now() - started)
  return response
}

/** An answer that comes when the call is over is let go of, or its connection would stay open. */
function discardIfLate(answer: Promise<Response>, lifetime: Lifetime): void {
  answer.then(
    (late) => (lifetime.aborted ? discard(late) : undefined),
    () => undefined,
  )
}

/** What {@link fetchTransport} needs of its environment. */
export interface FetchSettings {
  /** Instead of the platform's, which is looked up at each call, so that mocks installed later are seen. */
  readonly fetch?: SessionOptions['fetch']
  /** What this environment sets on every send. */
  readonly init: (exchange: Exchange) => RequestInit
  /** Refuses a body that this environment cannot send; a function's is only known now. */
  readonly checkBody?: (body: unknown) => void
  /** What a failure means here, for its message. */
  readonly explain?: (error: Error, exchange: Exchange) => Meaning
}

/** Sends over `fetch`. */
export function fetchTransport({ fetch, init, checkBody, explain }: FetchSettings): Send {
  return async (exchange) => {
    const { request, lifetime } = exchange
    tellTrace(exchange.call, 'transport', { via: 'fetch' })
    const started = performance.now()
    const isUsers = fetch !== undefined && fetch !== globalThis.fetch
    // Outside of the try: what a body function throws is the caller's.
    const sent = initOf(exchange, init(exchange))
    checkBody?.(sent.body)
    try {
      const response = await fetched(exchange, fetch ?? globalThis.fetch, sent)
      if (isResponse(response)) {
        markURL(response, request.url)
        markHop(response, performance.now() - started)
        return response
      }
    } catch (error) {
      if (lifetime.aborted) throw lifetime.reason
      // What a user's fetch throws comes out as it is.
      const meaning = typeof (error as Error | undefined)?.message === 'string' ? explain?.(error as Error, exchange) : undefined
      throw isUsers ? noteReported(error, exchange, meaning) : networkError(error, exchange, meaning)
    }
    throw new TypeError(`${describe(request)}: the fetch option returned no Response`)
  }
}

function initOf(exchange: Exchange, init: RequestInit): RequestInit {
  const { call, request } = exchange
  const { method, body } = request
  const sent: RequestInit & { duplex?: 'half' } = { ...call.platform, ...init, method, headers: wholeHeaders(exchange) }
  if (body !== null) sent.body = currentBody(body) as BodyInit
  if (isOneShot(sent.body)) sent.duplex = 'half'
  return sent
}

async function fetched(
  { request, lifetime }: Exchange,
  fetch: NonNullable<SessionOptions['fetch']>,
  init: RequestInit,
): Promise<Response> {
  const { href } = request.url
  if (!lifetime.canAbort) return fetch(href, init)
  if (acceptsSignals(lifetime.signal)) init.signal = lifetime.signal
  const answer = Promise.resolve(fetch(href, init))
  discardIfLate(answer, lifetime)
  return lifetime.race(() => answer)
}

/** `data:` and `blob:` inputs: only the platform knows them. */
const straight = fetchTransport({ init: () => ({}) })

/** The innermost layer: a mounted handler, or the way to the network. */
import { describe, SessionClosedError } from '../contract/errors.ts'
import type { SessionOptions } from '../contract/session-options.ts'
import type { MountHandler } from '../contract/settings.ts'
import { discard } from '../exchange/discard.ts'
import { type Meaning, networkError } from '../exchange/failure.ts'
import type { Lifetime } from '../exchange/lifetime.ts'
import { isResponse, markHop } from '../exchange/marks.ts'
import { type Exchange, type Layer, type Send, wholeHeaders } from '../exchange/request.ts'
import { tellTrace } from '../exchange/trace.ts'
import { currentBody, isOneShot } from '../http/body.ts'
import type { Mounts } from './mounts.ts'

/** Responses that mounted handlers gave. Only their redirects may enter mounts of other schemes than http(s). */
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
    const { call, lifetime, url } = exchange
    // The call may have ended while it waited for a token or a store: then nothing is sent.
    lifetime.throwIfAborted()
    if (isClosed()) throw new SessionClosedError()
    if (call.isOpaque) return straight(exchange)
    const handler: Mounted | undefined = mounts.find(url)
    if (handler && !handler[TRANSPORT]) return viaHandler(exchange, handler)
    return (handler?.[TRANSPORT] ?? transport)(exchange)
  }
}

async function viaHandler(exchange: Exchange, handler: MountHandler): Promise<Response> {
  const { url, method, body, lifetime, call } = exchange
  tellTrace(call, 'transport', { via: 'mount' })
  const started = performance.now()
  const init = { method, headers: wholeHeaders(exchange), body: currentBody(body), redirect: 'manual', duplex: 'half' }
  const asked = new Request(url.href, { ...init, ...signalFor(lifetime) } as RequestInit)
  const response = await inTime(lifetime, () => handler(asked))
  if (!isResponse(response)) throw new TypeError(`${describe(exchange)}: the mounted handler returned no Response`)
  fromHandler.add(response)
  markHop(response, url, performance.now() - started)
  return response
}

/** The answer. One that comes after the call has ended is discarded, or its connection would stay open. */
function inTime(lifetime: Lifetime, ask: () => Promise<Response> | Response): Promise<Response> | Response {
  const answer = async () => {
    const response = await ask()
    if (lifetime.aborted) await discard(response)
    return response
  }
  return lifetime.canAbort ? lifetime.race(answer()) : ask()
}

let askedOf: object | undefined
let isTaken = false

/** The call's signal as an option of fetch, if the platform takes it: jsdom makes signals that Node's fetch and Request refuse. */
function signalFor(lifetime: Lifetime): RequestInit {
  if (!lifetime.canAbort) return {}
  const { signal } = lifetime
  const kind = Object.getPrototypeOf(signal)
  if (kind !== askedOf) {
    askedOf = kind
    try {
      isTaken = Boolean(new Request('http://localhost/', { signal }))
    } catch {
      isTaken = false
    }
  }
  return isTaken ? { signal } : {}
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
    const { url, method, body, lifetime, call } = exchange
    tellTrace(call, 'transport', { via: 'fetch' })
    const started = performance.now()
    const send = fetch ?? globalThis.fetch
    // Jest's jsdom has none.
    if (!send) throw new TypeError(`${describe(exchange)}: there is no fetch here: give the fetch option`)
    const isUsers = send !== globalThis.fetch
    const sent: RequestInit & { duplex?: 'half' } = { ...call.platform, ...init(exchange), ...signalFor(lifetime) }
    Object.assign(sent, { method, headers: wholeHeaders(exchange) })
    // Outside of the try: an error of the caller's body function is thrown as it is.
    if (body !== null) sent.body = currentBody(body) as BodyInit
    checkBody?.(sent.body)
    if (isOneShot(sent.body)) sent.duplex = 'half'
    try {
      const response = await inTime(lifetime, () => send(url.href, sent))
      if (isResponse(response)) {
        markHop(response, url, performance.now() - started)
        return response
      }
    } catch (error) {
      if (lifetime.aborted) throw lifetime.reason
      // What a user's fetch throws comes out as it is.
      throw networkError(error, exchange, explain?.(error as Error, exchange), isUsers)
    }
    throw new TypeError(`${describe(exchange)}: the fetch option returned no Response`)
  }
}

/** `data:` and `blob:` inputs: only the platform knows them. */
const straight = fetchTransport({ init: () => ({}) })

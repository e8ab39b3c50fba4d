/** The innermost layer: a mounted handler, or the wire. */

import { describe, SessionClosedError } from '../contract/errors.ts'
import { discard } from '../exchange/discard.ts'
import { networkError } from '../exchange/failure.ts'
import type { Scope } from '../exchange/lifetime.ts'
import { isResponse, markHop, markURL } from '../exchange/marks.ts'
import { type Layer, type LayerRequest, stateOf, wholeHeaders } from '../exchange/request.ts'
import { currentBody, isOneShot } from '../http/body.ts'
import type { Transport } from '../session/environment.ts'
import { callHandler, type MountHandler } from './mounts.ts'

/** Responses that a handler of this process gave: a redirect of theirs may enter mounts of any scheme. */
const fromHandler = new WeakSet<Response>()

export function isFromHandler(response: Response): boolean {
  return fromHandler.has(response)
}

/** Marks a handler that is another way to the network, and is given the record as it is. */
export const TRANSPORT = Symbol('transport')

type Mounted = MountHandler & { readonly [TRANSPORT]?: Transport }

export const transportLayer: Layer = (request) => {
  const { call, scope } = stateOf(request)
  // A token or a store may have come too late: nothing is sent for a call that is over.
  scope.throwIfAborted()
  if (call.state.closed) throw new SessionClosedError()
  if (call.opaque) return straight(request)
  const handler: Mounted | undefined = call.state.mounts.find(request.url)
  if (handler && !handler[TRANSPORT]) return viaHandler(request, handler)
  return (handler?.[TRANSPORT] ?? call.environment.transport)(request)
}

async function viaHandler(request: LayerRequest, handler: MountHandler): Promise<Response> {
  const { scope } = stateOf(request)
  const started = performance.now()
  const answer = callHandler(handler, request, currentBody(request.body) as BodyInit | null)
  letGoIfLate(answer, scope)
  const response = await scope.race(answer)
  fromHandler.add(response)
  markURL(response, request.url)
  markHop(response, performance.now() - started)
  return response
}

/** An answer that comes when the call is over is let go of, or its connection would stay open. */
function letGoIfLate(answer: Promise<Response>, scope: Scope): void {
  const letGo = (late: Response) => (scope.aborted ? discard(late) : undefined)
  answer.then(letGo, () => undefined)
}

export interface FetchSettings {
  /** Instead of the platform's, which is looked up at each call, so that mocks installed later are seen. */
  readonly fetch?: ((input: string, init?: RequestInit) => Promise<Response>) | undefined
  /** What this environment sets on every send. */
  readonly init: (request: LayerRequest) => RequestInit
  /** What a failure may mean here, for its message. */
  readonly hint?: (request: LayerRequest) => string
}

/** Sends over `fetch`. */
export function fetchTransport({ fetch, init, hint }: FetchSettings): Transport {
  return async (request) => {
    const { call, scope } = stateOf(request)
    const { url, method, body } = request
    const headers = wholeHeaders(request)
    const sent: RequestInit & { duplex?: 'half' } = { ...call.platform, ...init(request), method, headers }
    if (body !== null) sent.body = currentBody(body) as BodyInit
    if (isOneShot(sent.body)) sent.duplex = 'half'
    if (scope.canAbort) sent.signal = scope.signal
    const started = performance.now()
    try {
      const answer = (fetch ?? globalThis.fetch)(url.href, sent)
      if (fetch && scope.canAbort) letGoIfLate(answer, scope)
      const response = await answer
      if (isResponse(response)) {
        markURL(response, url)
        markHop(response, performance.now() - started)
        return response
      }
    } catch (error) {
      throw scope.aborted ? scope.reason : networkError(error, request, hint?.(request))
    }
    throw new TypeError(`${describe(request)}: the fetch option returned no Response`)
  }
}

/** `data:` and `blob:` inputs: only the platform knows them. */
const straight = fetchTransport({ init: () => ({}) })

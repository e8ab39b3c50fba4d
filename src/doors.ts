/** The two doors, `session.fetch` and the data door, over one chain; and what lies between them and it. */
import { checkBody, checkFetchBody } from './body.ts'
import { type Call, type FetchInput, isRequest, requestOptions, resolveCall, withRequestBody } from './call.ts'
import { createRequest, type LayerRequest, run, type SessionRequest, type State, stateOf, withoutSecrets } from './chain.ts'
import { type DataRun, readData, type Serialised } from './data-door.ts'
import { FetchError, SessionClosedError } from './errors.ts'
import { guardBody, whenBodyEnds } from './guard.ts'
import { type CallOptions, SESSION_ONLY } from './options.ts'
import { complete, type SessionResponse } from './response.ts'
import { Scope } from './scope.ts'
import { originOf } from './secrets.ts'
import type { SessionState } from './session-state.ts'
import type { Session } from './session-types.ts'

/** Calls that were prepared, by their options, which stay with the request even if it is spread into a new one. */
const preparedCalls = new WeakMap<object, Call>()

export interface Doors {
  fetch(input: FetchInput, init?: CallOptions): Promise<SessionResponse>
  raw(input: FetchInput, options?: CallOptions): Promise<SessionResponse>
  prepare(input: FetchInput, options?: CallOptions): Promise<SessionRequest>
  send(prepared: SessionRequest): Promise<SessionResponse>
}

export function createDoors(session: Session, state: SessionState): Doors {
  async function decide(input: FetchInput, given: CallOptions, isData: boolean): Promise<Call> {
    if (state.closed) throw new SessionClosedError()
    checkCallOptions(input, given)
    state.environment.checkOptions(given)
    if (!isRequest(input)) return resolveCall(session, state, input, given, isData)
    const call = resolveCall(session, state, input.url, requestOptions(input, given), isData)
    return withRequestBody(call, input, given)
  }

  async function fetch(input: FetchInput, init: CallOptions = {}): Promise<SessionResponse> {
    const call = await decideFetch(input, init)
    return sendWhole(createRequest(call, begin(call)))
  }

  function decideFetch(input: FetchInput, init: CallOptions): Promise<Call> {
    if (init?.schema !== undefined) throw new TypeError('schema: session.fetch does not parse; use session.get and its like')
    checkFetchBody(init?.body)
    return decide(input, init, false)
  }

  async function raw(input: FetchInput, given: CallOptions = {}): Promise<SessionResponse> {
    if (state.closed) throw closedForData()
    const call = await decide(input, given, true)
    const begun = begin(call)
    const { scope } = begun
    const dataRun: DataRun = {
      call,
      send: (serialised) => sendSerialised(dataRun, serialised, begun),
      aborted: () => (scope.aborted ? { reason: scope.reason } : undefined),
    }
    try {
      return await readData(dataRun)
    } finally {
      if (!dataRun.streams) scope.finish()
    }
  }

  async function prepare(input: FetchInput, options: CallOptions = {}): Promise<SessionRequest> {
    const call = await decideFetch(input, options)
    preparedCalls.set(call.options, call)
    return createRequest({ ...call, url: new URL(call.url), headers: new Headers(call.headers) }, begin(call))
  }

  async function send(prepared: SessionRequest): Promise<SessionResponse> {
    if (state.closed) throw new SessionClosedError()
    const call = preparedCalls.get(prepared?.options)
    if (!call) throw new TypeError('send: give what session.prepare() made, or a copy of it')
    const { url, method, headers, body } = prepared
    const parts = { url: new URL(url), method: method.toUpperCase(), headers: new Headers(headers), body, options: call.options }
    checkBody(parts.method, body)
    return sendWhole(atHome(createRequest(parts, begin({ ...call, session, state, environment: state.parts }))))
  }

  return { fetch, raw, prepare, send }
}

/** The origin that the secrets belong to stays the call's, whatever a hook or the caller has made of the URL. */
function atHome(request: LayerRequest): LayerRequest {
  const { origin, headers } = stateOf(request).call
  return originOf(request.url) === origin ? request : withoutSecrets(request, headers)
}

function checkCallOptions(input: unknown, given: unknown): void {
  if (input === undefined || input === null) throw new TypeError('input: give a string, a URL or a Request')
  if (typeof given !== 'object' || given === null) throw new TypeError('options: give an object')
  for (const name of SESSION_ONLY) {
    if (Object.hasOwn(given, name)) throw new TypeError(`${name}: belongs to createSession, extend or fork, not to a call`)
  }
}

function closedForData(): FetchError {
  const cause = new SessionClosedError()
  return new FetchError(cause.message, { cause })
}

function begin(call: Call): State {
  const scope = new Scope()
  if (call.signal) scope.follow(call.signal)
  return { call, scope, crossed: false, redirectedBy: undefined, takenOver: new Set(), attempt: 1 }
}

async function sendWhole(request: LayerRequest): Promise<SessionResponse> {
  try {
    return watch(await through(request), request)
  } catch (error) {
    stateOf(request).scope.finish()
    throw error
  }
}

async function through(request: LayerRequest): Promise<SessionResponse> {
  return complete(await run(stateOf(request).call.layers, request), request.url)
}

/** Keeps the call's signal and timeouts linked until the body has ended, one way or another. */
function watch(response: SessionResponse, request: LayerRequest): SessionResponse {
  const { scope, call } = stateOf(request)
  if (!scope.canAbort) return response
  const guard = guardBody(response, { request, scope, maxBytes: call.maxBytes })
  whenBodyEnds(guard, () => scope.finish())
  return response
}

async function sendSerialised(dataRun: DataRun, serialised: Serialised, begun: State): Promise<SessionResponse> {
  const { call } = dataRun
  const { url, method, headers, body } = serialised
  try {
    checkBody(method, body)
    // A hook may have changed the URL.
    const target = url === call.url.href ? call.url : new URL(url)
    const request = atHome(createRequest({ url: target, method, headers, body, options: call.options }, begun))
    dataRun.request = request
    const response = await through(request)
    dataRun.streams = !call.readsBody(response)
    return dataRun.streams ? watch(response, request) : response
  } catch (error) {
    dataRun.failure = { error }
    throw error
  }
}

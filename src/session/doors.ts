/** The two doors, `session.fetch` and the data door, over one chain; and what lies between them and it. */

import { FetchError, SessionClosedError } from '../contract/errors.ts'
import type { CallOptions } from '../contract/options.ts'
import type { Session } from '../contract/session.ts'
import { Scope } from '../exchange/lifetime.ts'
import { whenBodyEnds } from '../exchange/limited-body.ts'
import { complete, GLANCE, type SessionResponse } from '../exchange/marks.ts'
import { isAtOrigin, LayerRequest, type SessionRequest, type State, stateOf } from '../exchange/request.ts'
import { checkBody, checkFetchBody } from '../http/body.ts'
import { cleanURL, withoutSecrets } from '../layers/interceptors.ts'
import { guard, readsToTheEnd, timeoutError } from '../layers/timeouts.ts'
import { type DataRun, readData, type Serialised } from './data.ts'
import { SESSION_ONLY } from './option-table.ts'
import { type FetchInput, isRequest, requestBody, requestOptions } from './request-input.ts'
import { type Call, type CallContext, chainFor, resolveCall } from './resolve.ts'
import type { SessionState } from './state.ts'

/** Calls that were prepared, by their options, which stay with the request even if it is spread into a new one. */
const preparedCalls = new WeakMap<object, Call>()

const FETCH: CallContext = { isData: false }
const RAW: CallContext = { isData: true }
const DATA: CallContext = { isData: true, wantsOnlyData: true }

export interface Doors {
  fetch(input: FetchInput, init?: CallOptions | null): Promise<SessionResponse>
  raw(input: FetchInput, options?: CallOptions | null): Promise<SessionResponse>
  data(input: FetchInput, options?: CallOptions | null): Promise<unknown>
  prepare(input: FetchInput, options?: CallOptions | null): Promise<SessionRequest>
  send(prepared: SessionRequest): Promise<SessionResponse>
}

export function createDoors(session: Session, state: SessionState): Doors {
  function decide(input: FetchInput, given: CallOptions, context: CallContext): Call {
    checkCallOptions(input, given)
    state.environment.checkOptions(given)
    if (!isRequest(input)) return resolveCall(session, state, input, given, context)
    const requestSignal = given.signal === undefined ? input.signal : undefined
    const { signal: _, ...options } = requestOptions(input, given)
    const own = given.signal === undefined ? options : { ...options, signal: given.signal }
    return resolveCall(session, state, input.url, own, { ...context, requestSignal })
  }

  /** Not async: each async function on the way costs a turn, and there are few. */
  function fetch(input: FetchInput, init?: CallOptions | null): Promise<SessionResponse> {
    try {
      if (state.closed) throw new SessionClosedError()
      const call = decide(input, init ?? {}, FETCH)
      const begun = begin(call)
      if (!isRequest(input)) return sendWhole(new LayerRequest(call, begun))
      return wholeBody(input, init ?? {}, begun).then((body) => sendWhole(new LayerRequest({ ...call, body }, begun)))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  function read(input: FetchInput, given: CallOptions | null | undefined, context: CallContext): Promise<SessionResponse> {
    try {
      if (state.closed) throw closedForData()
      const call = decide(input, given ?? {}, context)
      const begun = begin(call)
      const dataRun: DataRun = {
        call,
        body: call.body,
        openBody: isRequest(input) ? () => wholeBody(input, given ?? {}, begun) : undefined,
        send: (serialised) => sendSerialised(dataRun, serialised, begun),
        scope: begun.scope,
      }
      return readData(dataRun)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async function prepare(input: FetchInput, options?: CallOptions | null): Promise<SessionRequest> {
    if (state.closed) throw new SessionClosedError()
    const call = decide(input, options ?? {}, FETCH)
    const body = isRequest(input) ? ((await requestBody(input, call.method, options ?? {})) ?? call.body) : call.body
    preparedCalls.set(call.options, call)
    const parts = { ...call, url: new URL(call.url), headers: new Headers(call.headers), body }
    return new LayerRequest(parts, { ...begin({ ...call, signals: [], timeout: undefined }), call })
  }

  async function send(prepared: SessionRequest): Promise<SessionResponse> {
    if (state.closed) throw new SessionClosedError()
    const call = preparedCalls.get(prepared?.options)
    if (!call) throw new TypeError('send: give what session.prepare() made, or a copy of it')
    const { url, method, headers, body } = prepared
    const parts = { url: new URL(url), method: method.toUpperCase(), headers: new Headers(headers), body, options: call.options }
    checkBody(parts.method, body)
    // Cookies, auth and interceptors are those of the session that sends, as it is now.
    const auth = call.ownAuth !== undefined ? call.ownAuth : call.atHome ? state.authenticator : undefined
    const own = { session, state, environment: state.parts, chain: chainFor(state, call.options), auth }
    return sendWhole(atHome(cleanURL(new LayerRequest(parts, begin({ ...call, ...own })))))
  }

  return {
    fetch,
    raw: (input, given) => read(input, given, RAW),
    data: (input, given) => read(input, given, DATA).then(dataOf),
    prepare,
    send,
  }
}

function dataOf({ _data }: SessionResponse): unknown {
  return _data
}

/** The body of a call whose input is a `Request`: read first, as long as the call may go on. */
async function wholeBody(input: Request, given: CallOptions, { call, scope }: State): Promise<Call['body']> {
  try {
    scope.throwIfAborted()
    return (await scope.race(requestBody(input, call.method, given))) ?? call.body
  } catch (error) {
    scope.finish()
    throw error
  }
}

/** The origin that the secrets belong to stays the call's, whatever a hook or the caller has made of the URL. */
function atHome(request: LayerRequest): LayerRequest {
  return isAtOrigin(request) ? request : withoutSecrets(request, stateOf(request).call.headers)
}

function checkCallOptions(input: unknown, given: unknown): void {
  if (input === undefined || input === null) throw new TypeError('input: give a string, a URL or a Request')
  if (typeof given !== 'object') throw new TypeError('options: give an object')
  for (const name of SESSION_ONLY) {
    if (Object.hasOwn(given as object, name))
      throw new TypeError(`${name}: belongs to createSession, extend or fork, not to a call`)
  }
}

function closedForData(): FetchError {
  const cause = new SessionClosedError()
  return new FetchError(cause.message, { cause })
}

/** From here on the caller's signals and the total timeout count. */
function begin(call: Call): State {
  const scope = new Scope()
  for (const signal of call.signals) scope.follow(signal)
  if (call.timeout?.total && !scope.aborted) limitTotal(scope, call, call.timeout.total)
  return stateOfCall(call, scope)
}

function stateOfCall(call: Call, scope: Scope): State {
  return { call, scope, crossed: false, attempt: 1, progress: {} }
}

/** Apart from `begin`: see {@link Scope.limit}. */
function limitTotal(scope: Scope, call: Call, total: number): void {
  scope.limit(total, (own) => timeoutError(new LayerRequest(call, stateOfCall(call, own)), 'total', total))
}

async function sendWhole(request: LayerRequest): Promise<SessionResponse> {
  try {
    const { call, progress } = stateOf(request)
    return watch(complete(await call.chain(request), request.url, progress.response), request)
  } catch (error) {
    stateOf(request).scope.finish()
    throw error
  }
}

/** Keeps the call's signals, timeouts and limits on the body until it has ended, one way or another. */
function watch(response: SessionResponse, request: LayerRequest): SessionResponse {
  if (!isLimited(request)) return response
  const { scope } = stateOf(request)
  scope.loosen()
  whenBodyEnds(guard(response, request), () => scope.finish())
  return response
}

function isLimited(request: LayerRequest): boolean {
  const { scope, call } = stateOf(request)
  return scope.canAbort || call.maxBytes !== undefined || call.timeout?.idle !== undefined
}

async function sendSerialised(dataRun: DataRun, serialised: Serialised, begun: State): Promise<SessionResponse> {
  const { call } = dataRun
  try {
    const request = atHome(cleanURL(new LayerRequest(partsOf(serialised, call), begun)))
    dataRun.request = request
    const response = complete(await call.chain(request), request.url, begun.progress.response)
    dataRun.response = response
    dataRun.streams = !readsToTheEnd(call, response)
    if (dataRun.streams) return watch(response, request)
    // Until the hooks and the schema are done too, the limits count: the caller of this lets go of them.
    if (isLimited(request)) guard(response, request)
    else if (GLANCE in response) response[GLANCE] = true
    return response
  } catch (error) {
    dataRun.failure = { error }
    throw error
  }
}

/** What ofetch and the hooks have made of the call. */
function partsOf({ url, method, headers, body }: Serialised, call: Call): Omit<SessionRequest, 'signal'> {
  checkBody(method, body)
  checkFetchBody(body)
  return { url: urlOf(url, call), method: method.toUpperCase(), headers, body, options: call.options }
}

function urlOf(url: string, call: Call): URL {
  if (url === call.url.href) return call.url
  if (!URL.canParse(url, call.url.href)) throw new TypeError('onRequest: the URL that a hook has set does not parse')
  return new URL(url, call.url)
}

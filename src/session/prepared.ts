/** Prepared requests, as in Python's requests: the request that interceptors will get, to look at or change, and then to send. */
import { describe, SessionClosedError } from '../contract/errors.ts'
import type { CallOptions, SessionRequest } from '../contract/options.ts'
import type { SessionResponse } from '../contract/response.ts'
import type { FetchInput } from '../contract/settings.ts'
import type { Call } from '../exchange/call.ts'
import { forCaller } from '../exchange/request.ts'
import { checkBody, serialise } from '../http/body.ts'
import { toHeaders } from '../http/headers.ts'
import { originOf } from '../http/origin.ts'
import { tryParse } from '../http/url.ts'
import { cleanRequest, moved } from '../layers/interceptors.ts'
import { begin, chainFor, exchangeOf, sendWhole } from './chain.ts'
import { isRequest, requestBody } from './request-input.ts'
import { resolveCall } from './resolve.ts'
import { isHomeOf, type SessionState } from './state.ts'

/** The call of each prepared request, by its options: these stay the same object if the request is spread into a new one. */
const preparedCalls = new WeakMap<object, Call>()

/** Decides a call without sending it. Its body is serialised as the data door does it. */
export async function prepare(
  state: SessionState,
  input: FetchInput,
  options: CallOptions | null | undefined,
): Promise<SessionRequest> {
  if (state.lifetime.aborted) throw new SessionClosedError()
  const call = resolveCall(state, input, options, 'prepare')
  const exchange = exchangeOf(call)
  const read = isRequest(input) ? await requestBody(input, call.method, options, exchange.lifetime) : undefined
  const headers = new Headers(call.headers)
  const body = read ?? serialise(call.body, headers, () => describe(call))
  checkBody(call.method, body)
  preparedCalls.set(call.options, call)
  return forCaller({ ...exchange, headers, body })
}

/** Sends a prepared request. Cookies, auth and interceptors are those of the session that sends, as it is now. */
export async function send(state: SessionState, prepared: SessionRequest): Promise<SessionResponse> {
  if (state.lifetime.aborted) throw new SessionClosedError()
  const call = preparedCalls.get(prepared?.options)
  if (!call) throw new TypeError('send: give what session.prepare() made, or a copy of it')
  const request = cleanRequest(tryParse(String(prepared.url)), prepared, toHeaders(prepared.headers))
  // The sending session's secrets go to its own home only, whoever has prepared the request.
  const isHome = call.isHome && isHomeOf(state, originOf(request.url))
  const auth = call.ownAuth !== undefined ? call.ownAuth : isHome ? state.auth : undefined
  const exchange = begin({ ...call, isHome, auth, home: state.home }, state.lifetime, call.retry || state.limiter)
  return sendWhole(moved(exchange, request), chainFor(state, call.options))
}

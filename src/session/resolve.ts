/** From input and options to a {@link Call}: everything about a call is decided here, once, before it begins. */
import { SessionClosedError } from '../contract/errors.ts'
import type { CallOptions } from '../contract/options.ts'
import type { FetchInput } from '../contract/settings.ts'
import type { Call } from '../exchange/call.ts'
import { fromOwnKeys } from '../exchange/checked-options.ts'
import type { Exchange } from '../exchange/request.ts'
import { checkBody } from '../http/body.ts'
import { originOf } from '../http/origin.ts'
import { begin } from './chain.ts'
import { inherit } from './inherited.ts'
import { locate, pageOf } from './locate.ts'
import { checkOptions } from './option-table.ts'
import { isRequest, requestOptions } from './request-input.ts'
import { isHomeOf, type SessionState } from './state.ts'

/** Which door a call came through. */
export type Door = 'fetch' | 'raw' | 'data' | 'prepare'

/** Decides a call. Throws a `TypeError` for what is contradictory or impossible. */
export function resolveCall(state: SessionState, input: FetchInput, options: CallOptions | null | undefined, door: Door): Call {
  const request = isRequest(input) ? input : undefined
  if (typeof input !== 'string' && !request && !(Object(input) === input && 'href' in input))
    throw new TypeError('input: give a string, a URL or a Request')
  if (typeof (options ?? {}) !== 'object') throw new TypeError('options: give an object')
  const { environment, home } = state
  const own: CallOptions = fromOwnKeys(options)
  checkOptions(own, door === 'fetch' ? 'fetch' : 'data', environment.impossible)
  const given = request ? requestOptions(request, own) : own
  const page = pageOf(options ?? {})
  const { url, origin, isOpaque, userinfo } = locate(state, request?.url ?? (input as string | URL), given, page)
  if (given.schema && (door === 'fetch' || door === 'prepare'))
    throw new TypeError('schema: session.fetch does not parse; use session.get and its like')
  // The next page of another server gets no secrets of the session, also if the session has no home.
  const isHome = !isOpaque && !page?.isForeign && isHomeOf(state, origin)
  const settled = inherit(environment, state, given, { isHome, isOpaque, userinfo })
  const { method, maxBytes, redirect, maxRedirects } = settled.options
  const signals = own.signal === undefined ? [state.options.signal, request?.signal] : [own.signal]
  const pageURL = given.csrf === undefined && !home ? environment.pageURL() : undefined
  const call: Call = {
    url,
    origin,
    isHome,
    isOpaque,
    home,
    method: method?.toUpperCase() ?? 'GET',
    csrfOrigin: pageURL === undefined ? origin : originOf(new URL(pageURL)),
    signals: signals.filter((signal) => signal !== undefined && signal !== null),
    maxBytes: maxBytes ?? undefined,
    redirect: redirect ?? 'follow',
    maxRedirects: maxRedirects ?? 20,
    isData: door === 'data' || door === 'raw',
    wantsData: door === 'data',
    // Last: V8 takes 20 µs for members that come after a spread of so many.
    ...settled,
  }
  if (door === 'fetch') checkBody(call.method, call.body)
  environment.checkCall?.(call)
  return call
}

/** Decides and begins a call. One that may wait, for a retry, a place or the body of a `Request`, ends with the session. */
export function enter(state: SessionState, input: FetchInput, given: CallOptions | null | undefined, door: Door): Exchange {
  if (state.lifetime.aborted) throw new SessionClosedError()
  const call = resolveCall(state, input, given, door)
  return begin(call, state.lifetime, call.retry || state.limiter || isRequest(input))
}

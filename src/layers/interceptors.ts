/** The caller's code in the chain: the copy that it is given, what it may make of a request, and which secrets go along. */
import { describe } from '../contract/errors.ts'
import type { Interceptor, SessionRequest } from '../contract/options.ts'
import type { SessionResponse } from '../contract/response.ts'
import { headersAfterMove } from '../exchange/credentials.ts'
import { isResponse, markMoved } from '../exchange/marks.ts'
import {
  answered,
  type Exchange,
  forCaller,
  type HopRequest,
  type Layer,
  type Send,
  wholeHeaders,
  withRequest,
} from '../exchange/request.ts'
import { basic } from '../http/basic.ts'
import { checkBody } from '../http/body.ts'
import { toHeaders } from '../http/headers.ts'
import { isMethod } from '../http/methods.ts'
import { isSameOrigin } from '../http/origin.ts'
import { takeUserinfo, tryParse } from '../http/url.ts'

/** Makes a layer of a user's interceptor, which gets copies of its own and must return a Response. */
export function asLayer(interceptor: Interceptor): Layer {
  return async (exchange, next) => {
    exchange.progress.isSeen = true
    let out = 0
    const send = (changed: SessionRequest) => {
      out++
      return sendFromCaller(changed, exchange, next).finally(() => out--)
    }
    const response = await answered(exchange, interceptor(forCaller(exchange), send), () => out)
    if (isResponse(response)) return response
    throw new TypeError(
      `${describe(exchange)}: an interceptor returned no Response: return what next(request) gives, or a Response of your own`,
    )
  }
}

/**
 * Sends what the caller's code has made of a request: a copy, without the secrets if it goes to another origin. The response
 * then knows which URL has answered.
 */
export async function sendFromCaller(changed: SessionRequest, exchange: Exchange, next: Send): Promise<Response> {
  if (!changed?.url) throw new TypeError(`${describe(exchange)}: an interceptor called next without a request: next(request)`)
  const request = cleanRequest(tryParse(String(changed.url)), changed, toHeaders(changed.headers))
  const response = await next(moved(exchange, request))
  if (!isSameOrigin(request.url, exchange.url)) markMoved(response, request.url)
  return response
}

/** The exchange with another request. At another origin it has none of the secrets of the request before. */
export function moved(exchange: Exchange, request: HopRequest): Exchange {
  if (isSameOrigin(request.url, exchange.url)) return withRequest(exchange, request)
  const headers = headersAfterMove(request.headers, wholeHeaders(exchange), exchange.call.sensitiveHeaders)
  return withRequest(exchange, { ...request, headers }, true)
}

/**
 * A request of what the caller's code has made, checked by the rules for options: the platform's errors would quote it. Userinfo
 * in its URL becomes Basic auth.
 */
export function cleanRequest(
  url: URL | undefined,
  { method: given, body }: Pick<HopRequest, 'method' | 'body'>,
  headers: Headers,
): HopRequest {
  if (!url) throw new TypeError('url: this URL does not parse')
  const method = String(given).toUpperCase()
  if (!isMethod(method)) throw new TypeError('method: give a method that fetch allows')
  checkBody(method, body)
  const userinfo = takeUserinfo(url)
  if (userinfo && !headers.has('authorization')) headers.set('authorization', basic(userinfo))
  return { url, method, headers, body }
}

/** Remembers the response from inside, for the `history` and `elapsed` of one that an interceptor makes of it. */
export const rememberResponse: Layer = async (exchange, next) => {
  const response = await next(exchange)
  exchange.progress.response = response as SessionResponse
  return response
}

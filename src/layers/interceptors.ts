/** The caller's code in the chain: the copy that it is given, what it may make of a request, and which secrets go along. */
import { describe } from '../contract/errors.ts'
import type { Interceptor, SessionRequest } from '../contract/options.ts'
import type { SessionResponse } from '../contract/response.ts'
import { headersAfterMove } from '../exchange/credentials.ts'
import { isResponse, markMoved } from '../exchange/marks.ts'
import {
  type Exchange,
  forCaller,
  type HopRequest,
  type Layer,
  type Send,
  wholeHeaders,
  withRequest,
} from '../exchange/request.ts'
import { basic } from '../http/basic.ts'
import { checkBody, checkFetchBody } from '../http/body.ts'
import { isMethod } from '../http/methods.ts'
import { isSameOrigin } from '../http/origin.ts'
import { takeUserinfo } from '../http/url.ts'

/** Makes a layer of a user's interceptor, which gets copies of its own and must return a Response. */
export function asLayer(interceptor: Interceptor): Layer {
  return async (exchange, next) => {
    const { request, progress } = exchange
    progress.isSeen = true
    const response = await interceptor(forCaller(exchange), (changed) => sendFromCaller(changed, exchange, next))
    if (isResponse(response)) return response
    throw new TypeError(
      `${describe(request)}: an interceptor returned no Response: return what next(request) gives, or a Response of your own`,
    )
  }
}

/**
 * Sends what the caller's code has made of a request: a copy, without the secrets if it goes to another origin. The response
 * then knows which URL has answered.
 */
export async function sendFromCaller(changed: SessionRequest, exchange: Exchange, next: Send): Promise<Response> {
  if (!changed?.url || !changed.headers)
    throw new TypeError(`${describe(exchange.request)}: an interceptor called next without a request: next(request)`)
  const { url: given, method, headers, body } = changed
  const url = new URL(given)
  const request = cleanRequest({ url, method: String(method).toUpperCase(), headers: new Headers(headers), body })
  const response = await next(moved(exchange, request))
  if (!isSameOrigin(url, exchange.request.url)) markMoved(response, url)
  return response
}

/** The exchange with another request. At another origin it has none of the secrets of the request before. */
export function moved(exchange: Exchange, request: HopRequest): Exchange {
  if (isSameOrigin(request.url, exchange.request.url)) return withRequest(exchange, request)
  const headers = headersAfterMove(request.headers, wholeHeaders(exchange), exchange.call.sensitiveHeaders)
  return withRequest(exchange, { ...request, headers }, true)
}

/** Checks a request that the caller's code has made, by the rules for options. Userinfo in its URL becomes Basic auth. */
export function cleanRequest(request: HopRequest): HopRequest {
  const { method, body } = request
  if (!isMethod(method)) throw new TypeError('method: give a method that fetch allows')
  checkFetchBody(body)
  checkBody(method, body)
  const userinfo = takeUserinfo(request.url)
  if (userinfo && !request.headers.has('authorization')) request.headers.set('authorization', basic(userinfo))
  return request
}

/** Remembers the response from inside, for the `history` and `elapsed` of one that an interceptor makes of it. */
export const rememberResponse: Layer = async (exchange, next) => {
  const response = await next(exchange)
  exchange.progress.response = response as SessionResponse
  return response
}

/** The caller's code in the chain: the copy that it is given, what it may make of a request, and which secrets go along. */
import { describe } from '../contract/errors.ts'
import type { Interceptor, SessionRequest } from '../contract/options.ts'
import type { SessionResponse } from '../contract/response.ts'
import { headersAfterMove } from '../exchange/credentials.ts'
import { isResponse, markMoved } from '../exchange/marks.ts'
import { type Exchange, forCaller, type HopRequest, type Layer, wholeHeaders, withRequest } from '../exchange/request.ts'
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
    const response = await interceptor(forCaller(exchange), async (changed) => {
      const sent = fromCaller(changed, exchange)
      const answer = await next(sent)
      markIfMoved(answer, sent, exchange)
      return answer
    })
    if (isResponse(response)) return response
    throw new TypeError(
      `${describe(request)}: an interceptor returned no Response: return what next(request) gives, or a Response of your own`,
    )
  }
}

/** Notes on a response which URL has answered, if the caller's code sent the request to another origin. */
export function markIfMoved(response: Response, sent: Exchange, { request }: Exchange): void {
  if (!isSameOrigin(sent.request.url, request.url)) markMoved(response, sent.request.url)
}

/**
 * The exchange with the request that the caller's code has made, copied, and without the secrets if it goes to another origin.
 */
export function fromCaller(changed: SessionRequest, exchange: Exchange): Exchange {
  if (!changed?.url || !changed.headers)
    throw new TypeError(`${describe(exchange.request)}: an interceptor called next without a request: next(request)`)
  const { url, method, headers, body } = changed
  return moved(
    exchange,
    cleanRequest({ url: new URL(url), method: String(method).toUpperCase(), headers: new Headers(headers), body }),
  )
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

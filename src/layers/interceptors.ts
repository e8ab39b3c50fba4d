/** The caller's code in the chain: what it is given, what it may make of a request, and which secrets go along. */

import { describe } from '../contract/errors.ts'
import { isSameOrigin, isSecretHeader } from '../exchange/credentials.ts'
import { isResponse, type SessionResponse } from '../exchange/marks.ts'
import {
  type Interceptor,
  type Layer,
  type LayerRequest,
  type SessionRequest,
  stateOf,
  wholeHeaders,
  withChange,
} from '../exchange/request.ts'
import { basic } from '../http/basic.ts'
import { takeUserinfo } from '../http/url.ts'

/** Where responses come from whose request an interceptor has sent to another origin. */
const moved = new WeakMap<Response, URL>()

/** The URL that has answered, if it is at another origin than the request that the interceptors were given. */
export function movedTo(response: Response): URL | undefined {
  return moved.get(response)
}

/** Gives a user's interceptor its own copies, and holds it to its word. */
export function asLayer(interceptor: Interceptor): Layer {
  return async (request, next) => {
    const response = await interceptor(cleanURL(request.copy()), async (inner) => {
      const sent = fromCaller(inner, request)
      const answer = await next(sent)
      if (!isSameOrigin(sent.url, request.url) && !moved.has(answer)) moved.set(answer, sent.url)
      return answer
    })
    if (isResponse(response)) return response
    throw new TypeError(
      `${describe(request)}: an interceptor returned no Response: return what next(request) gives, or a Response of your own`,
    )
  }
}

/** What the caller's code has made of a request: a copy, and without the secrets if it goes to another origin. */
export function fromCaller(changed: SessionRequest, request: LayerRequest): LayerRequest {
  const sent = ownCopy(changed, request)
  return isSameOrigin(sent.url, request.url) ? sent : withoutSecrets(sent, wholeHeaders(request))
}

function ownCopy(changed: SessionRequest, request: LayerRequest): LayerRequest {
  if (!changed?.url || !changed.headers)
    throw new TypeError(`${describe(request)}: an interceptor called next without a request: next(request)`)
  const { url, method, headers, body } = changed
  return cleanURL(
    withChange(request, { url: new URL(url), method: String(method).toUpperCase(), headers: new Headers(headers), body }),
  )
}

/** Userinfo that somebody has put into the URL of a request becomes Basic auth, as it does in an input. */
export function cleanURL(request: LayerRequest): LayerRequest {
  const userinfo = takeUserinfo(request.url)
  if (userinfo && !request.headers.has('authorization')) request.headers.set('authorization', basic(userinfo))
  return request
}

/** Whoever changes the origin of a request may set credentials for the new one, but does not take the old ones along. */
export function withoutSecrets(request: LayerRequest, before: Headers): LayerRequest {
  const state = stateOf(request)
  for (const [name, value] of before) {
    const same = request.headers.get(name) === value
    if (same && isSecretHeader(name, state.call.sensitiveHeaders)) request.headers.delete(name)
  }
  return withChange(request, { state: { ...state, crossed: true } })
}

/** For `history` and `elapsed` of a response that an interceptor makes of this one. */
export const rememberResponse: Layer = async (request, next) => {
  const response = await next(request)
  stateOf(request).progress.response = response as SessionResponse
  return response
}

/**
 * Redirects, one hop at a time. Fetch standard 4.4, "HTTP-redirect fetch", as four questions about the next request:
 * its method, its URL, its headers, its body. And one about this response: may it be followed at all?
 */

import { describe, InvalidRedirectError, TooManyRedirectsError, UnrewindableBodyError } from '../contract/errors.ts'
import { headersForOtherOrigin, isSameOrigin } from '../exchange/credentials.ts'
import { discard } from '../exchange/discard.ts'
import { refusal } from '../exchange/failure.ts'
import { markHistory, markRedirected, type SessionResponse } from '../exchange/marks.ts'
import { type Layer, type LayerRequest, stateOf, withChange } from '../exchange/request.ts'
import { isOneShot } from '../http/body.ts'
import { takeUserinfo, tryParse } from '../http/url.ts'
import { isFromHandler } from '../layers/transport.ts'

/** Fetch standard 3.2.1. */
const REDIRECT_STATUS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** Fetch standard, "request-body-header name", and RFC 9110 section 15.4's advice on content-location. */
const BODY_HEADERS = ['content-type', 'content-length', 'content-encoding', 'content-language', 'content-location']

export const redirectLayer: Layer = async (first, next) => {
  const { call } = stateOf(first)
  let history: readonly SessionResponse[] = []
  for (let request = first; ; ) {
    const response = markHistory(await next(request), history)
    const location = REDIRECT_STATUS.has(response.status) ? response.headers.get('location') : null
    if (location === null || call.redirect === 'manual') return markRedirected(response)
    if (call.redirect === 'error') {
      await discard(response)
      throw refusal(`${describe(request)}: answered with a redirect (${response.status}), and redirect is 'error'`)
    }
    if (history.length >= call.maxRedirects) {
      await discard(markRedirected(response))
      throw new TooManyRedirectsError(`${describe(request)}: more than ${call.maxRedirects} redirects`, { request, response })
    }
    request = nextRequest(request, response, location)
    history = [...history, response]
    const drained = discard(response)
    // Most redirects have no body, and each wait is a turn of the event loop.
    if (drained) await drained
  }
}

function nextRequest(request: LayerRequest, response: SessionResponse, location: string): LayerRequest {
  const url = nextURL(request, response, location)
  const method = nextMethod(request.method, response.status)
  const dropsBody = method !== request.method && method === 'GET'
  if (!dropsBody && isOneShot(request.body)) {
    void discard(markRedirected(response))
    throw new UnrewindableBodyError(
      `${describe(request)}: a ${response.status} asks for the body again, and a stream cannot be sent twice: give body as a function`,
      { request, response },
    )
  }
  const state = stateOf(request)
  const leaves = !isSameOrigin(request.url, url)
  const headers = nextHeaders(request, leaves, dropsBody)
  const change = { url, method, headers, body: dropsBody ? null : request.body }
  return withChange(request, leaves && !state.crossed ? { ...change, state: { ...state, crossed: true } } : change)
}

/** 301 and 302: only POST becomes GET. 303: all but GET and HEAD. 307 and 308: nothing changes. */
function nextMethod(method: string, status: number): string {
  if (status === 303) return method === 'HEAD' ? 'HEAD' : 'GET'
  return method === 'POST' && status < 303 ? 'GET' : method
}

function nextURL(request: LayerRequest, response: SessionResponse, location: string): URL {
  const text = asUTF8(location)
  const url = tryParse(text, request.url)
  if (!url) throw invalid(request, response, 'its Location does not parse')
  // Whoever wrote the Location does not speak for the user.
  takeUserinfo(url)
  // Fetch standard 4.4, step 4: a fragment is inherited.
  if (url.hash === '' && request.url.hash !== '') url.hash = request.url.hash
  if (url.protocol === 'http:' || url.protocol === 'https:') return url
  const mayEnter = isFromHandler(response) && stateOf(request).call.state.mounts.find(url)
  if (mayEnter) return url
  throw invalid(request, response, `its Location has the scheme '${url.protocol}', which a redirect must not enter`)
}

function invalid(request: LayerRequest, response: SessionResponse, why: string): InvalidRedirectError {
  void discard(markRedirected(response))
  return new InvalidRedirectError(`${describe(request)}: answered with a redirect (${response.status}), but ${why}`, {
    request,
    response,
  })
}

/** Header bytes come as latin-1; servers write UTF-8 into Location, and browsers read it so. */
function asUTF8(location: string): string {
  if (!/[\x80-\xff]/.test(location)) return location
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(location, (char) => char.charCodeAt(0)))
  } catch {
    return location
  }
}

function nextHeaders(request: LayerRequest, leavesOrigin: boolean, dropsBody: boolean): Headers {
  const { headers } = request
  const kept = leavesOrigin ? headersForOtherOrigin(headers, stateOf(request).call.sensitiveHeaders) : headers
  if (!dropsBody) return kept
  const bodiless = new Headers(kept)
  for (const name of BODY_HEADERS) bodiless.delete(name)
  return bodiless
}

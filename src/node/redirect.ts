/**
 * Redirects, one hop at a time. Fetch standard 4.4, "HTTP-redirect fetch", as four questions about the next request:
 * its method, its URL, its headers, its body. And one about this response: may it be followed at all?
 */
import { describe, InvalidRedirectError, TooManyRedirectsError, UnrewindableBodyError } from '../contract/errors.ts'
import type { SessionResponse } from '../contract/response.ts'
import { headersForOtherOrigin } from '../exchange/credentials.ts'
import { discard } from '../exchange/discard.ts'
import { refusal } from '../exchange/failure.ts'
import { markHistory, markRedirected, movedTo } from '../exchange/marks.ts'
import { type Exchange, forCaller, type HopRequest, type Layer, withRequest } from '../exchange/request.ts'
import { isOneShot } from '../http/body.ts'
import { textOf } from '../http/byte-string.ts'
import { isSameOrigin } from '../http/origin.ts'
import { REDIRECTS } from '../http/status.ts'
import { takeUserinfo, tryParse } from '../http/url.ts'
import type { Mounts } from '../layers/mounts.ts'
import { isFromHandler } from '../layers/transport.ts'

/** Fetch standard, "request-body-header name", and RFC 9110 section 15.4's advice on content-location. */
const BODY_HEADERS = ['content-type', 'content-length', 'content-encoding', 'content-language', 'content-location']

/** Follows redirects; the mounts tell which other schemes a redirect of a handler may enter. */
export function redirectLayer(mounts: Mounts): Layer {
  return async (first, next) => {
    const { call } = first
    let history: readonly SessionResponse[] = []
    for (let exchange = first; ; ) {
      const response = markHistory(await next(exchange), history)
      const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null
      if (location === null || call.redirect === 'manual') return markRedirected(response)
      if (call.redirect === 'error') {
        await discard(response)
        throw refusal(`${describe(exchange)}: answered with a redirect (${response.status}), and redirect is 'error'`)
      }
      if (history.length >= call.maxRedirects) {
        await discard(markRedirected(response))
        throw tooMany(exchange, response)
      }
      exchange = nextExchange(exchange, response, location, mounts)
      history = [...history, response]
      const drained = discard(response)
      // Most redirects have no body, and each wait is a turn of the event loop.
      if (drained) await drained
    }
  }
}

/** The error for too many redirects. It names the last cookie that was refused, since that is why a log-in redirects for ever. */
function tooMany(exchange: Exchange, response: SessionResponse): TooManyRedirectsError {
  const { call, progress } = exchange
  const note = progress.refused ? `; the cookie ${progress.refused.name} was refused: ${progress.refused.reason}` : ''
  return new TooManyRedirectsError(`${describe(exchange)}: more than ${call.maxRedirects} redirects${note}`, {
    request: forCaller(exchange),
    response,
  })
}

function nextExchange(exchange: Exchange, response: SessionResponse, location: string, mounts: Mounts): Exchange {
  const { progress, crossed } = exchange
  // The URL that answered: an interceptor may have sent the request elsewhere.
  const from = movedTo(response) ?? exchange.url
  const url = nextURL(exchange, response, location, from, mounts)
  const method = nextMethod(exchange.method, response.status)
  const dropsBody = method !== exchange.method && method === 'GET'
  if (!dropsBody && isOneShot(exchange.body)) {
    void discard(markRedirected(response))
    throw new UnrewindableBodyError(
      `${describe(exchange)}: a ${response.status} asks for the body again, and a stream cannot be sent twice: give body as a function`,
      { request: forCaller(exchange), response },
    )
  }
  const leaves = from !== exchange.url || !isSameOrigin(exchange.url, url)
  if (from.protocol === 'https:') progress.wasSecure = true
  if (progress.wasSecure && url.protocol === 'http:') progress.wasDowngraded = true
  const change: HopRequest = {
    url,
    method,
    headers: nextHeaders(exchange, leaves, dropsBody),
    body: dropsBody ? null : exchange.body,
  }
  return withRequest(exchange, change, crossed || leaves)
}

/** 301 and 302: only POST becomes GET. 303: all but GET and HEAD. 307 and 308: nothing changes. */
function nextMethod(method: string, status: number): string {
  if (status === 303) return method === 'HEAD' ? 'HEAD' : 'GET'
  return method === 'POST' && status < 303 ? 'GET' : method
}

function nextURL(exchange: Exchange, response: SessionResponse, location: string, from: URL, mounts: Mounts): URL {
  const text = onlyLocation(location, from)
  const url = text === undefined ? undefined : tryParse(text, from)
  if (!url) throw invalid(exchange, response, text === undefined ? 'its Location lines differ' : 'its Location does not parse')
  // A user name in a Location is the server's, and not one to log in with.
  takeUserinfo(url)
  // Fetch standard 4.4, step 4: a fragment is inherited.
  if (url.hash === '' && from.hash !== '') url.hash = from.hash
  if (url.protocol === 'http:' || url.protocol === 'https:') return url
  if (isFromHandler(response) && mounts.find(url)) return url
  throw invalid(exchange, response, `its Location has the scheme '${url.protocol}', which a redirect must not enter`)
}

function invalid(exchange: Exchange, response: SessionResponse, why: string): InvalidRedirectError {
  void discard(markRedirected(response))
  return new InvalidRedirectError(
    `${describe(exchange)}: answered with a redirect (${response.status}), but ${why}; redirect: 'manual' gives the answer itself`,
    {
      request: forCaller(exchange),
      response,
    },
  )
}

/**
 * The one Location of a response, or `undefined` for several different ones. Several lines come joined by `, `; equal ones count
 * as one. Different ones can be told from one URL with a comma in it only where each part begins like a URL or a path.
 */
function onlyLocation(location: string, from: URL): string | undefined {
  const text = asUTF8(location)
  const parts = text.split(', ')
  if (parts.length === 1) return text
  const half = text.slice(0, (text.length - 2) / 2)
  if (text === `${half}, ${half}`) return half
  const resolved = new Set(parts.map((part) => tryParse(part, from)?.href))
  if (resolved.size === 1) return parts[0]
  return parts.every((part) => /^(?:\/|[a-z][a-z\d+.-]*:\/\/)/i.test(part)) ? undefined : text
}

/**
 * A Location as text. Header bytes come as latin-1 characters; servers write UTF-8 there, and browsers read it so. Bytes that
 * are not UTF-8 are percent-encoded one by one.
 */
function asUTF8(location: string): string {
  const text = textOf(location)
  if (text !== location) return text
  return location.replace(/[\x80-\xff]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function nextHeaders({ headers, call }: Exchange, leavesOrigin: boolean, dropsBody: boolean): Headers {
  const kept = leavesOrigin ? headersForOtherOrigin(headers, call.sensitiveHeaders) : headers
  if (!dropsBody) return kept
  const bodiless = new Headers(kept)
  for (const name of BODY_HEADERS) bodiless.delete(name)
  return bodiless
}

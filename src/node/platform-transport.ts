/**
 * Sends over the platform's own connections, in place of the platform's fetch and with the same effect, but faster. What fetch
 * adds to a request, refuses and makes of an answer is done here; e2e/node/differential.spec.ts compares the two.
 */
import { networkError } from '../exchange/failure.ts'
import { isLimited } from '../exchange/limited-body.ts'
import { markHop } from '../exchange/marks.ts'
import type { Exchange, Send } from '../exchange/request.ts'
import { tellTrace } from '../exchange/trace.ts'
import { currentBody, isOneShot } from '../http/body.ts'
import { explainFailure, failed, withoutReply } from './failures.ts'
import { type PlatformRoute, platformRoute } from './platform-connections.ts'
import { type Extracted, extractBody } from './pool/bodies.ts'
import { CurrentHandler, LegacyHandler } from './pool/callbacks.ts'
import { knownCodings } from './pool/codings.ts'
import { mayBeLazy } from './pool/may-be-lazy.ts'
import { addHeader, type WireHeaders, wireHeaders } from './pool/request-headers.ts'

/** Options of the platform that change nothing in Node; any other goes on to the platform's fetch. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['credentials', 'keepalive'])

/**
 * Makes the default transport: over the platform's dispatcher where there is one and no option needs `fetch`, else over
 * `fetch`.
 */
export function platformTransport(overFetch: Send): Send {
  return (exchange) => {
    const route = isPlain(exchange.call.platform) ? platformRoute() : undefined
    return route ? send(route, exchange) : overFetch(exchange)
  }
}

function isPlain(options: RequestInit & { readonly duplex?: unknown }): boolean {
  for (const name in options) {
    // Fetch asks for it beside a stream, and knows no other value.
    const isUsual = name === 'duplex' && options.duplex === 'half'
    if (!isUsual && !WITHOUT_EFFECT.has(name)) return false
  }
  return true
}

async function send(route: PlatformRoute, exchange: Exchange): Promise<Response> {
  const { url, lifetime, call } = exchange
  tellTrace(call, 'transport', { via: 'platform' })
  // Outside of the try: an error of the caller's body function, or about a body that cannot be read, is thrown as it is.
  const body = currentBody(exchange.body)
  const extracted = extractBody(body)
  const started = performance.now()
  try {
    if (BLOCKED_PORTS.has(url.port)) throw new Error('bad port')
    const sent = dispatch(route, exchange, extracted)
    let response = await sent.response
    // Fetch standard 4.6 (HTTP-network-or-cache fetch), steps 15 and 16: a 407, for which a browser would ask the user for a
    // password, is an error, and a 421 is sent once more.
    if (response.status === 407 || (response.status === 421 && !isOneShot(body))) {
      sent.handler.cancel()
      // Without a message, as fetch does it.
      if (response.status === 407) throw new Error('')
      response = await dispatch(route, exchange, extractBody(body)).response
    }
    markHop(response, url, performance.now() - started)
    return response
  } catch (cause) {
    if (lifetime.aborted) throw lifetime.reason
    throw networkError(failed(withoutReply(cause)), exchange, explainFailure(cause as Error))
  }
}

function dispatch({ dispatcher, major }: PlatformRoute, exchange: Exchange, extracted: Extracted) {
  const { url, method, lifetime } = exchange
  const handler = new (major >= 8 ? CurrentHandler : LegacyHandler)({
    url,
    method,
    lifetime,
    lazy: mayBeLazy(exchange),
    isCounted: isLimited(exchange, false),
    codings: major >= 7 ? knownCodings() : CODINGS_OF_UNDICI_6,
    onEnd: (isWhole) => {
      if (!isWhole) extracted.cancel?.(lifetime.reason)
    },
  })
  const response = handler.send(dispatcher, {
    path: pathOf(url, major),
    // Given, so that undici does not read it from a polluted Object.prototype: it would put it into the URL.
    query: undefined,
    origin: url.origin,
    method,
    body: extracted.body,
    headers: platformHeaders(exchange, extracted),
    maxRedirections: 0,
    // A MockAgent matches the body as the caller gave it; undici 8 sends `__mockAgentBodyForDispatch` if no mock matches.
    ...(dispatcher.isMockActive && { body: extracted.source ?? extracted.body, __mockAgentBodyForDispatch: extracted.body }),
  })
  return { handler, response }
}

/** undici 6 knows no zstd, also where Node does. */
const CODINGS_OF_UNDICI_6: readonly string[] = ['gzip', 'deflate', 'br']

/** The path and query; undici keeps a question mark without a query from 7 on. */
function pathOf(url: URL, major: number): string {
  const { pathname, search, href, hash } = url
  if (search !== '') return pathname + search
  return major >= 7 && href[href.length - hash.length - 1] === '?' ? `${pathname}?` : pathname
}

/** Fetch standard 4.6, steps 7 to 19, and 5.4 of fetch metadata, in undici's order. */
function platformHeaders({ url, method, headers, cookie }: Exchange, extracted: Extracted): WireHeaders {
  const sent = wireHeaders(headers, cookie, extracted)
  addHeader(sent, 'accept', '*/*')
  addHeader(sent, 'accept-language', '*')
  const length = lengthOf(extracted, method)
  if (length !== undefined) addHeader(sent, 'content-length', String(length))
  sent['sec-fetch-mode'] = 'cors'
  addHeader(sent, 'user-agent', 'node')
  if (CONDITIONS.some((name) => sent[name] !== undefined)) {
    addHeader(sent, 'pragma', 'no-cache')
    addHeader(sent, 'cache-control', 'no-cache')
  }
  const codings = sent['accept-encoding']
  if (sent.range !== undefined) sent['accept-encoding'] = codings === undefined ? 'identity' : `${codings}, identity`
  else if (codings === undefined) sent['accept-encoding'] = url.protocol === 'https:' ? 'br, gzip, deflate' : 'gzip, deflate'
  // The caller's is not sent: fetch takes it from the URL.
  delete sent.host
  return sent
}

/** Step 15: a request with one of these headers does its own caching, so that no cache on the way may answer it. */
const CONDITIONS = ['if-modified-since', 'if-none-match', 'if-unmodified-since', 'if-match', 'if-range']

/** Step 7: the content-length; `0` without a body where the method expects one, `undefined` for a stream. */
function lengthOf({ body, length }: Extracted, method: string): number | undefined {
  if (body === null) return method === 'POST' || method === 'PUT' ? 0 : undefined
  if (typeof body === 'string') return Buffer.byteLength(body)
  return body instanceof Uint8Array ? body.byteLength : length
}

/** Fetch standard 2.9, "bad port". */
const BLOCKED_PORTS: ReadonlySet<string> = new Set(
  (
    '1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 137 ' +
    '139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719 1720 ' +
    '1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080'
  ).split(' '),
)

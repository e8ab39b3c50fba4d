/** Sends over the session's own connections: undici's dispatcher in, the platform's `Response` out. */
import { isSessionError, SessionClosedError } from '../../contract/errors.ts'
import { networkError } from '../../exchange/failure.ts'
import { isLimited } from '../../exchange/limited-body.ts'
import { markHop } from '../../exchange/marks.ts'
import type { Exchange, Send } from '../../exchange/request.ts'
import { tellTrace } from '../../exchange/trace.ts'
import { type Body, currentBody, isOneShot } from '../../http/body.ts'
import { IDEMPOTENT } from '../../http/methods.ts'
import { explainFailure, failed, withoutReply } from '../failures.ts'
import { isPromise } from '../maybe.ts'
import { type Extracted, extractBody } from './bodies.ts'
import { CurrentHandler } from './callbacks.ts'
import { knownCodings } from './codings.ts'
import { type Connections, NO_TIMEOUTS, type Route } from './connections.ts'
import { timesToSendAgain } from './http2-errors.ts'
import { mayBeLazy } from './may-be-lazy.ts'
import { addHeader, type WireHeaders, wireHeaders } from './request-headers.ts'
import { isOpeningError, type Line, type LineOptions } from './tracked-client.ts'

/** Error codes of a request on a kept connection that the server closed at that moment. */
const STALE: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])
/** How often a request is dispatched again whose writing never began, because each time another kept connection had ended. */
const MOST_TIMES = 5
/** What undici says when the session was closed between a call's route and its dispatch. */
const CLOSED: ReadonlySet<unknown> = new Set(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED'])

/** Makes the transport of a session with connections of its own. */
export function undiciTransport(connections: Connections): Send {
  return async (exchange) => {
    const { url, method, lifetime, call } = exchange
    tellTrace(call, 'transport', { via: 'pool' })
    if (call.platform.integrity)
      throw new TypeError('integrity: is checked by the platform’s fetch only: not with pool, proxy, tls or socketPath')
    // Outside of the try: an error of the caller's body function is thrown as it is.
    const body = currentBody(exchange.body)
    const opened = connections.route(url)
    const route = isPromise(opened) ? await opened : opened
    // Taken apart once: a stream cannot be read again, also when undici has not touched it.
    const oneShot = isOneShot(body) ? extractBody(body as Body) : undefined
    const started = performance.now()
    for (let again = 0; ; again++) {
      const ready = route.ready()
      if (ready) await ready
      const attempt = new Attempt(route, exchange, oneShot ?? extractBody(body), again > 0)
      try {
        const response = await attempt.send()
        markHop(response, url, performance.now() - started)
        return response
      } catch (error) {
        if (!lifetime.aborted && maySendAgain(attempt, error, method, oneShot !== undefined, again)) continue
        oneShot?.cancel?.(error)
        if (lifetime.aborted) throw lifetime.reason
        if (isSessionError(error)) throw error
        if (CLOSED.has((error as { code?: unknown }).code)) throw new SessionClosedError()
        const hint = route.proxy ? ` (through the proxy ${route.proxy.protocol}//${route.proxy.host})` : ''
        throw networkError(failed(withoutReply(error)), exchange, explainFailure(error as Error, hint))
      }
    }
  }
}

/**
 * Whether a request may be sent again after the server has closed the kept connection under it. One whose writing never began, or
 * which an HTTP/2 server says it has not looked at, may be, whatever its method; one that was begun may have been carried out,
 * and is sent once more, over a new connection, only if its method is idempotent.
 */
function maySendAgain({ handler, isReused }: Attempt, error: unknown, method: string, isOneShot: boolean, again: number) {
  if (again < timesToSendAgain(error)) return !isOneShot
  if (!STALE.has((error as { code?: unknown }).code) || isOpeningError(error)) return false
  if (!handler.isBegun) return again < MOST_TIMES
  return again === 0 && isReused && !handler.isAnswered && IDEMPOTENT.includes(method) && !isOneShot
}

/** One request on one connection. */
class Attempt {
  readonly handler: CurrentHandler
  /** Whether it goes over a connection that an earlier request has used. */
  isReused = false
  readonly #route: Route
  readonly #options: LineOptions & Record<string, unknown>

  constructor(route: Route, exchange: Exchange, extracted: Extracted, isAgain: boolean) {
    const { url, method, lifetime } = exchange
    this.#route = route
    let line: Line | undefined
    let place: number | undefined
    this.handler = new CurrentHandler({
      url,
      method,
      lifetime,
      lazy: mayBeLazy(exchange),
      isCounted: isLimited(exchange, false),
      codings: knownCodings(),
      onBegin: (running) => {
        // undici begins once more with one that it had pipelined on a connection which ended before its turn.
        if (place !== undefined) route.running.free(place)
        place = route.running.add(running)
        this.isReused = line?.begin() ?? false
      },
      onEnd: (isWhole) => {
        if (place !== undefined) route.running.free(place)
        if (isWhole) route.ended()
        // Also of a whole one: the answer may have come before the end of the upload.
        extracted.cancel?.(lifetime.reason)
      },
    })
    this.#options = {
      origin: `${url.protocol}//${url.host}`,
      path: `${url.pathname}${url.search}`,
      // Given, so that undici does not read it from a polluted Object.prototype: it would put it into the URL.
      query: undefined,
      method,
      headers: poolHeaders(exchange, extracted),
      body: extracted.body,
      // Given with each request too: for SOCKS undici makes clients of its own, without the Agent's options.
      ...NO_TIMEOUTS,
      isAgain,
      onLine: (taken: Line) => {
        line = taken
      },
    }
  }

  /** Not kept here: undici holds the handler, and by it this, as long as the body comes, and would hold the response too. */
  send(): Promise<Response> {
    return this.handler.send(this.#route.dispatcher, this.#options)
  }
}

let acceptEncoding: string | undefined

function poolHeaders({ headers, cookie }: Exchange, extracted: Extracted): WireHeaders {
  const sent = wireHeaders(headers, cookie, extracted)
  if (extracted.length !== undefined) addHeader(sent, 'content-length', String(extracted.length))
  addHeader(sent, 'accept', '*/*')
  acceptEncoding ??= knownCodings().join(', ')
  addHeader(sent, 'accept-encoding', acceptEncoding)
  return sent
}

/** Sends over the session's own connections: undici's dispatcher in, the platform's `Response` out. */
import type { Dispatcher } from 'undici'
import { isSessionError, SessionClosedError } from '../../contract/errors.ts'
import { networkError } from '../../exchange/failure.ts'
import type { Lifetime } from '../../exchange/lifetime.ts'
import { markHop } from '../../exchange/marks.ts'
import type { Exchange, Send } from '../../exchange/request.ts'
import { tellTrace } from '../../exchange/trace.ts'
import { currentBody, isOneShot } from '../../http/body.ts'
import { IDEMPOTENT } from '../../http/methods.ts'
import { explainFailure, withoutReply } from '../failures.ts'
import { type Extracted, extractBody, NO_BODY } from './bodies.ts'
import { codingsOf, knownCodings } from './codings.ts'
import { type Connections, NO_TIMEOUTS, type Route } from './connections.ts'
import { Incoming } from './incoming.ts'
import type { Fields } from './lazy-headers.ts'
import { lazyResponse } from './lazy-response.ts'
import { realResponse } from './real-response.ts'
import { isOpeningError, type Line, type LineOptions } from './tracked-client.ts'

/** Fetch standard 2.2.3, "null body status". */
const NULL_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304])
/** How a kept connection ends that the server has closed just when a request took it. */
const STALE: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])
/** How often a request is sent that was never begun: each time another kept connection has ended under it. */
const MOST_TIMES = 5
/** What undici says when the session was closed between a call's route and its dispatch. */
const CLOSED: ReadonlySet<unknown> = new Set(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED'])

/** Makes the transport over connections of one's own. */
export function undiciTransport(connections: Connections): Send {
  return async (exchange) => {
    const { request, lifetime, call } = exchange
    tellTrace(call, 'transport', { via: 'pool', url: request.url })
    if (call.platform.integrity)
      throw new TypeError('integrity: is checked by the platform’s fetch only: not with pool, proxy, tls or socketPath')
    // Outside of the try: what a body function throws is the caller's.
    const body = currentBody(request.body)
    const opened = connections.route(request.url)
    const route = opened instanceof Promise ? await opened : opened
    const started = performance.now()
    for (let again = 0; ; again++) {
      const ready = route.ready()
      if (ready) await ready
      const dispatching = new Dispatching(route, lifetime, again > 0)
      try {
        const response = await dispatching.send(exchange, body === null ? NO_BODY : extractBody(body))
        markHop(response, performance.now() - started)
        return response
      } catch (error) {
        if (lifetime.aborted) throw lifetime.reason
        if (CLOSED.has((error as { code?: unknown }).code)) throw new SessionClosedError()
        if (maySendAgain(dispatching, error, request.method, isOneShot(body), again)) continue
        const via = route.proxy ? ` (through the proxy ${route.proxy.protocol}//${route.proxy.host})` : ''
        throw networkError(failed(withoutReply(error)), exchange, explainFailure(error as Error, via))
      }
    }
  }
}

/**
 * A request that met a kept connection which the server had just closed. One that was never begun is sent again whatever it
 * is; one that was begun may have been carried out, and goes once more, over a new connection, if that changes nothing.
 */
function maySendAgain(
  { isBegun, isReused, isAnswered }: Dispatching,
  error: unknown,
  method: string,
  isOneShot: boolean,
  again: number,
) {
  if (!STALE.has((error as { code?: unknown }).code) || isOpeningError(error)) return false
  if (!isBegun) return again < MOST_TIMES
  return again === 0 && isReused && !isAnswered && IDEMPOTENT.includes(method) && !isOneShot
}

let acceptEncoding: string | undefined

/** One request on one connection: undici's handler. It lets go of the request with the headers, and lives on with the body. */
class Dispatching {
  readonly #route: Route
  readonly #lifetime: Lifetime
  readonly #isAgain: boolean
  #waiting: { readonly exchange: Exchange; resolve(response: Response): void; reject(error: unknown): void } | undefined
  #incoming: Incoming | undefined
  #off: (() => void) | undefined
  #running: Dispatcher.DispatchController | undefined
  /** The client that has taken the request. */
  #line: Line | undefined
  /** Whether undici has begun to write the request. */
  isBegun = false
  /** Whether it goes over a connection that an earlier request has used. */
  isReused = false
  /** Whether a byte of a response has come. */
  isAnswered = false

  constructor(route: Route, lifetime: Lifetime, isAgain: boolean) {
    this.#route = route
    this.#lifetime = lifetime
    this.#isAgain = isAgain
  }

  send(exchange: Exchange, { body, type, length }: Extracted): Promise<Response> {
    const { url, method } = exchange.request
    return new Promise((resolve, reject) => {
      this.#waiting = { exchange, resolve, reject }
      const path = `${url.pathname}${url.search}`
      const options = {
        origin: `${url.protocol}//${url.host}`,
        path,
        method,
        headers: wireHeaders(exchange, type, length),
        body,
        // Said with each request too: for SOCKS undici makes clients of its own, without the Agent's options.
        ...NO_TIMEOUTS,
        isAgain: this.#isAgain,
        onLine: (line: Line) => {
          this.#line = line
        },
      } satisfies LineOptions & Record<string, unknown>
      // undici's types know fewer methods than HTTP, and a handler by its own interface only.
      this.#route.dispatcher.dispatch(options as Dispatcher.DispatchOptions, this as never)
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const lifetime = this.#lifetime
    this.#running = controller
    this.#route.running.add(controller)
    this.isBegun = true
    this.isReused = this.#line?.begin() ?? false
    if (lifetime.aborted) controller.abort(lifetime.reason as Error)
    else if (lifetime.canAbort) this.#off = lifetime.onAbort((reason) => controller.abort(reason as Error))
  }

  onResponseStarted(): void {
    this.isAnswered = true
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Fields, statusText = ''): void {
    const waiting = this.#waiting
    if (status < 200 || !waiting) return
    const incoming = new Incoming(controller)
    const response = toResponse(incoming, status, statusText, headers, waiting.exchange)
    this.#waiting = undefined
    this.#incoming = incoming
    waiting.resolve(response)
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#incoming?.push(chunk)
  }

  onResponseEnd(): void {
    this.#finish()
    this.#route.ended()
    this.#incoming?.end()
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#finish()
    // Before the headers the call fails, after them the body does.
    if (this.#incoming) this.#incoming.fail(bodyError(error, this.#lifetime))
    else this.#waiting?.reject(error)
  }

  #finish(): void {
    this.#off?.()
    if (this.#running) this.#route.running.delete(this.#running)
  }
}

/** A failure in the platform's words, over whichever connections: retry libraries compare them. */
function failed(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause })
}

/** As the platform's fetch words it: a `TypeError` whose cause says what happened; an abort is its own reason. */
function bodyError(error: Error, lifetime: Lifetime): unknown {
  if (lifetime.aborted) return lifetime.reason
  return isSessionError(error) ? error : new TypeError('terminated', { cause: withoutReply(error) })
}

function wireHeaders({ request, cookie }: Exchange, type: string | undefined, length: number | undefined): string[] {
  const { headers } = request
  const flat: string[] = []
  for (const [name, value] of headers) {
    if (cookie === undefined || name !== 'cookie') flat.push(name, value)
  }
  if (cookie !== undefined) flat.push('cookie', cookie)
  if (type !== undefined && !headers.has('content-type')) flat.push('content-type', type)
  if (length !== undefined && !headers.has('content-length')) flat.push('content-length', String(length))
  if (!headers.has('accept')) flat.push('accept', '*/*')
  acceptEncoding ??= knownCodings().join(', ')
  if (!headers.has('accept-encoding')) flat.push('accept-encoding', acceptEncoding)
  return flat
}

function toResponse(
  incoming: Incoming,
  status: number,
  statusText: string,
  fields: Fields,
  { request, call }: Exchange,
): Response {
  const isEmpty = request.method === 'HEAD' || NULL_BODY.has(status)
  const codings = isEmpty ? undefined : codingsOf(fields['content-encoding'])
  const url = request.url.hash === '' ? request.url.href : (request.url.href.split('#', 1)[0] ?? '')
  if (call.wantsOnlyData) {
    // Every member of a Response is there; TypeScript cannot see through the prototype.
    return lazyResponse({ incoming, status, statusText, fields, url, codings }) as unknown as Response
  }
  return realResponse(codings ? incoming.stream(codings) : null, { status, statusText, fields, url })
}

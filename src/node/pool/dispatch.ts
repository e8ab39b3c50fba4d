/** Sends over the session's own connections: undici's dispatcher in, the platform's `Response` out. */
import type { Dispatcher } from 'undici'
import { isSessionError, SessionClosedError } from '../../contract/errors.ts'
import { networkError } from '../../exchange/failure.ts'
import type { Scope } from '../../exchange/lifetime.ts'
import { markHop } from '../../exchange/marks.ts'
import { type Body, cookieOf, type LayerRequest, stateOf } from '../../exchange/request.ts'
import { currentBody, isOneShot } from '../../http/body.ts'
import type { Transport } from '../../session/environment.ts'
import { codingsOf, knownCodings } from './codings.ts'
import type { Connections, Route } from './connections.ts'
import { Incoming } from './incoming.ts'
import type { Fields } from './lazy-headers.ts'
import { lazyResponse } from './lazy-response.ts'
import { realResponse } from './real-response.ts'

/** Fetch standard 2.2.3, "null body status". */
const NULL_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304])
/** RFC 9110 section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
/** How a kept connection ends that the server has closed just when a request took it. */
const STALE: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])
/** What undici says when the session was closed between a call's route and its dispatch. */
const CLOSED: ReadonlySet<unknown> = new Set(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED'])

export function undiciTransport(connections: Connections): Transport {
  return async (request) => {
    const { scope, call } = stateOf(request)
    if (call.platform.integrity)
      throw new TypeError('integrity: is checked by the platform’s fetch only: not with pool, proxy, tls or socketPath')
    // Outside of the try: what a body function throws is the caller's.
    const body = currentBody(request.body)
    const opened = connections.route(request.url)
    const route = opened instanceof Promise ? await opened : opened
    const started = performance.now()
    for (let isLast = false; ; isLast = true) {
      const ready = route.ready()
      if (ready) await ready
      const exchange = new Exchange(route, scope)
      try {
        const response = await exchange.send(request, body === null ? NO_BODY : await encode(body))
        markHop(response, performance.now() - started)
        return response
      } catch (error) {
        if (scope.aborted) throw scope.reason
        if (CLOSED.has((error as { code?: unknown }).code)) throw new SessionClosedError()
        const isStale = exchange.isReused && STALE.has((error as { code?: unknown }).code)
        // What is safe to send again goes over a new connection, once.
        if (isStale && !isLast && IDEMPOTENT.has(request.method) && !isOneShot(body)) continue
        throw networkError(error, request, route.proxy ? ` (through the proxy ${route.proxy.protocol}//${route.proxy.host})` : '')
      }
    }
  }
}

interface Encoded {
  readonly body: Dispatcher.DispatchOptions['body']
  readonly type: string | undefined
}

const NO_BODY: Encoded = { body: null, type: undefined }

/** The bytes of a body and the content-type it brings, Fetch standard 5.2 ("extract a body"). */
async function encode(body: Body): Promise<Encoded> {
  if (typeof body === 'string') return { body, type: 'text/plain;charset=UTF-8' }
  if (body instanceof URLSearchParams) return { body: String(body), type: 'application/x-www-form-urlencoded;charset=UTF-8' }
  if (ArrayBuffer.isView(body)) return { body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength), type: undefined }
  if (body instanceof ArrayBuffer) return { body: new Uint8Array(body), type: undefined }
  if (isOneShot(body as never)) return { body: body as never, type: undefined }
  // Blobs and forms: the platform writes them, with their type and boundary.
  const written = new Response(body as BodyInit)
  return { body: new Uint8Array(await written.arrayBuffer()), type: written.headers.get('content-type') ?? undefined }
}

let acceptEncoding: string | undefined

/** One request on one connection: undici's handler. It lets go of the request with the headers, and lives on with the body. */
class Exchange {
  readonly #route: Route
  readonly #scope: Scope
  readonly #openedBefore: number
  #waiting: { readonly request: LayerRequest; resolve(response: Response): void; reject(error: unknown): void } | undefined
  #incoming: Incoming | undefined
  #off: (() => void) | undefined
  #running: Dispatcher.DispatchController | undefined
  /** Whether the request went over a connection that was there before. */
  isReused = false

  constructor(route: Route, scope: Scope) {
    this.#route = route
    this.#scope = scope
    this.#openedBefore = route.opened()
  }

  send(request: LayerRequest, { body, type }: Encoded): Promise<Response> {
    const { url, method } = request
    return new Promise((resolve, reject) => {
      this.#waiting = { request, resolve, reject }
      const path = `${url.pathname}${url.search}`
      const options = { origin: `${url.protocol}//${url.host}`, path, method, headers: wireHeaders(request, type), body }
      // undici's types know fewer methods than HTTP, and a handler by its own interface only.
      this.#route.dispatcher.dispatch(options as Dispatcher.DispatchOptions, this as never)
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const scope = this.#scope
    this.#running = controller
    this.#route.running.add(controller)
    this.isReused = this.#route.opened() === this.#openedBefore
    if (scope.aborted) controller.abort(scope.reason as Error)
    else if (scope.canAbort) this.#off = scope.onAbort((reason) => controller.abort(reason as Error))
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Fields, statusText = ''): void {
    const waiting = this.#waiting
    if (status < 200 || !waiting) return
    this.#waiting = undefined
    this.#incoming = new Incoming(controller)
    waiting.resolve(toResponse(this.#incoming, status, statusText, headers, waiting.request))
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
    if (this.#incoming) this.#incoming.fail(bodyError(error, this.#scope))
    else this.#waiting?.reject(error)
  }

  #finish(): void {
    this.#off?.()
    if (this.#running) this.#route.running.delete(this.#running)
  }
}

/** As the platform's fetch words it: a `TypeError` whose cause says what happened; an abort is its own reason. */
function bodyError(error: Error, scope: Scope): unknown {
  if (scope.aborted) return scope.reason
  return isSessionError(error) ? error : new TypeError('terminated', { cause: error })
}

function wireHeaders(request: LayerRequest, type: string | undefined): string[] {
  const { headers } = request
  const cookie = cookieOf(request)
  const flat: string[] = []
  for (const [name, value] of headers) {
    if (cookie === undefined || name !== 'cookie') flat.push(name, value)
  }
  if (cookie !== undefined) flat.push('cookie', cookie)
  if (type !== undefined && !headers.has('content-type')) flat.push('content-type', type)
  if (!headers.has('accept')) flat.push('accept', '*/*')
  acceptEncoding ??= knownCodings().join(', ')
  if (!headers.has('accept-encoding')) flat.push('accept-encoding', acceptEncoding)
  return flat
}

function toResponse(incoming: Incoming, status: number, statusText: string, fields: Fields, request: LayerRequest): Response {
  const isEmpty = request.method === 'HEAD' || NULL_BODY.has(status)
  const codings = isEmpty ? undefined : codingsOf(fields['content-encoding'])
  const url = request.url.hash === '' ? request.url.href : (request.url.href.split('#', 1)[0] ?? '')
  if (stateOf(request).call.wantsOnlyData) {
    // Every member of a Response is there; TypeScript cannot see through the prototype.
    return lazyResponse({ incoming, status, statusText, fields, url, codings }) as unknown as Response
  }
  return realResponse(codings ? incoming.stream(codings) : null, { status, statusText, fields, url })
}

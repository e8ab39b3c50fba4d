/** Sends over the session's own connections: undici's dispatcher in, the platform's `Response` out. */
import type { Dispatcher } from 'undici'
import { currentBody, isOneShot } from '../body.ts'
import { type Body, type LayerRequest, stateOf } from '../chain.ts'
import type { Transport } from '../environment.ts'
import { networkError } from '../network-error.ts'
import type { Connections, Route } from './connections.ts'
import { Incoming, knownCodings } from './incoming.ts'
import { type Fields, LazyResponse, realHeaders } from './lazy-response.ts'

/** Fetch standard 2.2.3, "null body status". */
const NULL_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304])
/** RFC 9110 section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
/** How a kept connection ends that the server has closed in the meantime. */
const STALE: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

export function undiciTransport(connections: Connections): Transport {
  return async (request) => {
    const { scope } = stateOf(request)
    const route = await connections.route(request.url)
    try {
      return await send(request, route, true)
    } catch (error) {
      throw scope.aborted
        ? scope.reason
        : networkError(error, request, route.proxy ? ` (through the proxy ${route.proxy.protocol}//${route.proxy.host})` : '')
    }
  }
}

/** A server may close an idle connection just when a request takes it; what is safe to send again goes over a new one. */
async function send(request: LayerRequest, route: Route, mayRepeat: boolean): Promise<Response> {
  await route.ready()
  const exchange = new Exchange(request, route)
  try {
    return await exchange.send(await encode(currentBody(request.body)))
  } catch (error) {
    const isStale = exchange.isReused && STALE.has((error as { code?: unknown }).code)
    const { scope } = stateOf(request)
    if (!mayRepeat || !isStale || scope.aborted || !IDEMPOTENT.has(request.method) || isOneShot(request.body)) throw error
    return send(request, route, false)
  }
}

interface Encoded {
  readonly body: Dispatcher.DispatchOptions['body']
  readonly type: string | undefined
}

/** The bytes of a body and the content-type it brings, Fetch standard 5.2 ("extract a body"). */
async function encode(body: Body | null): Promise<Encoded> {
  if (body === null) return { body: null, type: undefined }
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

/** One request on one connection: undici's handler. */
class Exchange {
  readonly #request: LayerRequest
  readonly #route: Route
  readonly #openedBefore: number
  #settle: { resolve(response: Response): void; reject(error: unknown): void } | undefined
  #incoming: Incoming | undefined
  #off: (() => void) | undefined
  /** Whether the request went over a connection that was there before. */
  isReused = false

  constructor(request: LayerRequest, route: Route) {
    this.#request = request
    this.#route = route
    this.#openedBefore = route.opened()
  }

  send({ body, type }: Encoded): Promise<Response> {
    const { url, method, headers } = this.#request
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      const path = `${url.pathname}${url.search}`
      const options = {
        origin: `${url.protocol}//${url.host}`,
        path,
        method: method as Dispatcher.HttpMethod,
        headers: wireHeaders(headers, type),
        body,
      }
      this.#route.dispatcher.dispatch(options as Dispatcher.DispatchOptions, this as never)
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { scope } = stateOf(this.#request)
    this.isReused = this.#route.opened() === this.#openedBefore
    if (scope.aborted) controller.abort(scope.reason as Error)
    else if (scope.canAbort) this.#off = scope.onAbort((reason) => controller.abort(reason as Error))
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[]>,
    statusText = '',
  ): void {
    if (status < 200) return
    const incoming = new Incoming(controller)
    this.#incoming = incoming
    this.#settle?.resolve(toResponse(incoming, status, statusText, headers, this.#request))
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#incoming?.push(chunk)
  }

  onResponseEnd(): void {
    this.#off?.()
    this.#route.ended()
    this.#incoming?.end()
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#off?.()
    // Before the headers the call fails, after them the body does.
    if (this.#incoming) this.#incoming.fail(bodyError(error, this.#request))
    else this.#settle?.reject(error)
  }
}

/** As the platform's fetch words it: a `TypeError` whose cause says what happened; an abort is its own reason. */
function bodyError(error: Error, request: LayerRequest): unknown {
  const { scope } = stateOf(request)
  return scope.aborted ? scope.reason : new TypeError('terminated', { cause: error })
}

function wireHeaders(headers: Headers, type: string | undefined): string[] {
  const flat: string[] = []
  for (const [name, value] of headers) flat.push(name, value)
  if (type !== undefined && !headers.has('content-type')) flat.push('content-type', type)
  if (!headers.has('accept')) flat.push('accept', '*/*')
  acceptEncoding ??= knownCodings().join(', ')
  if (!headers.has('accept-encoding')) flat.push('accept-encoding', acceptEncoding)
  return flat
}

function toResponse(incoming: Incoming, status: number, statusText: string, fields: Fields, request: LayerRequest): Response {
  const isEmpty = request.method === 'HEAD' || NULL_BODY.has(status)
  const coding = fields['content-encoding']
  const codings = isEmpty ? undefined : coding === undefined ? NO_CODINGS : codingsOf(String(coding))
  const url = request.url.hash === '' ? request.url.href : (request.url.href.split('#', 1)[0] ?? '')
  if (stateOf(request).call.wantsOnlyData) {
    // Every member of a Response is there; TypeScript cannot see through the prototype.
    return new LazyResponse({ incoming, status, statusText, fields, url, codings }) as unknown as Response
  }
  const body = codings ? incoming.stream(codings) : null
  const response = new Response(body as BodyInit | null, { status, statusText, headers: realHeaders(fields) })
  Object.defineProperty(response, 'url', { value: url, configurable: true })
  if (body) dropped.register(response, incoming)
  return response
}

const NO_CODINGS: readonly string[] = []

/** A response that is dropped unread gives its connection up. */
const dropped = new FinalizationRegistry((incoming: Incoming) => {
  if (!incoming.isRead) incoming.cancel()
})

function codingsOf(header: string): readonly string[] {
  const named = header
    .toLowerCase()
    .split(/\s*,\s*/)
    .filter((coding) => coding !== '' && coding !== 'identity')
  // A coding that we have not asked for stays, as with the platform's fetch.
  return named.every((coding) => [...knownCodings(), 'x-gzip'].includes(coding)) ? named : NO_CODINGS
}

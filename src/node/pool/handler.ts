/**
 * One request on a dispatcher, and the `Response` that comes of it: begin, head, data, and end or fail, as `callbacks.ts` calls
 * them.
 */
import type { Dispatcher } from 'undici'
import { isSessionError } from '../../contract/errors.ts'
import type { Lifetime } from '../../exchange/lifetime.ts'
import { endsWithLifetime } from '../../exchange/limited-body.ts'
import { withoutReply } from '../failures.ts'
import { codingsOf } from './codings.ts'
import { type Controller, Incoming } from './incoming.ts'
import type { Fields } from './lazy-headers.ts'
import { lazyResponse } from './lazy-response.ts'
import { isLazy, type MayBeLazy } from './may-be-lazy.ts'
import { realResponse } from './real-response.ts'

/** What a handler needs to know of its request. */
export interface Sending {
  readonly url: URL
  readonly method: string
  readonly lifetime: Lifetime
  /** Which responses nobody but the library reads. */
  readonly lazy: MayBeLazy
  /** Whether each chunk of the body is looked at on its way. */
  readonly isCounted: boolean
  /** Content codings that are undone. */
  readonly codings: readonly string[]
  /** Told when the request begins, and when it is over, body and all. */
  readonly onBegin?: (running: Running) => void
  readonly onEnd?: (isWhole: boolean) => void
}

/** A request under way, for whoever ends it from outside. */
export interface Running {
  abort(reason: Error): void
}

/** Fetch standard 2.2.3, "null body status". */
const NULL_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304])

/** The state of one request. It drops what it knows of the request when the headers come, and lives on until the body ends. */
export abstract class Handler {
  #sending: Sending | undefined
  #resolve: ((response: Response) => void) | undefined
  #reject: ((error: unknown) => void) | undefined
  readonly #lifetime: Lifetime
  readonly #onEnd: Sending['onEnd']
  #incoming: Incoming | undefined
  #off: (() => void) | undefined
  #controller: Controller | undefined
  /** Whether undici has begun to write the request. */
  isBegun = false
  /** Whether a byte of a response has come. */
  isAnswered = false
  /** Told that its call has ended before the request has begun, by who keeps the request until then. */
  onUnwanted: (() => void) | undefined

  constructor(sending: Sending) {
    this.#sending = sending
    this.#lifetime = sending.lifetime
    this.#onEnd = sending.onEnd
  }

  /** Whether its call has been ended. */
  get isUnwanted(): boolean {
    return this.#lifetime.aborted
  }

  /** Hands the request over. Rejects with what undici says, or with the reason of an abort. */
  send(dispatcher: Pick<Dispatcher, 'dispatch'>, options: object): Promise<Response> {
    const lifetime = this.#lifetime
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      if (lifetime.canAbort) this.#off = lifetime.onAbort((reason) => this.#abort(reason))
      // undici's types know fewer methods than HTTP, and a handler by its own interface only.
      dispatcher.dispatch(options as Dispatcher.DispatchOptions, this as never)
    })
  }

  /** Ends the request: its response is not wanted. */
  cancel(): void {
    this.#controller?.abort(new DOMException('The operation was aborted.', 'AbortError'))
  }

  /**
   * Ends the request for a reason. One that still waits for a connection has no controller yet: `begin` ends it when its turn
   * comes.
   */
  #abort(reason: unknown): void {
    if (this.#controller) this.#controller.abort(reason as Error)
    else {
      this.#reject?.(reason)
      this.onUnwanted?.()
    }
  }

  protected begin(controller: Controller): void {
    this.isBegun = true
    this.#controller = controller
    this.#sending?.onBegin?.(controller)
    if (this.#lifetime.aborted) controller.abort(this.#lifetime.reason as Error)
  }

  protected head(controller: Controller, status: number, fields: Fields, statusText = ''): void {
    const sending = this.#sending
    if (status < 200 || !sending) return
    this.#sending = undefined
    const incoming = new Incoming(controller)
    try {
      this.#resolve?.(toResponse(incoming, status, statusText, fields, sending))
      this.#incoming = incoming
      // They hold the promise, and so the response: a dropped one would stay as long as its body comes.
      this.#resolve = undefined
      this.#reject = undefined
    } catch (error) {
      this.#reject?.(error)
      controller.abort(error as Error)
    }
  }

  protected data(chunk: Uint8Array): void {
    this.#incoming?.push(chunk)
  }

  protected end(): void {
    this.#finish(true)
    this.#incoming?.end()
  }

  protected fail(error: Error): void {
    this.#finish(false)
    // Before the headers the call fails, after them the body does.
    if (this.#incoming) this.#incoming.fail(bodyError(error, this.#lifetime))
    else this.#reject?.(error)
  }

  #finish(isWhole: boolean): void {
    this.#off?.()
    if (this.#controller) this.#onEnd?.(isWhole)
    this.#controller = undefined
  }

  onResponseStarted(): void {
    this.isAnswered = true
  }
}

/** The error of a body that breaks off, as the platform's fetch words it; after an abort the reason of the abort. */
function bodyError(error: Error, lifetime: Lifetime): unknown {
  if (lifetime.aborted) return lifetime.reason
  return isSessionError(error) ? error : new TypeError('terminated', { cause: withoutReply(error) })
}

function toResponse(incoming: Incoming, status: number, statusText: string, fields: Fields, sending: Sending): Response {
  const { url, method, lazy } = sending
  const isEmpty = method === 'HEAD' || NULL_BODY.has(status)
  const codings = isEmpty ? undefined : codingsOf(fields['content-encoding'], sending.codings)
  const href = url.hash === '' ? url.href : (url.href.split('#', 1)[0] ?? '')
  // Every member of a Response is there; TypeScript cannot see through the prototype.
  if (isLazy(lazy, status, fields.location)) {
    const response = lazyResponse({ incoming, status, statusText, fields, url: href, codings }) as unknown as Response
    // Its body breaks off when the request is aborted. One that is decoded, or that somebody counts, is watched as a stream.
    if (sending.lifetime.canAbort && !sending.isCounted && !codings?.length) endsWithLifetime(response, incoming.ended())
    return response
  }
  const head = { status, statusText, fields, url: href }
  return codings
    ? realResponse(incoming.stream(codings), head, { incoming, isPlain: codings.length === 0 })
    : realResponse(null, head)
}

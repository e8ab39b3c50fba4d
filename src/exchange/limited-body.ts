/**
 * A body that is watched while it is read: `maxBytes`, `timeout.idle`, progress, and an abort that reports its own reason.
 *
 * The response stays the platform's object; its `body` and its reading methods become ours, on this one object.
 * They read through `getReader()`: a stream that errors inside `new Response(stream).text()` comes out as another error in
 * every browser engine. Nothing is read before the user reads.
 */
import { BodyTooLargeError, describe } from '../contract/errors.ts'
import { hide } from '../contract/kind.ts'
import type { SessionResponse } from '../contract/response.ts'
import { readBytes } from '../http/bytes.ts'
import { timedOut } from './failure.ts'
import { copyMarks } from './marks.ts'
import { meter } from './progress.ts'
import { type Exchange, forCaller } from './request.ts'

/** Bodies that are watched, and when each has been read, cancelled or broken off. */
const ends = new WeakMap<Response, Promise<void>>()

const READS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const

type Chunk = Uint8Array<ArrayBuffer>
type Stream = ReadableStream<Uint8Array>
type Reader = ReadableStreamDefaultReader<Uint8Array>

/** Reports whether the body of an exchange has to be watched. `canAbort: false` asks for all reasons but an abort. */
export function isLimited({ call, lifetime }: Exchange, canAbort = lifetime.canAbort): boolean {
  return canAbort || Boolean(call.maxBytes ?? call.timeout?.idle ?? call.options.onDownloadProgress)
}

/** Leaves a body alone that ends with its lifetime, for the same reason, and tells when it has ended. */
export function endsWithLifetime(response: Response, ended: Promise<void>): void {
  ends.set(response, ended)
}

/**
 * Watches the body of a response by all limits of its call. Resolves when the body has ended; a second call gives the same
 * promise.
 */
export function limitBody(response: Response, exchange: Exchange): Promise<void> {
  const known = ends.get(response)
  if (known) return known
  const { body } = response
  if (!body) meter(response, exchange)?.(0, true)
  const ended = new Promise<void>((end) => {
    if (body) takeOver(response, () => watched(body, response, exchange, end))
    else end()
  })
  ends.set(response, ended)
  return ended
}

/** Replaces the body and the reading methods of a response by ours. The stream is made when somebody asks for it. */
function takeOver(response: Response, open: () => Stream): void {
  // A Response over our stream: it knows whether somebody has read of it.
  let inner: Response | undefined
  const own = () => {
    inner ??= new Response(open())
    return inner
  }
  const unread = (): Stream => {
    const { body, bodyUsed } = own()
    if (!body || bodyUsed || body.locked) throw new TypeError('the body was already read, or is being read')
    return body
  }
  const clone = () => {
    const [mine, other] = unread().tee()
    inner = new Response(mine)
    const { status, statusText, headers } = response
    const copy = copyMarks(response as SessionResponse, new Response(null, { status, statusText, headers }))
    takeOver(copy, () => other)
    return copy
  }
  const reads = READS.map((read) => [
    read,
    async () => {
      const bytes = await readBytes(unread())
      const type = response.headers.get('content-type')
      // A platform without `bytes()` gets it all the same. Bytes and not a Blob, since the Blob of a test environment is
      // another one than the platform's Response knows.
      return read === 'bytes' ? bytes : new Response(bytes, type === null ? {} : { headers: { 'content-type': type } })[read]()
    },
  ])
  hide(response, { clone, ...Object.fromEntries(reads) })
  Object.defineProperties(response, {
    body: { get: () => own().body, configurable: true },
    bodyUsed: { get: () => inner?.bodyUsed ?? false, configurable: true },
  })
}

/** The source, counted and timed. It errors with our error, and closes the connection when it does. */
function watched(source: Stream, response: Response, exchange: Exchange, onEnd: () => void): Stream {
  const { lifetime } = exchange
  const reader = source.getReader()
  const read = counted(reader, response, exchange)
  let off = () => {}
  const close = () => {
    off()
    onEnd()
  }
  const fail = (controller: Controller, reason: unknown) => {
    close()
    controller.error(reason)
    reader.cancel(reason).catch(() => undefined)
  }
  return byteStream({
    start(controller) {
      off = lifetime.onAbort((reason) => fail(controller, reason))
    },
    async pull(controller) {
      try {
        const chunk = await read()
        if (chunk) return controller.enqueue(chunk)
        close()
        controller.close()
        // A reader that brought its own buffer (BYOB) waits until its request is answered, also at the end.
        if ('byobRequest' in controller) controller.byobRequest?.respond(0)
      } catch (error) {
        if (!lifetime.aborted) fail(controller, error)
      }
    },
    cancel(reason) {
      close()
      return reader.cancel(reason)
    },
  })
}

type Controller = ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array>

interface Source {
  start(controller: Controller): void
  pull(controller: Controller): Promise<void>
  cancel(reason: unknown): Promise<void>
}

/** A byte stream, as the platform's bodies are; WebKit has no such streams to be made. */
function byteStream(source: Source): Stream {
  const strategy = { highWaterMark: 0 }
  try {
    // TypeScript's overloads tell the two kinds of source apart by the controller, and ours takes either.
    return new ReadableStream({ ...source, type: 'bytes' } as unknown as UnderlyingDefaultSource<Uint8Array>, strategy)
  } catch {
    return new ReadableStream(source as UnderlyingDefaultSource<Uint8Array>, strategy)
  }
}

/** Reads a chunk, `undefined` at the end. A copy: a byte stream takes the buffer over, and it may be somebody else's. */
function counted(reader: Reader, response: Response, exchange: Exchange): () => Promise<Chunk | undefined> {
  const { call, lifetime } = exchange
  const { maxBytes = Number.POSITIVE_INFINITY, timeout } = call
  const tellProgress = meter(response, exchange)
  let bytes = 0
  const next = () => {
    const idle = timeout?.idle
    const step = reader.read()
    return idle ? step.finally(lifetime.limit(idle, timedOut(exchange, 'idle', idle))) : step
  }
  return async () => {
    let step = await next()
    while (!step.done && step.value.byteLength === 0) step = await next()
    lifetime.throwIfAborted()
    if (!step.done) bytes += step.value.byteLength
    if (bytes > maxBytes)
      throw new BodyTooLargeError(`${describe(exchange)}: the body is larger than maxBytes (${maxBytes})`, {
        request: forCaller(exchange),
      })
    tellProgress?.(bytes, step.done)
    return step.done ? undefined : new Uint8Array(step.value)
  }
}

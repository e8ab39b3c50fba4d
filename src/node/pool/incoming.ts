/**
 * A body as it comes from undici's dispatcher: kept until somebody reads it, then handed on.
 *
 * Up to a cap it is taken in at once, so that a response that nobody reads gives its connection back; beyond that the
 * connection waits, and is closed when the response is dropped.
 */

import { joinBytes } from '../../http/bytes.ts'
import type { Maybe } from '../maybe.ts'
import { decoded } from './codings.ts'

/** Bytes taken in before anybody reads: 512 kB. */
const READ_AHEAD = 1 << 19

/** How undici lets a body be held up and ended. */
export interface Controller {
  pause(): void
  resume(): void
  abort(reason: Error): void
}

/** The body of a response as it comes from undici, kept until somebody reads it. */
export class Incoming {
  /** Dropped when the body ends: it holds the request, and the response of a redirect lives on in the history of the call. */
  #controller: Controller | undefined
  #chunks: Uint8Array[] = []
  #bytes = 0
  #isOver = false
  #error: { readonly reason: unknown } | undefined
  /** Set before `resume`, which may hand over at once what waits in the socket, the end of the body too. */
  #wake: (() => void) | undefined
  isRead = false
  #onEnd: (() => void) | undefined

  constructor(controller: Controller) {
    this.#controller = controller
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
    if (this.#wake) this.#wake()
    else if (this.#bytes > READ_AHEAD) this.#controller?.pause()
  }

  end(): void {
    this.#isOver = true
    this.#close()
  }

  fail(reason: unknown): void {
    this.#error = { reason }
    this.#close()
  }

  #close(): void {
    this.#controller = undefined
    this.#onEnd?.()
    this.#wake?.()
  }

  /** Resolves when the body has come, or has broken off. Asked for before that. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEnd = resolve
    })
  }

  cancel(reason?: unknown): void {
    this.#controller?.abort(reason instanceof Error ? reason : new Error('the body was cancelled'))
  }

  /** Reads on without keeping anything, to a cap in bytes and time; then the connection is closed. */
  dump(maxBytes: number, ms: number): Promise<void> | undefined {
    this.isRead = true
    this.#chunks = []
    if (this.#isOver || this.#error) return undefined
    const start = this.#bytes
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.cancel()
        done()
      }, ms)
      this.#wake = () => {
        this.#chunks = []
        if (this.#bytes - start > maxBytes) this.cancel()
        if (this.#isOver || this.#error) done()
      }
      this.#controller?.resume()
    })
  }

  /** The whole body. Without a wait if it is there already. */
  all(): Maybe<Uint8Array> {
    this.isRead = true
    if (this.#isOver || this.#error) return this.#whole()
    return new Promise<void>((resolve) => {
      this.#wake = () => {
        if (this.#isOver || this.#error) resolve()
      }
      this.#controller?.resume()
    }).then(() => this.#whole())
  }

  #whole(): Uint8Array {
    if (this.#error) throw this.#error.reason
    const [only] = this.#chunks
    return this.#chunks.length === 1 && only ? only : joinBytes(this.#chunks, this.#bytes)
  }

  /** The body as a web stream, decoded. */
  stream(codings: readonly string[]): ReadableStream<Uint8Array> {
    const raw = this.#raw()
    return codings.length === 0 ? raw : decoded(raw, codings)
  }

  #raw(): ReadableStream<Uint8Array> {
    const stream = new ReadableStream<Uint8Array>(
      {
        type: 'bytes',
        pull: async (controller) => {
          this.isRead = true
          if (this.#chunks.length === 0 && !this.#isOver && !this.#error) {
            await new Promise<void>((resolve) => {
              this.#wake = resolve
              this.#controller?.resume()
            })
            this.#wake = undefined
          }
          const chunk = this.#chunks.shift()
          if (chunk) {
            this.#bytes -= chunk.byteLength
            // A copy: the stream takes the buffer over, and undici's chunks share one.
            return controller.enqueue(new Uint8Array(chunk))
          }
          if (this.#error) return controller.error(this.#error.reason)
          controller.close()
          // A reader that brought its own buffer waits for an answer to it.
          controller.byobRequest?.respond(0)
        },
        cancel: (reason) => this.cancel(reason),
      } satisfies UnderlyingByteSource as unknown as UnderlyingDefaultSource<Uint8Array>,
      { highWaterMark: 0 },
    )
    // Most bodies have ended by then, and to be told of a dropped one costs more than the stream.
    if (dropped) queueMicrotask(() => this.#isOver || this.#error || dropped.register(stream, new WeakRef(this)))
    return stream
  }
}

/** Cancels the body of a stream that was garbage-collected unread, so that its connection is closed. Only Node comes here. */
const dropped =
  globalThis.FinalizationRegistry && new FinalizationRegistry((incoming: WeakRef<Incoming>) => incoming.deref()?.cancel())

/**
 * A body as it comes from undici's dispatcher: kept until somebody reads it, then handed on.
 *
 * Up to a cap it is taken in at once, so that a response that nobody reads gives its connection back; beyond that the
 * connection waits, and is closed when the response is dropped.
 */
import { builtin } from './builtin.ts'

/** Bytes taken in before anybody asks. */
const READ_AHEAD = 1 << 19

export interface Controller {
  pause(): void
  resume(): void
  abort(reason: Error): void
}

export class Incoming {
  readonly #controller: Controller
  #chunks: Uint8Array[] = []
  #bytes = 0
  #isOver = false
  #error: { readonly reason: unknown } | undefined
  #wake: (() => void) | undefined
  isRead = false

  constructor(controller: Controller) {
    this.#controller = controller
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
    if (this.#wake) this.#wake()
    else if (this.#bytes > READ_AHEAD) this.#controller.pause()
  }

  end(): void {
    this.#isOver = true
    this.#wake?.()
  }

  fail(reason: unknown): void {
    this.#error = { reason }
    this.#wake?.()
  }

  cancel(reason?: unknown): void {
    if (this.#isOver) return
    this.#controller.abort(reason instanceof Error ? reason : new Error('the body was cancelled'))
  }

  /** Reads on without keeping anything, to a cap in bytes and time; then the connection is closed. */
  dump(maxBytes: number, ms: number): Promise<void> | undefined {
    this.isRead = true
    this.#chunks = []
    if (this.#isOver || this.#error) return undefined
    const start = this.#bytes
    this.#controller.resume()
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
    })
  }

  /** The whole body. Without a wait if it is there already. */
  async all(): Promise<Uint8Array> {
    this.isRead = true
    if (!this.#isOver && !this.#error) {
      this.#controller.resume()
      await new Promise<void>((resolve) => {
        this.#wake = () => {
          if (this.#isOver || this.#error) resolve()
        }
      })
    }
    if (this.#error) throw this.#error.reason
    const [only] = this.#chunks
    return this.#chunks.length === 1 && only ? only : joined(this.#chunks, this.#bytes)
  }

  /** The body as a web stream, decoded. */
  stream(codings: readonly string[]): ReadableStream<Uint8Array> {
    const raw = this.#raw()
    return codings.length === 0 ? raw : decoded(raw, codings)
  }

  #raw(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        type: 'bytes',
        pull: async (controller) => {
          this.isRead = true
          if (this.#chunks.length === 0 && !this.#isOver && !this.#error) {
            this.#controller.resume()
            await new Promise<void>((resolve) => {
              this.#wake = resolve
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
  }
}

function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

/** RFC 9110 section 8.4: codings are undone in reverse order. A cut-off end is the body's error, as with the platform's fetch. */
function decoded(raw: ReadableStream<Uint8Array>, codings: readonly string[]): ReadableStream<Uint8Array> {
  return codings.toReversed().reduce((stream, coding) => throughZlib(stream, coding), raw)
}

function throughZlib(stream: ReadableStream<Uint8Array>, coding: string): ReadableStream<Uint8Array> {
  const reader = stream.getReader()
  let output: AsyncIterator<Uint8Array> | undefined

  async function open(): Promise<AsyncIterator<Uint8Array>> {
    const first = await reader.read()
    const decoder = decoderOf(coding, first.value?.[0] ?? 0)
    const feed = async () => {
      for (let step = first; !step.done; step = await reader.read()) {
        if (!decoder.write(step.value)) await new Promise((resolve) => decoder.once('drain', resolve))
      }
      decoder.end()
    }
    // An empty body has nothing to decode, and a decoder would miss its header.
    if (first.done) return (async function* () {})()
    feed().catch((error: Error) => decoder.destroy(error))
    return decoder[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        output ??= await open()
        const { done, value } = await output.next()
        if (done) controller.close()
        else controller.enqueue(new Uint8Array(value))
      },
      async cancel(reason) {
        await reader.cancel(reason)
        await output?.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}

function decoderOf(coding: string, firstByte: number) {
  const zlib = builtin('node:zlib')
  if (coding === 'br') return zlib.createBrotliDecompress()
  if (coding === 'gzip' || coding === 'x-gzip') return zlib.createGunzip()
  if (coding === 'zstd') return (zlib as unknown as { createZstdDecompress: typeof zlib.createGunzip }).createZstdDecompress()
  // `deflate` is zlib by RFC 9110 section 8.4.1.2, and raw from some servers: the first byte tells.
  return (firstByte & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()
}

/** Codings that this Node can undo, for `accept-encoding`. */
export function knownCodings(): string[] {
  return ['gzip', 'deflate', 'br', ...('createZstdDecompress' in builtin('node:zlib') ? ['zstd'] : [])]
}

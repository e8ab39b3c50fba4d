/** A request's body on its way into an HTTP/2 stream, no faster than the stream takes it. */
import type { ClientHttp2Stream } from 'node:http2'
import { wrongLength } from './http2-errors.ts'

/** Writes a body that comes in pieces. */
export class Upload {
  readonly #stream: ClientHttp2Stream
  /** Length of the whole body, where it is known. */
  readonly #expected: number | undefined
  #isStopped = false
  #wake: (() => void) | undefined

  constructor(stream: ClientHttp2Stream, expected: number | undefined) {
    this.#stream = stream
    this.#expected = expected
    stream.on('drain', () => this.#wake?.())
  }

  /** Writes no more: the answer is there, or the stream has ended. */
  stop(): void {
    this.#isStopped = true
    this.#wake?.()
  }

  /** Writes the pieces and the end. Rejects with what `body` throws, and if its length is not the one that was said. */
  async write(body: AsyncIterable<Uint8Array>): Promise<void> {
    let sent = 0
    for await (const chunk of body) {
      if (this.#isOver) return
      sent += chunk.byteLength
      if (this.#expected !== undefined && sent > this.#expected) throw wrongLength('REQ')
      if (!this.#stream.write(chunk)) await this.#drained()
    }
    if (this.#expected !== undefined && sent !== this.#expected) throw wrongLength('REQ')
    this.#stream.end()
  }

  get #isOver(): boolean {
    return this.#isStopped || this.#stream.closed
  }

  #drained(): Promise<void> | undefined {
    if (this.#isOver) return undefined
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

/**
 * Bodies that a server of Node 20 breaks off.
 *
 * For `stream.close(code)` in mid-body it sends no code: an empty frame with END_STREAM, and a millisecond later RST_STREAM with
 * NO_ERROR. A whole body may end with the same two frames, but then they follow its last bytes at once. So where the end comes
 * alone, after a silence, the stream is looked after for a moment longer, and a reset means that the body is not whole.
 *
 * Only where the request has no body: otherwise the reset asks for no more of it (RFC 9113 section 8.1). And only without a
 * Content-Length, which Node compares. From Node 22 on there is no reset, and nobody can tell.
 */

/** How long nothing comes before an end that is alone, in ms. */
const SILENCE = 3
/** How long a reset may come after it, in ms. */
const LINGER = 2

/** Notes whether nothing has come of a stream for a while. */
export class Silence {
  #frames = 0
  #timer: NodeJS.Timeout | undefined
  isLong = false

  /** Bytes have come. */
  broken(): void {
    this.#frames++
    this.isLong = false
    if (this.#timer) this.#timer.refresh()
    else this.#timer = setTimeout(() => this.#passed(), SILENCE).unref()
  }

  /** The end has come: what is known stays. */
  end(): void {
    this.#frames++
    clearTimeout(this.#timer)
  }

  #passed(): void {
    const frames = this.#frames
    // After the event loop has read what has come in the meantime: it may have been held up.
    setImmediate(() => {
      this.isLong = frames === this.#frames
    })
  }
}

/** Calls back when a reset would have come. */
export function linger(callback: () => void): void {
  setTimeout(() => setImmediate(callback), LINGER)
}

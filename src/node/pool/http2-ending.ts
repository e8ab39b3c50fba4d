/**
 * How a stream has ended, told by its frames: Node alone gives a body that is broken off like a whole one, see `http2-socket.ts`.
 * It is whole if its last frame has END_STREAM, and Node has given all bytes of the frames before.
 */
import type { Event } from './http2-frames.ts'
import type { Silent } from './http2-silence.ts'

/** What the frames of one stream have said so far. */
export class Ending {
  /** The server's last frame: `undefined` while there is more to come. */
  #last: Exclude<Event, 'headers' | 'data'> | undefined
  /** Whether the server has reset the stream, be it after its last frame. */
  #wasReset = false
  /** Whether the last frame came after a silence. */
  #isAlone: Silent = 'no'
  /** Bytes of the body in the frames so far. */
  #received = 0
  /** Content-Length of the response. */
  said: number | undefined
  /** Whether the request has no body: then its headers were its end. */
  isOfBodiless = false

  /** Notes a frame. `silent`: what was before it on the connection, if that has no other request. Returns whether it is the last one. */
  note(event: Event, length: number, silent: Silent): boolean {
    if (this.#last !== undefined) {
      if (event === 'reset') this.#noteReset()
      return false
    }
    this.#received += length
    if (event === 'headers' || event === 'data') return false
    this.#last = event
    this.#wasReset = event === 'reset'
    this.#isAlone = silent
    if (silent === 'perhaps') setImmediate(() => this.#turned())
    return true
  }

  /** Whether the last frame has come. */
  get hasCome(): boolean {
    return this.#last !== undefined
  }

  /** Whether the last frame has END_STREAM, and Node has given all bytes: if not, it has found a frame to be wrong. */
  isWhole(delivered: number): boolean {
    const isEnded = this.#last === 'end' || (this.#last === 'bare end' && !this.#isBrokenOff)
    return isEnded && delivered === this.#received
  }

  /** Whether the server has broken the stream off by a reset. */
  get isReset(): boolean {
    return this.#last === 'reset' || this.#isBrokenOff
  }

  /** Whether the body may be broken off as Node 20 does it: then a reset is waited for. */
  get mayBeBrokenOff(): boolean {
    return this.#last === 'bare end' && this.#isAlone !== 'no' && this.isOfBodiless && this.said === undefined
  }

  get #isBrokenOff(): boolean {
    return this.#wasReset && this.mayBeBrokenOff
  }

  /** Whether the body is longer than its Content-Length, or has ended before it. */
  get isWrongLength(): boolean {
    if (this.said === undefined) return false
    return this.#received > this.said || (this.#last !== undefined && this.#received < this.said)
  }

  /** A reset after the last frame. If it was read together with that one, both may have waited. */
  #noteReset(): void {
    this.#wasReset = true
    if (this.#isAlone === 'perhaps') this.#isAlone = 'no'
  }

  /** The event loop has read all that waited. */
  #turned(): void {
    if (this.#isAlone === 'perhaps') this.#isAlone = 'yes'
  }
}

/**
 * A socket for `node:http2` that also tells what Node does not: how each stream has ended, and whether Node has given the
 * connection up.
 *
 * A body is whole only if its last frame has the flag END_STREAM (RFC 9113 section 8.1); a stream that the server breaks off
 * with RST_STREAM and NO_ERROR ends in Node just like a whole one. And where the server breaks the protocol, Node sends GOAWAY
 * and leaves the requests to wait. So the frames are looked at on their way, in and out.
 */
import type { Duplex } from 'node:stream'
import { joinBytes } from '../../http/bytes.ts'
import { builtin } from '../builtin.ts'
import { type FrameListener, FrameReader } from './http2-frames.ts'

/** A connected socket whose ALPN has chosen h2. */
export interface Http2Socket extends Duplex {
  ref(): unknown
  unref(): unknown
}

/** Bytes that a client sends before its first frame: RFC 9113 section 3.4. */
const PREFACE = 24

/** Puts readers of frames before a socket. It is the socket otherwise: what ends one ends the other. */
export function watched(socket: Duplex, incoming: FrameListener, outgoing: FrameListener): Duplex {
  const received = new FrameReader(incoming)
  const sent = new FrameReader(outgoing, PREFACE)
  let isPaused = false
  const resume = () => {
    if (!isPaused) return
    isPaused = false
    incoming.resumes?.()
    socket.resume()
  }
  const outer = new (builtin('node:stream').Duplex)({
    read: resume,
    write: (chunk: Uint8Array, encoding, callback) => {
      // An error ends it by the socket's own events, after what has come before: the server may have closed after its answers.
      socket.write(chunk, encoding, () => callback())
      sent.read(chunk)
    },
    // Node writes a frame's head and payload apart, and those of all streams at once: together they are one record of TLS.
    writev: (chunks, callback) => {
      const length = chunks.reduce((sum, { chunk }) => sum + (chunk as Uint8Array).byteLength, 0)
      const bytes = joinBytes(
        chunks.map(({ chunk }) => chunk as Uint8Array),
        length,
      )
      socket.write(bytes, () => callback())
      sent.read(bytes)
    },
    final: (callback) => void socket.end(() => callback()),
    destroy: (error, callback) => {
      socket.destroy()
      callback(error)
    },
  })
  const push = (chunk: Uint8Array) => {
    if (outer.push(chunk)) return
    isPaused = true
    socket.pause()
  }
  const steps = new Steps()
  const held = new Held()
  socket.on('data', (chunk: Uint8Array) => {
    const { goaway, block } = received.read(chunk)
    const split = Math.min(goaway, block)
    const whole = held.take(chunk, split)
    if (whole.length > 0) steps.soon(() => push(whole))
    if (split < block) steps.later(() => push(chunk.subarray(split, block)))
    held.keep(chunk.subarray(block))
  })
  socket.on('end', () => steps.later(() => outer.push(null)))
  socket.on('error', (error) => steps.later(() => outer.destroy(error)))
  socket.on('close', () => steps.later(() => outer.destroy()))
  return outer
}

/**
 * The beginning of a header block, until the rest of it has come.
 *
 * Node 20 that has half of a block when its connection ends aborts the process when it collects the connection as garbage:
 * `Assertion failed: (current_nghttp2_memory_) == (0)`.
 */
class Held {
  #pieces: Uint8Array[] = []
  #length = 0

  keep(piece: Uint8Array): void {
    if (piece.length === 0) return
    this.#pieces.push(piece)
    this.#length += piece.length
  }

  /** What goes on now: what was kept and the bytes of `chunk` before an index. Nothing, while the block goes on in all of it. */
  take(chunk: Uint8Array, end: number): Uint8Array {
    const more = chunk.subarray(0, end)
    if (end === 0 || this.#length === 0) return more
    const whole = joinBytes([...this.#pieces, more], this.#length + end)
    this.#pieces = []
    this.#length = 0
    return whole
  }
}

/** How long Node is given to take in what has come before an end, in ms: it reads nothing while it writes. */
const TURN = 2

/**
 * What a socket tells, in order, a GOAWAY and the end a little later than the rest: Node then destroys all streams at once, also
 * those that are whole but not read yet.
 */
class Steps {
  readonly #waiting: { readonly step: () => void; readonly isLate: boolean }[] = []

  /** Takes a step: at once, if none waits. */
  soon(step: () => void): void {
    if (this.#waiting.length > 0) this.#waiting.push({ step, isLate: false })
    else step()
  }

  /** Takes a step when a turn has passed after those before it. */
  later(step: () => void): void {
    if (this.#waiting.push({ step, isLate: true }) === 1) this.#wait()
  }

  #wait(): void {
    setTimeout(() => setImmediate(() => this.#take()), TURN)
  }

  #take(): void {
    do this.#waiting[0]?.step()
    while (this.#waiting.shift() && this.#waiting[0]?.isLate === false)
    if (this.#waiting.length > 0) this.#wait()
  }
}

/**
 * A socket for `node:http2` that also tells what Node does not: how each stream has ended, and whether Node has given the
 * connection up.
 *
 * A body is whole only if its last frame has the flag END_STREAM (RFC 9113 section 8.1); a stream that the server breaks off
 * with RST_STREAM and NO_ERROR ends in Node just like a whole one. And where the server breaks the protocol, Node sends GOAWAY
 * and leaves the requests to wait. So the frames are looked at on their way, in and out. Each begins with 9 bytes (section
 * 4.1), and of the rest only the length counts, and the code of a GOAWAY:
 *
 *     length 24 | type 8 | flags 8 | stream 32 | payload …
 */
import type { Duplex } from 'node:stream'
import { builtin } from '../builtin.ts'

const HEAD = 9
const DATA = 0
const HEADERS = 1
const RST_STREAM = 3
const GOAWAY = 7
const END_STREAM = 1
/** Bytes of a GOAWAY that are read: the last stream and the code. */
const GOAWAY_HEAD = 8
/** Bytes that a client sends before its first frame: RFC 9113 section 3.4. */
const PREFACE = 24

/** What a frame means for its stream: bytes of the body, the end with the last of them or without any, or a reset. */
export type Event = 'data' | 'end' | 'bare end' | 'reset'

/** Told what the frames say. */
export interface FrameListener {
  /** Told of each frame that is more than headers, with the number of its bytes. */
  heard?(stream: number, event: Event, length: number): void
  /** Told that a side ends the connection, and why. */
  goesAway?(code: number): void
}

/** Reads frames out of pieces that begin and end anywhere. */
export class FrameReader {
  readonly #listener: FrameListener
  readonly #head = new DataView(new ArrayBuffer(HEAD + GOAWAY_HEAD))
  #known = 0
  #needed = HEAD
  #payload: number

  /** @param skipped bytes before the first frame */
  constructor(listener: FrameListener, skipped = 0) {
    this.#listener = listener
    this.#payload = skipped
  }

  /** Reads on. Gives the place where a GOAWAY begins, or the number of bytes. */
  read(bytes: Uint8Array): number {
    let goaway = bytes.length
    for (let at = 0; at < bytes.length; ) {
      const skipped = Math.min(this.#payload, bytes.length - at)
      this.#payload -= skipped
      at += skipped
      while (this.#known < this.#needed && at < bytes.length) this.#head.setUint8(this.#known++, bytes[at++] as number)
      if (this.#known < this.#needed) break
      if (this.#needed === HEAD && this.#head.getUint8(3) === GOAWAY) goaway = Math.min(goaway, Math.max(0, at - HEAD))
      this.#frame()
    }
    return goaway
  }

  #frame(): void {
    const head = this.#head
    const type = head.getUint8(3)
    const length = head.getUint32(0) >>> 8
    if (type === GOAWAY && this.#known === HEAD && length >= GOAWAY_HEAD) {
      this.#needed = HEAD + GOAWAY_HEAD
      return
    }
    this.#payload = length - (this.#known - HEAD)
    if (this.#known > HEAD) this.#listener.goesAway?.(head.getUint32(HEAD + 4))
    this.#known = 0
    this.#needed = HEAD
    const event = eventOf(type, head.getUint8(4), length)
    if (event) this.#listener.heard?.(head.getUint32(5) & 0x7fffffff, event, type === DATA ? length : 0)
  }
}

function eventOf(type: number, flags: number, length: number): Event | undefined {
  if (type === RST_STREAM) return 'reset'
  if (type !== DATA && type !== HEADERS) return undefined
  if (flags & END_STREAM) return type === DATA && length === 0 ? 'bare end' : 'end'
  return type === DATA ? 'data' : undefined
}

/** Puts readers of frames before a socket. It is the socket otherwise: what ends one ends the other. */
export function watched(socket: Duplex, incoming: FrameListener, outgoing: FrameListener): Duplex {
  const received = new FrameReader(incoming)
  const sent = new FrameReader(outgoing, PREFACE)
  const outer = new (builtin('node:stream').Duplex)({
    read: () => void socket.resume(),
    write: (chunk: Uint8Array, encoding, callback) => {
      // An error ends it by the socket's own events, after what has come before: the server may have closed after its answers.
      socket.write(chunk, encoding, () => callback())
      sent.read(chunk)
    },
    final: (callback) => void socket.end(() => callback()),
    destroy: (error, callback) => {
      socket.destroy()
      callback(error)
    },
  })
  const push = (chunk: Uint8Array) => {
    if (!outer.push(chunk)) socket.pause()
  }
  const steps = new Steps()
  socket.on('data', (chunk: Uint8Array) => {
    const at = received.read(chunk)
    if (at > 0) steps.soon(() => push(chunk.subarray(0, at)))
    if (at < chunk.length) steps.later(() => push(chunk.subarray(at)))
  })
  socket.on('end', () => steps.later(() => outer.push(null)))
  socket.on('error', (error) => steps.later(() => outer.destroy(error)))
  socket.on('close', () => steps.later(() => outer.destroy()))
  return outer
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

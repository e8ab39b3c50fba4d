/**
 * Reads what HTTP/2 frames say of their streams and of the connection, out of the bytes of a socket.
 *
 * Of a frame only its 9 bytes of head count (RFC 9113 section 4.1), and of its payload the length of the padding, or the code of
 * a GOAWAY:
 *
 *     length 24 | type 8 | flags 8 | stream 32 | payload …
 */

const HEAD = 9
const DATA = 0
const HEADERS = 1
const RST_STREAM = 3
const GOAWAY = 7
const CONTINUATION = 9
const END_STREAM = 1
const END_HEADERS = 4
const PADDED = 8
/** Bytes of a GOAWAY that are read: the last stream and the code. */
const GOAWAY_HEAD = 8
/** Longest header block, in bytes as they are sent: twice of what `http2-connection.ts` takes when they are decoded. */
const LONGEST_BLOCK = 1 << 17

/** What a frame means for its stream: headers, bytes of the body, the end with the last of them or without any, or a reset. */
export type Event = 'headers' | 'data' | 'end' | 'bare end' | 'reset'

/** How header blocks break: by another frame before their end, or by their length. */
export type Break = 'protocol' | 'length'

/** Told what the frames say. */
export interface FrameListener {
  /** Told of each whole frame, and each whole block of headers, with the number of bytes of the body. */
  heard?(stream: number, event: Event, length: number): void
  /** Told that a side ends the connection, and why. */
  goesAway?(code: number): void
  /** Told that a header block will never be a whole one. */
  breaks?(how: Break): void
  /** Told by `http2-socket.ts` that it reads on: what comes now may have come long ago. */
  resumes?(): void
}

/** What there is in a piece of bytes, as indexes into it: its length where there is none. */
export interface Marks {
  /** Where a GOAWAY begins. */
  readonly goaway: number
  /** Where a header block begins that has not ended yet: 0 for one of an earlier piece. */
  readonly block: number
}

/** Reads frames out of pieces that begin and end anywhere. */
export class FrameReader {
  readonly #listener: FrameListener
  readonly #head = new DataView(new ArrayBuffer(HEAD + GOAWAY_HEAD))
  #known = 0
  #needed = HEAD
  /** Bytes of the present frame that are still to come. */
  #payload: number
  /** What the present frame tells when it is whole. */
  #event: { readonly stream: number; readonly name: Event; readonly length: number } | undefined
  /** HEADERS and CONTINUATION frames, which have no other in between (RFC 9113 section 4.3). */
  #block: { readonly stream: number; readonly isEnd: boolean; length: number } | undefined
  /** Whether the block ends with the present frame. */
  #endsBlock = false

  /** @param skipped bytes before the first frame */
  constructor(listener: FrameListener, skipped = 0) {
    this.#listener = listener
    this.#payload = skipped
  }

  /** Reads on. */
  read(bytes: Uint8Array): Marks {
    const { length } = bytes
    let goaway = length
    let block = 0
    for (let at = 0; at < length; ) {
      if (this.#payload > 0) {
        const passed = Math.min(this.#payload, length - at)
        this.#payload -= passed
        at += passed
        if (this.#payload === 0) this.#end()
        continue
      }
      this.#head.setUint8(this.#known++, bytes[at++] as number)
      if (this.#known === HEAD) {
        const start = Math.max(0, at - HEAD)
        const type = this.#head.getUint8(3)
        if (type === GOAWAY) goaway = Math.min(goaway, start)
        if (type === HEADERS && !this.#block) block = start
        this.#needed += this.#wanted(type)
      }
      if (this.#known === this.#needed) this.#begin()
    }
    return { goaway, block: this.#block ? block : length }
  }

  /** Bytes of the payload that are read. */
  #wanted(type: number): number {
    const length = this.#head.getUint32(0) >>> 8
    if (type === GOAWAY) return length < GOAWAY_HEAD ? 0 : GOAWAY_HEAD
    return type === DATA && length > 0 && this.#head.getUint8(4) & PADDED ? 1 : 0
  }

  /** All that is read of a frame is there. */
  #begin(): void {
    const head = this.#head
    const [type, flags, stream] = [head.getUint8(3), head.getUint8(4), head.getUint32(5) & 0x7fffffff]
    const length = head.getUint32(0) >>> 8
    const read = this.#known - HEAD
    this.#known = 0
    this.#needed = HEAD
    this.#payload = length - read
    if (type === GOAWAY && read > 0) this.#listener.goesAway?.(head.getUint32(HEAD + 4))
    const padding = type === DATA && read > 0 ? read + head.getUint8(HEAD) : 0
    const name = eventOf(type, flags, length - padding)
    if (name) this.#event = { stream, name, length: type === DATA ? length - padding : 0 }
    this.#note(type, flags, stream, length)
    if (this.#payload === 0) this.#end()
  }

  #note(type: number, flags: number, stream: number, length: number): void {
    if (this.#block) {
      this.#block.length += HEAD + length
      if (type !== CONTINUATION || stream !== this.#block.stream) return void this.#listener.breaks?.('protocol')
    } else if (type === HEADERS) this.#block = { stream, isEnd: (flags & END_STREAM) > 0, length }
    else return
    if (this.#block.length > LONGEST_BLOCK) return void this.#listener.breaks?.('length')
    this.#endsBlock = (flags & END_HEADERS) > 0
  }

  /** A frame is whole. */
  #end(): void {
    const event = this.#event
    this.#event = undefined
    if (event) this.#listener.heard?.(event.stream, event.name, event.length)
    if (!this.#block || !this.#endsBlock) return
    const { stream, isEnd } = this.#block
    this.#block = undefined
    this.#endsBlock = false
    this.#listener.heard?.(stream, isEnd ? 'end' : 'headers', 0)
  }
}

function eventOf(type: number, flags: number, length: number): Event | undefined {
  if (type === RST_STREAM) return 'reset'
  if (type !== DATA) return undefined
  if (flags & END_STREAM) return length === 0 ? 'bare end' : 'end'
  return 'data'
}

/** Bytes of a body, as many as are to be kept, and what a trace shows of them. */

import { utf8ByteString } from '../http/byte-string.ts'
import type { TraceBody } from './entry.ts'
import type { Mask } from './secrets.ts'

/** Keeps the first bytes of what it is given, and counts all. */
export class Captured {
  bytes = 0
  readonly #most: number
  readonly #chunks: Uint8Array[] = []

  /** `most`: how many bytes to keep; with 0 they are only counted. */
  constructor(most: number) {
    this.#most = most
  }

  get isCut(): boolean {
    return this.bytes > this.#most
  }

  add(chunk: Uint8Array): void {
    const room = this.#most - this.bytes
    this.bytes += chunk.byteLength
    // A copy: whoever reads the chunk may hand its buffer on, and it may be part of a larger one.
    if (room > 0) this.#chunks.push(chunk.slice(0, room))
  }

  /** What a trace shows: text where it is text, else base64. */
  show(mimeType: string, mask: Mask): TraceBody {
    const bytes = joined(this.#chunks)
    const text = textOf(bytes, mimeType, this.isCut)
    if (text !== undefined) return { mimeType, text: mask.body(text, mimeType), isCut: this.isCut }
    const binary = byteStringOf(bytes)
    return { mimeType, base64: btoa(HAS_FIELDS.test(mimeType) ? maskBytes(binary, mimeType, mask) : binary), isCut: this.isCut }
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

/** `undefined` for what is not text in its charset; the last character of a cut body may be cut itself. */
function textOf(bytes: Uint8Array, mimeType: string, isCut: boolean): string | undefined {
  const [, charset = 'utf-8'] = /;\s*charset="?([\w-]+)/i.exec(mimeType) ?? []
  try {
    const text = new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut })
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

/** Types whose fields have names, also where their bytes are no text in their charset: a form with a password and a picture. */
const HAS_FIELDS = /^(?:text|multipart)\/|json|xml|x-www-form-urlencoded/i

/** The mask is the only part that is not bytes, and becomes those of UTF-8. */
function maskBytes(binary: string, mimeType: string, mask: Mask): string {
  return mask.body(binary, mimeType).replace(/[^\0-\xff]+/g, utf8ByteString)
}

/** In pieces: a function takes only so many arguments. */
function byteStringOf(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return binary
}

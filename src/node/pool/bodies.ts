/** The bytes of a body and the content-type that it brings: Fetch standard 5.2, "extract a body". */
import type { Dispatcher } from 'undici'
import { type Body, isOneShot } from '../../http/body.ts'

/** A body as undici takes it. */
export interface Extracted {
  readonly body: Dispatcher.DispatchOptions['body']
  /** The value it was made of, where that is neither text nor bytes: a MockAgent compares it. */
  readonly source?: unknown
  /** Its content-type, where the caller gives none. */
  readonly type?: string | undefined
  /** Its length in bytes, where undici cannot see it. */
  readonly length?: number | undefined
  /** Lets go of what has not been read. */
  readonly cancel?: (reason?: unknown) => void
}

const NO_BODY: Extracted = { body: null }

/**
 * Gives a body's bytes, or where they come from: blobs and the files of a form are read while they are sent. By shape, since
 * test environments and undici have classes of their own, which the platform's fetch sends as the text `[object FormData]`.
 */
export function extractBody(body: Body | null): Extracted {
  if (body === null) return NO_BODY
  if (typeof body === 'string') return { body, type: 'text/plain;charset=UTF-8' }
  if (ArrayBuffer.isView(body)) return { body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) }
  if (Object.prototype.toString.call(body) === '[object ArrayBuffer]') return { body: new Uint8Array(body as ArrayBuffer) }
  const { getAll, sort, slice, size } = body as Partial<FormData & URLSearchParams & Blob>
  if (getAll && sort) return { body: String(body), type: 'application/x-www-form-urlencoded;charset=UTF-8' }
  if (getAll) return { ...multipart(body as FormData), source: body }
  if (slice && size !== undefined) return { ...streamed(body as Blob, (body as Blob).type || undefined), source: body }
  if (isOneShot(body as never))
    return { ...fromStream(new Response(body as BodyInit).body as ReadableStream<Uint8Array>), source: body }
  // The platform turns any other value into text.
  return { body: String(body), type: 'text/plain;charset=UTF-8' }
}

/** The same for `onUploadProgress`, which cancels a stream by itself. */
export function takeApart(body: Body): Pick<Extracted, 'type' | 'length'> & { readonly body: unknown } {
  return isOneShot(body) ? { body: new Response(body as BodyInit).body } : extractBody(body)
}

/**
 * The chunks of a stream, which is cancelled when the request ends early: an endless one would wait for its next chunk for
 * ever.
 */
function fromStream(stream: ReadableStream<Uint8Array>): Extracted {
  const reader = stream.getReader()
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value
  }
  return { body: chunks() as never, cancel: (reason) => void reader.cancel(reason).catch(() => undefined) }
}

type Readable = Pick<Blob, 'size' | 'stream'>

/** The bytes of a Blob as a stream: undici up to 7 would read a whole Blob before it sends any of it. */
function streamed(blob: Readable, type: string | undefined): Extracted {
  if (blob.size === 0) return { body: new Uint8Array(), type }
  return { body: streamOf(blob) as never, type, length: blob.size }
}

/** The bytes of a Blob. That of jsdom has no method which gives them: only a FileReader of its page can. */
function streamOf(blob: Readable): AsyncIterable<Uint8Array> {
  if (typeof blob.stream === 'function') return blob.stream() as unknown as AsyncIterable<Uint8Array>
  const { FileReader } = globalThis as { FileReader?: new () => FileReader }
  if (!FileReader) throw new TypeError("body: this Blob cannot be read here: give one of the platform's")
  const reader = new FileReader()
  const whole = new Promise((resolve, reject) => {
    reader.onload = resolve
    reader.onerror = () => reject(reader.error)
  })
  return (async function* () {
    reader.readAsArrayBuffer(blob as Blob)
    await whole
    yield new Uint8Array(reader.result as ArrayBuffer)
  })()
}

/** Texts and Blobs as one, by hand: the platform's Blob takes one of another class for a text. */
function joined(parts: readonly (string | Blob)[]): Readable {
  const sources = parts.map((part) => {
    if (typeof part !== 'string') return { size: part.size, pieces: streamOf(part) }
    const bytes = new TextEncoder().encode(part)
    return { size: bytes.byteLength, pieces: [bytes] }
  })
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (const { pieces } of sources) yield* pieces
  }
  return { size: sources.reduce((sum, { size }) => sum + size, 0), stream: stream as never }
}

/** HTML standard, "multipart/form-data encoding algorithm". A Blob made of Blobs knows its length without reading them. */
function multipart(form: FormData): Extracted {
  // A boundary of the same form as that of the platform's fetch.
  const random = String(Math.floor(Math.random() * 1e11)).padStart(11, '0')
  const boundary = `----formdata-undici-0${random}`
  const parts: (string | Blob)[] = []
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(withCRLF(name))}"`
    if (typeof value === 'string') parts.push(`${head}\r\n\r\n${withCRLF(value)}\r\n`)
    else {
      const type = value.type || 'application/octet-stream'
      const filename = value.name ? `; filename="${quoted(value.name)}"` : ''
      parts.push(`${head}${filename}\r\nContent-Type: ${type}\r\n\r\n`, value, '\r\n')
    }
  }
  parts.push(`--${boundary}--\r\n`)
  const isPlatforms = parts.every((part) => typeof part === 'string' || part instanceof Blob)
  return streamed(isPlatforms ? new Blob(parts) : joined(parts), `multipart/form-data; boundary=${boundary}`)
}

function withCRLF(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n')
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '%0A', '\r': '%0D', '"': '%22' }

function quoted(text: string): string {
  return text.replace(/[\r\n"]/g, (one) => ESCAPES[one] ?? one)
}

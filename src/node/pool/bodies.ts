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

/** Gives a body's bytes, or where they come from: blobs and the files of a form are read while they are sent. */
export function extractBody(body: Body | null): Extracted {
  if (body === null) return NO_BODY
  if (typeof body === 'string') return { body, type: 'text/plain;charset=UTF-8' }
  if (body instanceof URLSearchParams) return { body: String(body), type: 'application/x-www-form-urlencoded;charset=UTF-8' }
  if (ArrayBuffer.isView(body)) return { body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) }
  if (body instanceof ArrayBuffer) return { body: new Uint8Array(body) }
  if (body instanceof Blob) return { ...streamed(body, body.type || undefined), source: body }
  if (body instanceof FormData) return { ...multipart(body), source: body }
  if (isOneShot(body as never))
    return { ...fromStream(new Response(body as BodyInit).body as ReadableStream<Uint8Array>), source: body }
  // The platform turns any other value into text.
  return { body: String(body), type: 'text/plain;charset=UTF-8' }
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

/** The bytes of a Blob as a stream: undici up to 7 would read a whole Blob before it sends any of it. */
function streamed(blob: Blob, type: string | undefined): Extracted {
  if (blob.size === 0) return { body: new Uint8Array(), type }
  return { body: blob.stream() as never, type, length: blob.size }
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
  return streamed(new Blob(parts), `multipart/form-data; boundary=${boundary}`)
}

function withCRLF(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n')
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '%0A', '\r': '%0D', '"': '%22' }

function quoted(text: string): string {
  return text.replace(/[\r\n"]/g, (one) => ESCAPES[one] ?? one)
}

/** Content codings (RFC 9110 section 8.4), undone by Node's zlib: what the platform's fetch does by itself. */
import type { Transform } from 'node:stream'
import { builtin } from '../builtin.ts'

const NO_CODINGS: readonly string[] = []
/** The limit of the platform's fetch: each coding needs a decoder, and the server chooses how many there are. */
const MOST_CODINGS = 5

/**
 * The codings of a body, by its Content-Encoding, in the order in which they were applied; none where one is unknown, since
 * then nothing can be undone. As the platform's fetch has it, `identity` is unknown.
 *
 * @throws Error for more than five, in the platform's words
 */
export function codingsOf(header: string | string[] | undefined, known: readonly string[] = knownCodings()): readonly string[] {
  if (header === undefined || header === '') return NO_CODINGS
  const codings = String(header).toLowerCase().split(',')
  if (codings.length > MOST_CODINGS)
    throw new Error(`too many content-encodings in response: ${codings.length}, maximum allowed is ${MOST_CODINGS}`)
  const named = codings.map((coding) => coding.trim())
  return named.every((coding) => known.includes(coding) || coding === 'x-gzip') ? named : NO_CODINGS
}

/** RFC 9110 section 8.4: codings are undone in reverse order. */
export function decoded(raw: ReadableStream<Uint8Array>, codings: readonly string[]): ReadableStream<Uint8Array> {
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
        if (!decoder.write(step.value)) await flowing(decoder)
      }
      decoder.end()
    }
    // An empty body is empty: a decoder would fail for want of a header.
    if (first.done) return (async function* () {})()
    feed().catch((error: Error) => decoder.destroy(error))
    return decoder[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          output ??= await open()
          const { done, value } = await output.next()
          if (done) controller.close()
          else controller.enqueue(new Uint8Array(value))
        } catch (cause) {
          // The rest cannot be decoded, and must not hold the connection.
          reader.cancel(cause).catch(() => undefined)
          throw cause instanceof Error && 'errno' in cause ? new TypeError('terminated', { cause }) : cause
        }
      },
      async cancel(reason) {
        await reader.cancel(reason)
        await output?.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}

/** Resolves when the decoder takes more, or has ended. */
function flowing(decoder: Transform): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['drain', 'close', 'error']) decoder.once(event, () => resolve())
  })
}

function decoderOf(coding: string, firstByte: number): Transform {
  const zlib = builtin('node:zlib')
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants
  // Lenient, as the platform's fetch and browsers are: a body that is cut off gives what came, without an error.
  const lenient = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH }
  if (coding === 'br') return zlib.createBrotliDecompress({ flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FLUSH })
  if (coding === 'gzip' || coding === 'x-gzip') return zlib.createGunzip(lenient)
  // Node 22.15 and newer; `knownCodings` has asked. Its types come with a newer @types/node.
  if (coding === 'zstd') return (zlib as unknown as { createZstdDecompress(): Transform }).createZstdDecompress()
  // `deflate` is zlib by RFC 9110 section 8.4.1.2, and raw from some servers: the first byte tells.
  return (firstByte & 0x0f) === 8 ? zlib.createInflate(lenient) : zlib.createInflateRaw(lenient)
}

let known: readonly string[] | undefined

/** Codings that this Node can undo, for `accept-encoding`. */
export function knownCodings(): readonly string[] {
  known ??= ['gzip', 'deflate', 'br', ...('createZstdDecompress' in builtin('node:zlib') ? ['zstd'] : [])]
  return known
}

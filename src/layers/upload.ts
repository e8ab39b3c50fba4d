/** Progress of an upload: the body goes as a stream that tells how much of it has been taken. */
import { type Meter, progressMeter } from '../exchange/progress.ts'
import type { Layer } from '../exchange/request.ts'
import { type Body, currentBody } from '../http/body.ts'

/** A body taken apart: its bytes or their source, and the content-type and length that the platform would give it. */
export interface UploadBody {
  readonly body: unknown
  readonly type?: string | undefined
  readonly length?: number | undefined
}

/** Takes a body apart in an environment, which may refuse to send a stream to this URL. */
export type TakeApart = (body: Body, url: URL) => UploadBody

/** Bytes of one piece, 64 kB, of a body that is in memory: small enough for the progress to move. */
const PIECE = 1 << 16

/** Makes the layer that tells `onUploadProgress`, anew for each send. The server sees the same request as without it. */
export function uploadLayer(takeApart: TakeApart): Layer {
  return (exchange, next) => {
    const { call, url } = exchange
    const listeners = call.options.onUploadProgress
    const body = listeners ? currentBody(exchange.body) : null
    if (!listeners || body === null) return next(exchange)
    const taken = takeApart(body, url)
    const source = typeof taken.body === 'string' ? new TextEncoder().encode(taken.body) : taken.body
    const length = ArrayBuffer.isView(source) ? source.byteLength : taken.length
    const headers = new Headers(exchange.headers)
    if (taken.type && !headers.has('content-type')) headers.set('content-type', taken.type)
    if (length !== undefined) headers.set('content-length', String(length))
    const stream = metered(source, progressMeter(listeners, length))
    return next({ ...exchange, headers, body: stream })
  }
}

function metered(source: unknown, tell: Meter): ReadableStream<Uint8Array> {
  const reader = (source as Partial<ReadableStream<Uint8Array>>).getReader?.()
  const pieces = piecesOf(source, reader)
  let loaded = 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next()
        if (!done) loaded += value.byteLength
        tell(loaded, done === true)
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel(reason) {
        // By the reader: a generator that waits for a piece does not end before that.
        await (reader ? reader.cancel(reason) : pieces.return(undefined))
      },
    },
    { highWaterMark: 0 },
  )
}

async function* piecesOf(
  source: unknown,
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
): AsyncGenerator<Uint8Array, void> {
  // Not `instanceof`: a test environment has classes of its own.
  if (ArrayBuffer.isView(source)) {
    const bytes = source as Uint8Array
    for (let at = 0; at < bytes.byteLength; at += PIECE) yield bytes.subarray(at, at + PIECE)
  }
  // Not `for await`: WebKit's streams have no async iteration.
  else if (reader) for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value
  else yield* source as AsyncIterable<Uint8Array>
}

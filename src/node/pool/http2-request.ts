/**
 * One request on an HTTP/2 connection: a stream of `node:http2`, told to a handler as undici tells it.
 *
 *     start ─► response ─► data … ─► end     whole: `end` after a last frame with END_STREAM
 *       └─────────┴──────────┴─────► fail    whatever else comes: reset, GOAWAY, a lost socket, an abort
 *
 * Node alone does not tell the two apart: `http2-ending.ts` does.
 */
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import { Ending } from './http2-ending.ts'
import {
  brokenProtocol,
  CANCEL,
  coded,
  ENHANCE_YOUR_CALM,
  HTTP_1_1_REQUIRED,
  headersOverflow,
  headersTooLong,
  NO_ERROR,
  notLookedAt,
  REFUSED_STREAM,
  resetError,
  wrongLength,
} from './http2-errors.ts'
import { http2Fields, lengthOf } from './http2-fields.ts'
import type { Event } from './http2-frames.ts'
import type { Carrier, Job } from './http2-job.ts'
import { longestHeaders } from './http2-session.ts'
import { linger, type Silent } from './http2-silence.ts'
import { Upload } from './http2-upload.ts'
import type { Controller } from './incoming.ts'
import { parseFields } from './raw-fields.ts'

/** Bytes of request headers that every server takes. */
const USUAL_REQUEST = 1 << 13

/** A request under way. */
export class Http2Request implements Controller {
  readonly #job: Job
  readonly #carrier: Carrier
  #stream: ClientHttp2Stream | undefined
  #isOver = false
  #isAnswered = false
  /** Bytes of its headers. */
  #length = 0
  readonly #ending = new Ending()
  #isLingering = false
  #error: NodeJS.ErrnoException | undefined
  /** Bytes of the body that Node has given. */
  #delivered = 0
  #upload: Upload | undefined

  constructor(job: Job, carrier: Carrier) {
    this.#job = job
    this.#carrier = carrier
  }

  /** Opens a stream, unless the request is ended when it begins. */
  start(session: ClientHttp2Session): ClientHttp2Stream | undefined {
    const { options, handler } = this.#job
    options.onLine?.(this.#carrier)
    handler.onRequestStart(this)
    if (this.#isOver) return undefined
    const body = typeof options.body === 'string' ? new TextEncoder().encode(options.body) : options.body
    const length = body instanceof Uint8Array ? body.byteLength : body ? undefined : 0
    this.#ending.isOfBodiless = length === 0
    try {
      const { fields, expected } = http2Fields(options, length)
      this.#length = lengthOf(fields)
      const most = longestHeaders(session)
      if (this.#length > most) throw headersTooLong(this.#length, most)
      const stream = session.request(fields, { endStream: length === 0 })
      this.#stream = stream
      this.#listen(stream)
      if (length === 0) return stream
      if (body instanceof Uint8Array) stream.end(body)
      else {
        this.#upload = new Upload(stream, expected)
        this.#upload.write(body as unknown as AsyncIterable<Uint8Array>).catch((error) => this.fail(error))
      }
      return stream
    } catch (error) {
      this.fail(error as Error)
      return undefined
    }
  }

  #listen(stream: ClientHttp2Stream): void {
    const { handler } = this.#job
    stream.on('headers', () => handler.onResponseStarted())
    stream.on('response', (headers, _flags, raw?: string[]) => this.#respond(stream, headers, raw ?? []))
    stream.on('end', () => this.#end(stream))
    stream.on('error', (error) => {
      this.#error = error
    })
    stream.on('close', () => {
      this.#upload?.stop()
      // Of one that is over, an error would be made for nothing.
      if (!this.#isLingering && !this.#isOver) this.fail(this.#whyEnded(stream))
    })
  }

  #respond(stream: ClientHttp2Stream, headers: IncomingHttpHeaders, raw: string[]): void {
    if (this.#isOver) return
    this.#isAnswered = true
    const said = headers['content-length']
    this.#ending.said = said === undefined ? undefined : Number(said)
    this.#carrier.proven()
    const { handler } = this.#job
    handler.onResponseStarted()
    // Without `:status`, which comes first.
    handler.onResponseStart(this, Number(headers[':status']), parseFields(raw.slice(2)), '')
    // Only now: Node tells of the headers a tick later than of the bytes that come with them.
    stream.on('data', (chunk: Uint8Array) => {
      this.#delivered += chunk.byteLength
      if (!this.#isOver) handler.onResponseData(this, chunk)
    })
  }

  #end(stream: ClientHttp2Stream): void {
    if (this.#ending.mayBeBrokenOff) {
      this.#isLingering = true
      linger(() => this.#finish(stream))
    } else this.#finish(stream)
  }

  #finish(stream: ClientHttp2Stream): void {
    if (this.#isOver) return
    if (!this.#ending.isWhole(this.#delivered) || stream.rstCode !== NO_ERROR || !this.#isAnswered) {
      this.fail(this.#whyEnded(stream))
      return
    }
    this.#over(stream)
    this.#job.handler.onResponseEnd()
    this.#letGo(stream, true)
  }

  #over(stream: ClientHttp2Stream | undefined): void {
    this.#isOver = true
    if (stream?.id !== undefined) this.#carrier.forget(stream.id)
  }

  /** Ends what is left of the stream: an upload that was answered early, a body that is not wanted. */
  #letGo(stream: ClientHttp2Stream, isWhole: boolean): void {
    this.#upload?.stop()
    if (stream.closed) stream.destroy()
    else if (!isWhole || !stream.writableFinished) stream.close(CANCEL)
  }

  /** Told by the frames, before Node sees them. `silent`: what was before that on the connection, if it has no other request. */
  heard(event: Event, length: number, silent: Silent): void {
    if (!this.#ending.note(event, length, silent)) return
    // What has come until now is taken in: the connection may end before it is read.
    process.nextTick(() => {
      if (this.#isAnswered) this.#stream?.resume()
    })
  }

  pause(): void {
    if (!this.#ending.hasCome) this.#stream?.pause()
  }

  resume(): void {
    this.#stream?.resume()
  }

  abort(reason: Error): void {
    this.fail(reason)
  }

  /** Ends the request with an error. Only the first one counts. */
  fail(error: Error): void {
    if (this.#isOver) return
    this.#over(this.#stream)
    this.#job.handler.onResponseError(this, error)
    if (this.#stream) this.#letGo(this.#stream, false)
  }

  #whyEnded({ id = 0, rstCode = NO_ERROR }: ClientHttp2Stream): Error {
    if (this.#ending.isReset) return this.#whyReset(rstCode)
    // What Node has found wrong. For a body that is too long it gives the connection up.
    if (this.#ending.isWrongLength) return wrongLength('RES')
    const ofConnection = this.#carrier.whyEnded(id)
    if (ofConnection) return ofConnection
    if (rstCode === ENHANCE_YOUR_CALM && !this.#isAnswered) return headersOverflow()
    // Node has reset the stream.
    if (this.#error?.code === 'ERR_HTTP2_STREAM_ERROR') return brokenProtocol(rstCode)
    return this.#error ?? coded('UND_ERR_SOCKET', 'other side closed')
  }

  #whyReset(code: number): Error {
    // So Node's server says that there are too many headers.
    if (code === ENHANCE_YOUR_CALM && !this.#isAnswered && this.#length > USUAL_REQUEST) return headersTooLong(this.#length)
    const error = resetError(code)
    if (this.#isAnswered || (code !== REFUSED_STREAM && code !== HTTP_1_1_REQUIRED)) return error
    if (code === HTTP_1_1_REQUIRED) this.#carrier.refused()
    return notLookedAt(error, 1)
  }
}

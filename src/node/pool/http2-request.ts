/**
 * One request on an HTTP/2 connection: a stream of `node:http2`, told to a handler as undici tells it.
 *
 *     start ─► response ─► data … ─► end     whole: `end` after a last frame with END_STREAM
 *       └─────────┴──────────┴─────► fail    whatever else comes: reset, GOAWAY, a lost socket, an abort
 *
 * Node alone does not tell the two apart, see `http2-frames.ts`.
 */
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import {
  CANCEL,
  coded,
  ENHANCE_YOUR_CALM,
  HTTP_1_1_REQUIRED,
  NO_ERROR,
  notLookedAt,
  REFUSED_STREAM,
  resetError,
  wrongLength,
} from './http2-errors.ts'
import { http2Fields } from './http2-fields.ts'
import type { Event } from './http2-frames.ts'
import type { Carrier, Job } from './http2-job.ts'
import { linger, Silence } from './http2-silence.ts'
import { Upload } from './http2-upload.ts'
import type { Controller } from './incoming.ts'
import { parseFields } from './raw-fields.ts'

/** A request under way. */
export class Http2Request implements Controller {
  readonly #job: Job
  readonly #carrier: Carrier
  #stream: ClientHttp2Stream | undefined
  #isOver = false
  #isAnswered = false
  /** Whether the request has no body: then its headers were its end. */
  #isEmpty = false
  /** The server's last frame: `undefined` while there is more to come. */
  #last: Exclude<Event, 'data'> | undefined
  /** Where the body may be broken off as Node 20 does it. */
  #silence: Silence | undefined
  #isLingering = false
  #error: Error | undefined
  /** Content-Length of the response, and bytes of its body so far. */
  #said: number | undefined
  #received = 0
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
    this.#isEmpty = length === 0
    if (this.#isEmpty) this.#silence = new Silence()
    try {
      const { fields, expected } = http2Fields(options, length)
      const stream = session.request(fields, { endStream: this.#isEmpty })
      this.#stream = stream
      this.#listen(stream)
      if (this.#isEmpty) return stream
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
      if (!this.#isLingering) this.fail(this.#whyEnded(stream))
    })
  }

  #respond(stream: ClientHttp2Stream, headers: IncomingHttpHeaders, raw: string[]): void {
    if (this.#isOver) return
    this.#isAnswered = true
    const said = headers['content-length']
    if (said !== undefined) this.#noSilence()
    this.#said = said === undefined ? undefined : Number(said)
    this.#carrier.proven()
    const { handler } = this.#job
    handler.onResponseStarted()
    handler.onResponseStart(this, Number(headers[':status']), parseFields(raw), '')
    // Only now: Node tells of the headers a tick later than of the bytes that come with them.
    stream.on('data', (chunk: Uint8Array) => {
      if (!this.#isOver) handler.onResponseData(this, chunk)
    })
  }

  #end(stream: ClientHttp2Stream): void {
    if (this.#last === 'bare end' && this.#silence?.isLong) {
      this.#isLingering = true
      linger(() => this.#finish(stream))
    } else this.#finish(stream)
  }

  #finish(stream: ClientHttp2Stream): void {
    if (this.#isOver) return
    const isEnded = this.#last === 'end' || this.#last === 'bare end'
    if (!isEnded || stream.rstCode !== NO_ERROR || !this.#isAnswered) {
      this.fail(this.#whyEnded(stream))
      return
    }
    this.#over(stream)
    this.#job.handler.onResponseEnd()
    this.#letGo(stream, true)
  }

  #over(stream: ClientHttp2Stream | undefined): void {
    this.#isOver = true
    this.#noSilence()
    if (stream?.id !== undefined) this.#carrier.forget(stream.id)
  }

  #noSilence(): void {
    this.#silence?.end()
    this.#silence = undefined
  }

  /** Ends what is left of the stream: an upload that was answered early, a body that is not wanted. */
  #letGo(stream: ClientHttp2Stream, isWhole: boolean): void {
    this.#upload?.stop()
    if (stream.closed) stream.destroy()
    else if (!isWhole || !stream.writableFinished) stream.close(CANCEL)
  }

  /** Told by the frames, before Node sees them. */
  heard(event: Event, length: number): void {
    this.#received += length
    if (event === 'data') return void this.#silence?.broken()
    this.#silence?.end()
    if (this.#last === undefined || (this.#last === 'bare end' && this.#silence?.isLong)) this.#last = event
    // What has come until now is taken in: the connection may end before it is read.
    process.nextTick(() => {
      if (this.#isAnswered) this.#stream?.resume()
    })
  }

  pause(): void {
    if (this.#last === undefined) this.#stream?.pause()
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
    if (this.#last === 'reset') return this.#whyReset(rstCode)
    // What Node has found wrong. For a body that is too long it gives the connection up.
    if (this.#isWrongLength()) return wrongLength('RES')
    const ofConnection = this.#carrier.whyEnded(id)
    if (ofConnection) return ofConnection
    if (rstCode === ENHANCE_YOUR_CALM && !this.#isAnswered)
      return coded('ERR_HTTP2_HEADERS_OVERFLOW', 'too many response headers')
    return this.#error ?? coded('UND_ERR_SOCKET', 'other side closed')
  }

  #isWrongLength(): boolean {
    if (this.#said === undefined) return false
    return this.#received > this.#said || (this.#last !== undefined && this.#received < this.#said)
  }

  #whyReset(code: number): Error {
    const error = resetError(code)
    if (this.#isAnswered || (code !== REFUSED_STREAM && code !== HTTP_1_1_REQUIRED)) return error
    if (code === HTTP_1_1_REQUIRED) this.#carrier.refused()
    return notLookedAt(error, 1)
  }
}

/**
 * A response for the data door, which needs a status, a few headers and the text: a real `Response` with its `Headers` and
 * streams costs more than the request. It passes `instanceof Response` and has every member; the costly ones are made when they
 * are asked for. Whoever may hand a response on (interceptors, hooks, `session.raw`, `session.fetch`) gets a real one.
 */

import type { SessionResponse } from '../../contract/response.ts'
import { DUMP } from '../../exchange/discard.ts'
import { copyMarks } from '../../exchange/marks.ts'
import { INSPECT } from '../../exchange/request.ts'
import type { Maybe } from '../maybe.ts'
import { decodeText } from './decode-text.ts'
import type { Incoming } from './incoming.ts'
import { lazyHeaders } from './lazy-headers.ts'
import { type Head, realResponse } from './real-response.ts'

interface Parts extends Head {
  readonly incoming: Incoming
  /** Codings to be undone; `undefined` where there is no body. */
  readonly codings: readonly string[] | undefined
}

class LazyResponse {
  readonly #parts: Parts
  readonly #headers: Headers
  #body: ReadableStream<Uint8Array> | null | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    this.#headers = lazyHeaders(parts.fields)
  }

  get status(): number {
    return this.#parts.status
  }

  get statusText(): string {
    return this.#parts.statusText
  }

  get url(): string {
    return this.#parts.url
  }

  get headers(): Headers {
    return this.#headers
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299
  }

  get type(): ResponseType {
    return 'basic'
  }

  get redirected(): boolean {
    return false
  }

  get bodyUsed(): boolean {
    return this.#parts.incoming.isRead
  }

  get body(): ReadableStream<Uint8Array> | null {
    const { codings, incoming } = this.#parts
    this.#body ??= codings ? incoming.stream(codings) : null
    return this.#body
  }

  /** Whether there is a body. ofetch asks this first, by a polyfill's name, and a stream costs as much as the rest of the response. */
  get _bodyInit(): boolean {
    return this.#parts.codings !== undefined
  }

  async text(): Promise<string> {
    return decodeText(await this.#bytes())
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer as ArrayBuffer
  }

  async bytes(): Promise<Uint8Array> {
    // A copy: what undici gives is a part of a larger buffer.
    return new Uint8Array(await this.#bytes())
  }

  async blob(): Promise<Blob> {
    return (await this.#whole()).blob()
  }

  async formData(): Promise<FormData> {
    return (await this.#whole()).formData()
  }

  async #whole(): Promise<Response> {
    const type = this.headers.get('content-type')
    return new Response(
      (await this.#bytes()) as Uint8Array<ArrayBuffer>,
      type === null ? {} : { headers: { 'content-type': type } },
    )
  }

  clone(): Response {
    this.#checkUnread()
    const [mine, other] = this.body?.tee() ?? [null, null]
    this.#body = mine
    return copyMarks(this as unknown as SessionResponse, realResponse(other, this.#parts))
  }

  /** Takes in what is left, to a cap, so that the connection can be used again. */
  [DUMP](maxBytes: number, ms: number): Promise<void> | undefined {
    return this.#parts.incoming.dump(maxBytes, ms)
  }

  #checkUnread(): void {
    if (this.bodyUsed || this.#body?.locked) throw new TypeError('the body was already read, or is being read')
  }

  /** The bytes of the body: without a promise if they are there already, since each promise costs a turn of the event loop. */
  #bytes(): Maybe<Uint8Array> {
    this.#checkUnread()
    const { codings, incoming } = this.#parts
    if (!this.#body && !codings?.length) return incoming.all()
    return new Response(this.body as BodyInit | null).arrayBuffer().then((buffer) => new Uint8Array(buffer))
  }
}

function describeResponse(this: LazyResponse): string {
  return `Response { status: ${this.status}, statusText: '${this.statusText}', url: '${this.url.split('?', 1)[0]}' }`
}

let isReady = false

/**
 * Makes a lazy response. Its class gets its prototype at the first use, since naming `Response` loads Node's fetch, which takes
 * 30 ms.
 */
export function lazyResponse(parts: Parts): LazyResponse {
  if (!isReady) inherit()
  return new LazyResponse(parts)
}

function inherit(): void {
  isReady = true
  Object.setPrototypeOf(LazyResponse.prototype, Response.prototype)
  // The platform's inspect method reads private fields that this does not have.
  Object.defineProperty(LazyResponse.prototype, INSPECT, { value: describeResponse })
}

/**
 * The platform's own `Response`, made of what a dispatcher gives, for whoever may hand it on.
 *
 * Its stream is there as in any other. While nobody has touched the stream, `text()`, `json()` and `arrayBuffer()` take the bytes
 * from where they come in, which costs half as much as reading them through the stream.
 */

import type { SessionResponse } from '../../contract/response.ts'
import { DUMP } from '../../exchange/discard.ts'
import { copyMarks } from '../../exchange/marks.ts'
import { decodeText } from './decode-text.ts'
import type { Incoming } from './incoming.ts'
import { appendFields, type Fields } from './lazy-headers.ts'

/** The part of a response that comes before its body. */
export interface Head {
  readonly status: number
  readonly statusText: string
  readonly fields: Fields
  readonly url: string
}

/** The place where the bytes of a body come in. */
export interface Source {
  readonly incoming: Incoming
  /** Whether the bytes are the body as they are, with no coding to be undone. */
  readonly isPlain: boolean
}

/**
 * Makes the platform's own `Response`.
 *
 * @param source where the stream takes its bytes from, if nobody else reads there
 */
export function realResponse(stream: ReadableStream<Uint8Array> | null, head: Head, source?: Source): Response {
  make ??= responseMaker()
  return make(stream, head, source)
}

type Maker = typeof realResponse
let make: Maker | undefined

/** Makes the class, at the first response: naming `Response` loads Node's fetch, which takes 30 ms. */
function responseMaker(): Maker {
  class Fetched extends Response {
    readonly #url: string
    readonly #stream: ReadableStream<Uint8Array> | null
    #source: Source | undefined

    constructor(stream: ReadableStream<Uint8Array> | null, init: ResponseInit, url: string, source: Source | undefined) {
      super(stream as BodyInit | null, init)
      this.#stream = stream
      this.#url = url
      this.#source = source
    }

    static {
      // Accessors of the platform's class, which TypeScript takes for plain fields.
      Object.defineProperties(Fetched.prototype, {
        constructor: { value: Response, configurable: true, writable: true },
        url: {
          get: function (this: Fetched) {
            return this.#url
          },
          configurable: true,
        },
        type: { get: () => 'basic', configurable: true },
      })
    }

    /** Takes the body away from its stream; from here on the response looks as after a read. */
    #take(): Incoming | undefined {
      const source = this.#source
      if (!source || !this.#stream || this.#stream.locked || this.bodyUsed) return undefined
      this.#source = undefined
      this.#stream.getReader()
      Object.defineProperty(this, 'bodyUsed', { value: true, configurable: true })
      return source.incoming
    }

    #takePlain(): Incoming | undefined {
      return this.#source?.isPlain ? this.#take() : undefined
    }

    override async text(): Promise<string> {
      const incoming = this.#takePlain()
      return incoming ? decodeText(await incoming.all()) : super.text()
    }

    override async json(): Promise<unknown> {
      const incoming = this.#takePlain()
      return incoming ? JSON.parse(decodeText(await incoming.all())) : super.json()
    }

    override async arrayBuffer(): Promise<ArrayBuffer> {
      const incoming = this.#takePlain()
      // A copy: what undici gives is a part of a larger buffer.
      return incoming ? new Uint8Array(await incoming.all()).buffer : super.arrayBuffer()
    }

    override clone(): Response {
      const copy = copyMarks(this as unknown as SessionResponse, super.clone())
      this.#source = undefined
      return Object.defineProperty(copy, 'type', { value: 'basic', configurable: true })
    }

    /** Takes in what is left, to a cap, so that the connection can be used again. */
    [DUMP](maxBytes: number, ms: number): Promise<void> | undefined {
      return this.#take()?.dump(maxBytes, ms)
    }
  }

  return (stream, { status, statusText, fields, url }, source) => {
    const response = construct(stream, status, statusText, url, source)
    // Here and not by the constructor, which would copy them once more.
    appendFields(response.headers, fields)
    return response
  }

  /** A response without headers. */
  function construct(
    stream: ReadableStream<Uint8Array> | null,
    status: number,
    statusText: string,
    url: string,
    source: Source | undefined,
  ): Fetched {
    try {
      return new Fetched(stream, { status, statusText }, url, source)
    } catch {
      // `new Response` refuses statuses from 600 on and odd reason phrases, which servers send and the platform's fetch takes.
      const response = new Fetched(stream, {}, url, source)
      for (const [name, value] of Object.entries({ status, statusText, ok: status >= 200 && status <= 299 }))
        Object.defineProperty(response, name, { value, configurable: true })
      return response
    }
  }
}

/**
 * A response for the data door, which needs a status, a few headers and the text: a real `Response` with its `Headers` and
 * streams costs more than the request. It is one to `instanceof` and has all members; those that are seldom asked for are
 * made when they are. Whoever may hand a response on (interceptors, hooks, `session.raw`, `session.fetch`) gets a real one.
 */
import { DUMP } from '../drain.ts'
import { INSPECT } from '../inspect.ts'
import { copyMarks, GLANCE, type SessionResponse } from '../response.ts'
import type { Incoming } from './incoming.ts'
import type { Maybe } from './maybe.ts'

/** Headers as undici gives them: names in lower case. */
export type Fields = Readonly<Record<string, string | string[]>>

const decoder = new TextDecoder()

/** The members that are asked for on the way; the others come from real `Headers`, made when they are needed. */
class LazyHeaders {
  readonly #fields: Fields
  #real: Headers | undefined

  constructor(fields: Fields) {
    this.#fields = fields
  }

  get(name: string): string | null {
    if (this.#real) return this.#real.get(name)
    const key = name.toLowerCase()
    const value = Object.hasOwn(this.#fields, key) ? this.#fields[key] : undefined
    return value === undefined ? null : typeof value === 'string' ? value : value.join(', ')
  }

  has(name: string): boolean {
    return this.get(name) !== null
  }

  getSetCookie(): string[] {
    if (this.#real) return this.#real.getSetCookie()
    const lines = this.#fields['set-cookie']
    return lines === undefined ? [] : typeof lines === 'string' ? [lines] : [...lines]
  }

  static names(headers: LazyHeaders): string[] {
    return Object.keys(headers.#fields)
  }

  static real(headers: LazyHeaders): Headers {
    headers.#real ??= realHeaders(headers.#fields)
    return headers.#real
  }
}

function realHeaders(fields: Fields): Headers {
  const headers = new Headers()
  for (const name of Object.keys(fields)) {
    if (name.startsWith(':')) continue
    for (const value of [fields[name] ?? []].flat()) headers.append(name, value)
  }
  return headers
}

/** The platform's own `Response` of what came. */
export function realResponse(
  body: ReadableStream<Uint8Array> | null,
  { status, statusText, fields, url }: Pick<Parts, 'status' | 'statusText' | 'fields' | 'url'>,
): Response {
  const response = construct(body as BodyInit | null, { status, statusText, headers: realHeaders(fields) })
  for (const [name, value] of Object.entries({ url, type: 'basic' }))
    Object.defineProperty(response, name, { value, configurable: true })
  return response
}

/** `new Response` refuses statuses from 600 on and odd reason phrases, which servers send and the platform's fetch takes. */
function construct(body: BodyInit | null, { status, statusText, headers }: ResponseInit & { headers: Headers }): Response {
  try {
    return new Response(body, { status: status as number, statusText: statusText as string, headers })
  } catch {
    const response = new Response(body, { headers })
    for (const [name, value] of Object.entries({ status, statusText, ok: false }))
      Object.defineProperty(response, name, { value, configurable: true })
    return response
  }
}

/** What `body` is at a glance. Never read: see `GLANCE`. */
const THERE = {} as ReadableStream<Uint8Array>

interface Parts {
  readonly incoming: Incoming
  readonly status: number
  readonly statusText: string
  readonly fields: Fields
  readonly url: string
  /** Codings to be undone; `undefined` where there is no body. */
  readonly codings: readonly string[] | undefined
}

class LazyResponse {
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly headers: Headers
  readonly #parts: Parts
  #body: ReadableStream<Uint8Array> | null | undefined;
  [GLANCE] = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.status = parts.status
    this.statusText = parts.statusText
    this.url = parts.url
    this.headers = new LazyHeaders(parts.fields) as unknown as Headers
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
    if (this[GLANCE] && !this.#body) return this.#parts.codings ? THERE : null
    return this.#stream()
  }

  #stream(): ReadableStream<Uint8Array> | null {
    const { codings, incoming } = this.#parts
    this.#body ??= codings ? incoming.stream(codings) : null
    return this.#body
  }

  async text(): Promise<string> {
    return decoder.decode(await this.#bytes())
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
    const [mine, other] = this.#stream()?.tee() ?? [null, null]
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

  /** Without a wait if the body is there already: each one is a turn of the event loop. */
  #bytes(): Maybe<Uint8Array> {
    this.#checkUnread()
    const { codings, incoming } = this.#parts
    if (!this.#body && !codings?.length) return incoming.all()
    return new Response(this.#stream() as BodyInit | null).arrayBuffer().then((buffer) => new Uint8Array(buffer))
  }
}

function describeResponse(this: LazyResponse): string {
  return `Response { status: ${this.status}, statusText: '${this.statusText}', url: '${this.url.split('?', 1)[0]}' }`
}

/** Names only: values may be secrets. */
function describeHeaders(this: LazyHeaders): string {
  return `Headers { ${LazyHeaders.names(this).join(', ')} }`
}

let isReady = false

/** Makes a lazy response, and at the first one its class: to name `Response` loads Node's fetch, which takes 30 ms. */
export function lazyResponse(parts: Parts): LazyResponse {
  if (!isReady) inherit()
  return new LazyResponse(parts)
}

function inherit(): void {
  isReady = true
  Object.setPrototypeOf(LazyResponse.prototype, Response.prototype)
  // The platform's own look into fields that these do not have.
  Object.defineProperty(LazyResponse.prototype, INSPECT, { value: describeResponse })
  Object.defineProperty(LazyHeaders.prototype, INSPECT, { value: describeHeaders })
  Object.setPrototypeOf(LazyHeaders.prototype, Headers.prototype)
  for (const name of ['append', 'delete', 'set', 'forEach', 'keys', 'values', 'entries', Symbol.iterator] as const) {
    Object.defineProperty(LazyHeaders.prototype, name, {
      value(this: LazyHeaders, ...args: never[]) {
        const real = LazyHeaders.real(this)
        return (real[name] as (...given: never[]) => unknown).apply(real, args)
      },
      configurable: true,
    })
  }
}

/** The connections of one `events()`, one after the other. */
import { utf8ByteString } from '../http/byte-string.ts'
import {
  type CallOptions,
  FetchError,
  type FetchInput,
  type Interceptor,
  type Session,
  type SessionRequest,
  TimeoutError,
} from '../index.ts'
import { EventStreamParser, type ServerEvent } from './event-stream.ts'
import { StreamError } from './failures.ts'
import { textOf } from './lines.ts'
import { withData } from './refused-data.ts'

const EVENT_STREAM = 'text/event-stream'

/** Where a session keeps how long it lives. */
const STATE = Symbol.for('sessionfetch.state')

/** Ended by `close()`: over connections that are not the session's own, nothing else would end a stream. */
interface Living {
  readonly lifetime: { onAbort(callback: (reason: unknown) => void): () => void }
}

/** The connections of one `events()`: one at a time, each asking for the events after the last one that was read. */
export class Connection {
  /** Milliseconds to wait before connecting again. */
  retry: number
  #lastEventId = ''
  #where = ''
  readonly #session: Session
  readonly #input: FetchInput
  readonly #call: CallOptions
  readonly #limits: Limits
  /** The caller's: that of the options or the session, and that of a `Request`. */
  readonly #signals: readonly AbortSignal[]
  readonly #living: Living | undefined
  #close: () => void = () => undefined

  private constructor(
    session: Session,
    input: FetchInput,
    call: CallOptions,
    retry: number,
    { options, method, url }: SessionRequest,
  ) {
    this.#session = session
    this.#input = input
    this.#call = call
    this.retry = retry
    this.#where = `${method} ${url.protocol}//${url.host}${url.pathname}`
    this.#limits = limitsOf(options.timeout)
    // A call's own signal, `null` too, takes the place of that of a Request, as everywhere.
    const ofRequest = call.signal === undefined && isRequest(input) ? input.signal : undefined
    this.#signals = [options.signal, ofRequest].filter((signal) => signal !== undefined && signal !== null)
    this.#living = (session as { readonly [STATE]?: Living })[STATE]
  }

  /** Checks input and options before anything is sent, and learns the URL, signal and timeout that the session makes of them. */
  static async prepare(session: Session, input: FetchInput, call: CallOptions, retry: number): Promise<Connection> {
    const { body, form, ...others } = call
    const prepared = await session.prepare(again(input), others)
    return new Connection(session, input, call, retry, prepared)
  }

  get isAborted(): boolean {
    return this.#signals.some(({ aborted }) => aborted)
  }

  /** Connects; `undefined` for a 204, by which a server asks not to come back. */
  async open(): Promise<Response | undefined> {
    const controller = new AbortController()
    this.#close = this.#onEnd((reason) => controller.abort(reason))
    const { total, ...timeout } = this.#limits
    const late = () =>
      controller.abort(new TimeoutError(`${this.#where}: no answer within ${total} ms (timeout.total)`, { limit: 'total' }))
    const timer = total === undefined ? undefined : setTimeout(late, total)
    const { interceptors = [], ...call } = this.#call
    try {
      const response = await this.#session.raw(again(this.#input), {
        // The cast: types allow body or form, and `raw` refuses a call with both.
        ...(call as CallOptions & { readonly form?: null }),
        ...{ signal: controller.signal, timeout, retry: false, responseType: 'stream' },
        interceptors: [...interceptors, this.#asEvents],
      })
      return response.status === 204 ? undefined : response
    } finally {
      clearTimeout(timer)
    }
  }

  /** The events of a stream. What was read of it decides where the next connection goes on. */
  async *read(response: Response): AsyncGenerator<ServerEvent, void, undefined> {
    if (!response.body) return
    const parser = new EventStreamParser(this.#lastEventId)
    const texts = textOf(response.body)
    const brokeOff = (cause: unknown): never => {
      throw new StreamError(cause, response, this.#where)
    }
    try {
      for (let step = await texts.next().catch(brokeOff); !step.done; step = await texts.next().catch(brokeOff)) {
        const events = parser.push(step.value)
        this.#lastEventId = parser.lastEventId
        this.retry = parser.retry ?? this.retry
        yield* events
      }
    } finally {
      await texts.return()
    }
  }

  /** Lets go of the caller's signals, and of the session. */
  close(): void {
    this.#close()
  }

  /** Waits, until a signal of the caller's fires or the session is closed at the latest. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        off()
        resolve()
      }
      const off = this.#onEnd(end)
      const timer = setTimeout(end, ms)
    })
  }

  /** Calls back with the reason when a signal fires or the session is closed. Returns what ends that. */
  #onEnd(callback: (reason: unknown) => void): () => void {
    const offs = this.#signals.map((signal) => {
      const listener = () => callback(signal.reason)
      signal.addEventListener('abort', listener)
      return () => signal.removeEventListener('abort', listener)
    })
    const offClose = this.#living?.lifetime.onAbort(callback)
    return () => {
      for (const off of offs) off()
      offClose?.()
    }
  }

  /** The innermost interceptor, so that the caller's own ones see event streams only. */
  #asEvents: Interceptor = async (request, next) => {
    if (!request.headers.get('accept')?.includes(EVENT_STREAM)) request.headers.set('accept', EVENT_STREAM)
    // WHATWG HTML section 9.2.3: the id goes as UTF-8.
    if (this.#lastEventId !== '') request.headers.set('last-event-id', utf8ByteString(this.#lastEventId))
    const response = await next(request)
    const type = response.headers.get('content-type') ?? ''
    const isStream = response.status === 200 && type.split(';', 1)[0]?.trim().toLowerCase() === EVENT_STREAM
    if (isStream || response.status === 204) return response
    const why = response.status === 200 ? `the answer is no ${EVENT_STREAM}` : `${response.status}`
    throw new FetchError(`${this.#where}: ${why}`, { request, response: await withData(response) })
  }
}

type Limits = { readonly attempt?: number; readonly total?: number; readonly idle?: number }

/** The limits of `timeout` that are on. Their values were checked when the call was prepared. */
function limitsOf(timeout: CallOptions['timeout']): Limits {
  if (typeof timeout === 'number') return limitsOf({ attempt: timeout })
  const on = Object.entries(timeout ?? {}).filter(([, ms]) => ms !== null && ms !== undefined && ms !== Number.POSITIVE_INFINITY)
  return Object.fromEntries(on)
}

/** A `Request` can be sent once; each connection sends a copy. */
function again(input: FetchInput): FetchInput {
  return isRequest(input) ? input.clone() : input
}

/** By its shape, since other realms have a class of that name too. */
function isRequest(input: FetchInput): input is Request {
  return typeof input === 'object' && 'clone' in input
}

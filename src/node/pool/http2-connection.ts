/**
 * One HTTP/2 connection over `node:http2`.
 *
 *     opening ──SETTINGS──► open ──GOAWAY, idle──► retired ──last stream ends──► gone
 *        └────────────────────┴───────socket lost, destroy()──────────────────────┘
 *
 * It takes requests while it is open, as many at a time as the server's SETTINGS allow. It waits for these: a stream above the
 * limit would be refused or end the connection. Retired, it finishes what it has. Idle, it does not keep the process alive.
 */
import type { ClientHttp2Session } from 'node:http2'
import {
  brokenProtocol,
  coded,
  goneAway,
  HTTP_1_1_REQUIRED,
  headersOverflow,
  NO_ERROR,
  notLookedAt,
  PROTOCOL_ERROR,
} from './http2-errors.ts'
import type { Carrier, Job } from './http2-job.ts'
import { Http2Request } from './http2-request.ts'
import { openSession } from './http2-session.ts'
import { Silence } from './http2-silence.ts'
import { type Http2Socket, watched } from './http2-socket.ts'
import { Upkeep } from './http2-upkeep.ts'

/** What an {@link Http2Connection} is told and tells. */
export interface ConnectionSettings {
  /** How long it stays open without a stream, in ms. */
  readonly keepAlive: number
  /** Told when it takes requests, when a stream has ended, when it takes none any more, and when it is gone. */
  readonly onChange: () => void
  /** Told that the server wants HTTP/1.1. */
  readonly onHTTP1: () => void
}

/** Longest wait for the server's SETTINGS, in ms: as long as undici waits for a connection. */
const OPENING = 10_000
/** Streams have odd numbers below 2^31, once each (RFC 9113 section 5.1.1). The last few are left. */
const LAST_STREAM = 2 ** 31 - 100
/** How often a request may meet a GOAWAY that came before the server had looked at it. */
const MOST_GOAWAYS = 5

/** A connection, from its socket to its end. */
export class Http2Connection implements Carrier {
  readonly #session: ClientHttp2Session
  readonly #settings: ConnectionSettings
  readonly #requests = new Map<number, Http2Request>()
  readonly #silence = new Silence()
  readonly #upkeep: Upkeep
  readonly #opening: NodeJS.Timeout
  #most = 0
  #isProven = false
  #goaway: { readonly code: number; readonly last: number } | undefined
  #failure: Error | undefined
  state: 'opening' | 'open' | 'retired' | 'gone' = 'opening'
  #isUsed = false

  constructor(origin: string, socket: Http2Socket, settings: ConnectionSettings) {
    this.#settings = settings
    this.#upkeep = new Upkeep(socket, () => this.#retire())
    const outer = watched(
      socket,
      {
        heard: (stream, event, length) => {
          this.#requests.get(stream)?.heard(event, length, this.#requests.size > 1 ? 'no' : this.#silence.now)
          this.#silence.broken()
        },
        resumes: () => this.#silence.broken(),
        breaks: (how) => this.#giveUp(how === 'length' ? headersOverflow() : brokenProtocol(PROTOCOL_ERROR)),
      },
      { goesAway: (code) => code !== NO_ERROR && this.#giveUp(brokenProtocol(code)) },
    )
    const session = openSession(origin, outer)
    this.#session = session
    session.on('remoteSettings', ({ maxConcurrentStreams = Number.POSITIVE_INFINITY }) => this.#allow(maxConcurrentStreams))
    session.on('goaway', (code, last) => this.#goAway(code, last))
    session.on('error', (error) => this.#lose(error))
    session.once('close', () => this.#close())
    socket.on('error', (error) => this.#lose(error))
    socket.on('end', () => this.#stop())
    socket.on('close', () => this.#stop())
    this.#opening = setTimeout(() => this.destroy(coded('UND_ERR_CONNECT_TIMEOUT', 'no SETTINGS from the server')), OPENING)
  }

  /** Why it has ended, before it took a request. */
  get failure(): Error {
    if (this.#failure) return this.#failure
    return this.#goaway ? goneAway(this.#goaway.code) : coded('ERR_CONNECTION_DROPPED', 'closed before it was open')
  }

  /** Whether it takes no requests any more, and never took one. */
  get isInVain(): boolean {
    return !this.#isUsed && (this.state === 'retired' || this.state === 'gone')
  }

  get hasRoom(): boolean {
    return this.state === 'open' && this.#upkeep.streams < this.#most && !this.#session.closed && !this.#session.destroyed
  }

  send(job: Job): void {
    const request = new Http2Request(job, this)
    const stream = request.start(this.#session)
    const id = stream?.id
    if (!stream || id === undefined) return
    this.#isUsed = true
    this.#requests.set(id, request)
    this.#upkeep.streamBegins()
    stream.once('close', () => {
      this.#upkeep.streamEnds()
      this.#settings.onChange()
    })
    if (id > LAST_STREAM) this.#retire()
  }

  /** Says whether requests wait for room: then it is not idle. */
  keep(isAwaited: boolean): void {
    this.#upkeep.await(isAwaited)
  }

  destroy(error: Error): void {
    this.#lose(error)
    this.#session.destroy()
  }

  begin(): boolean {
    return this.#isProven
  }

  proven(): void {
    this.#isProven = true
  }

  refused(): void {
    this.#settings.onHTTP1()
  }

  forget(stream: number): void {
    this.#requests.delete(stream)
  }

  whyEnded(stream: number): Error | undefined {
    const { code, last } = this.#goaway ?? { code: NO_ERROR, last: stream }
    return stream > last || code === HTTP_1_1_REQUIRED ? notLookedAt(goneAway(code), MOST_GOAWAYS) : this.#failure
  }

  /** SETTINGS have come: the first time it is open with them. */
  #allow(most: number): void {
    this.#most = most
    if (this.state === 'opening') {
      this.state = 'open'
      clearTimeout(this.#opening)
      this.#upkeep.begin(this.#settings.keepAlive)
    }
    this.#settings.onChange()
  }

  #goAway(code: number, last: number): void {
    this.#goaway = { code, last }
    if (code !== NO_ERROR) this.#lose(goneAway(code))
    if (code === HTTP_1_1_REQUIRED) this.#settings.onHTTP1()
    this.#retire()
  }

  /** The server breaks the protocol. Node has told it so, and would leave its requests to wait. */
  #giveUp(error: Error): void {
    if (this.state === 'gone') return
    this.#lose(error)
    this.#stop()
    setImmediate(() => this.#session.destroy())
  }

  #retire(): void {
    this.#session.close()
    this.#stop()
  }

  /** Takes no more requests. */
  #stop(): void {
    if (this.state !== 'open') return
    this.state = 'retired'
    this.#upkeep.end()
    this.#settings.onChange()
  }

  #lose(error: Error): void {
    this.#failure ??= error
  }

  #close(): void {
    this.state = 'gone'
    clearTimeout(this.#opening)
    this.#upkeep.end()
    this.#silence.end()
    this.#settings.onChange()
  }
}

/** What keeps a connection: streams on it and requests that wait for it. Without either it does not keep the process alive. */
import type { Http2Socket } from './http2-socket.ts'

/** Counts what needs a connection, and tells when nothing has for a while. */
export class Upkeep {
  readonly #socket: Http2Socket
  readonly #onIdle: () => void
  #isAwaited = false
  #timer: NodeJS.Timeout | undefined
  /** Streams under way. */
  streams = 0

  constructor(socket: Http2Socket, onIdle: () => void) {
    this.#socket = socket
    this.#onIdle = onIdle
  }

  /** From here on it is told after `keepAlive` ms without use. */
  begin(keepAlive: number): void {
    this.#timer = setTimeout(() => this.#isIdle && this.#onIdle(), keepAlive)
    this.#rest()
  }

  /** It takes no more requests. */
  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  streamBegins(): void {
    if (this.streams++ === 0) this.#socket.ref()
  }

  streamEnds(): void {
    this.streams--
    this.#rest()
  }

  /** Says whether requests wait for room: then it is not idle. */
  await(isAwaited: boolean): void {
    if (this.#isAwaited === isAwaited) return
    this.#isAwaited = isAwaited
    if (isAwaited) this.#socket.ref()
    else this.#rest()
  }

  get #isIdle(): boolean {
    return this.streams === 0 && !this.#isAwaited
  }

  /** Nobody needs it now: the process may end, and so may the connection after a while. */
  #rest(): void {
    if (!this.#isIdle) return
    this.#socket.unref()
    this.#timer?.refresh().unref()
  }
}

/**
 * Bodies that a server of Node 20 breaks off.
 *
 * For `stream.close(code)` in mid-body it sends no code: an empty frame with END_STREAM, and right after it RST_STREAM with
 * NO_ERROR. A whole body ends with the same two frames where the server was still writing when the handler ended it; without that
 * there is no reset. So where the end comes after a silence, the stream is looked after for a moment longer, and a reset means
 * that the body is not whole. If this process was held up in the meantime, so that the end may have waited to be read, the reset
 * would have waited with it: then it counts only if it comes in a later turn of the event loop than the end.
 *
 * Only where no other request is on the connection: the server may have been writing for that one. Only where the request has no
 * body: otherwise the reset asks for no more of it (RFC 9113 section 8.1). And only without a Content-Length, which Node compares.
 * From Node 22 on there is no reset, and nobody can tell.
 */

/** How long nothing comes before an end that is alone, in ms. */
const SILENCE = 3
/** How much of it the event loop waits for the network, in ms: timers are a little early by that clock. */
const WAITED = SILENCE - 1
/** How long a reset may come after it, in ms, and turns of the event loop. */
const LINGER = 2
const TURNS = 3

/** Whether a connection has said nothing for a while. `perhaps`: this process was held up, and has not listened. */
export type Silent = 'no' | 'perhaps' | 'yes'

/** Notes when a connection says something. */
export class Silence {
  #timer: NodeJS.Timeout | undefined
  /** The idle time of the event loop when the last frame came. */
  #idle = 0
  now: Silent = 'no'

  /** A frame has come, or has been left to wait. */
  broken(): void {
    this.now = 'no'
    this.#idle = idleTime()
    if (this.#timer) this.#timer.refresh()
    else this.#timer = setTimeout(() => this.#passed(), SILENCE).unref()
  }

  /** The connection has ended. */
  end(): void {
    clearTimeout(this.#timer)
  }

  #passed(): void {
    this.now = idleTime() - this.#idle >= WAITED ? 'yes' : 'perhaps'
    if (this.now === 'perhaps') this.#timer?.refresh()
  }
}

/** How long the event loop has waited in all, in ms. It wakes up for what comes, and runs timers after that. */
function idleTime(): number {
  return nodePerformance.nodeTiming.idleTime
}

/** TypeScript takes it for a page's. */
const nodePerformance = performance as unknown as { readonly nodeTiming: { readonly idleTime: number } }

/** Calls back when a reset would have come. */
export function linger(callback: () => void): void {
  setTimeout(() => afterTurns(TURNS, callback), LINGER)
}

function afterTurns(turns: number, callback: () => void): void {
  setImmediate(() => (turns === 1 ? callback() : afterTurns(turns - 1, callback)))
}

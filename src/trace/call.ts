/** One call while it is recorded: its attempts, its hops, and what the chain tells of it. */

import type { RejectedCookie, RetryContext, SessionRequest } from '../index.ts'
import type { Clock } from './clock.ts'
import type { TraceAttempt, TraceCause, TraceEntry, TraceHop, TraceRefresh, TraceTimings, Writable } from './entry.ts'
import { HopRecord } from './hop.ts'
import { Mask } from './secrets.ts'
import type { TraceSettings } from './settings.ts'

interface AttemptRecord extends Writable<TraceAttempt> {
  readonly hops: TraceHop[]
}

/** When a call came to the queue, and when it left it. */
export interface Queueing {
  queued?: number
  started?: number
}

/** Records one call; `shown` is what the trace gives away, and is filled in as the call goes on. */
export class CallRecord {
  readonly shown: Writable<TraceEntry>
  readonly #settings: TraceSettings
  readonly #clock: Clock
  readonly #mask: Mask
  readonly #began: number
  readonly #timings: Writable<TraceTimings>
  readonly #attempts: AttemptRecord[] = []
  readonly #refreshes: Writable<TraceRefresh>[] = []
  #hops: HopRecord[] = []
  #refreshBegan = 0
  #isTwice = false

  constructor(id: number, request: SessionRequest, settings: TraceSettings, clock: Clock, { queued, started }: Queueing) {
    this.#settings = settings
    this.#clock = clock
    this.#mask = new Mask(settings.secrets, sensitiveHeaders(request))
    this.#began = clock.now()
    this.#timings = {
      queued: queued === undefined ? 0 : (started ?? this.#began) - queued,
      waiting: undefined,
      receiving: undefined,
    }
    this.shown = {
      id,
      method: request.method,
      url: this.#mask.url(request.url.href),
      started: clock.dateOf(queued ?? this.#began),
      state: 'pending',
      status: undefined,
      error: undefined,
      timings: this.#timings,
      attempts: this.#attempts,
      refreshes: this.#refreshes,
    }
  }

  get isOpen(): boolean {
    return this.shown.state === 'pending'
  }

  /** The hop that waits for its response, if one does. */
  get openHop(): HopRecord | undefined {
    return this.#hops.findLast((hop) => hop.isOpen)
  }

  get mask(): Mask {
    return this.#mask
  }

  /** The trace stands in the chain more than once: by its options and attached, or by those of the session and of the call. */
  markTwice(): void {
    this.#isTwice = true
  }

  /** Reports whether another interceptor of the trace, further out, records this hop already. */
  isRecording({ url, method }: SessionRequest): boolean {
    return this.#isTwice && this.#hops.some((hop) => hop.isOpen && hop.isFor(url, method))
  }

  begin(request: SessionRequest): HopRecord {
    const attempt = this.#currentAttempt()
    const isFirst = this.#attempts.length === 1 && attempt.hops.length === 0
    const hop = new HopRecord(request, {
      cause: causeOf(attempt.hops.at(-1), this.#attempts.length),
      queued: isFirst ? this.#timings.queued : 0,
      settings: this.#settings,
      clock: this.#clock,
      mask: this.#mask,
    })
    attempt.hops.push(hop.shown)
    this.#hops.push(hop)
    if (this.#hops.length > this.#settings.limit) this.#dropOldest()
    return hop
  }

  /** A call that is sent again and again must not grow without end. */
  #dropOldest(): void {
    this.#hops.shift()
    this.#attempts.find(({ hops }) => hops.length > 0)?.hops.shift()
    if (this.#attempts.length > this.#settings.limit) this.#attempts.shift()
  }

  #currentAttempt(): AttemptRecord {
    const last = this.#attempts.at(-1)
    if (last && last.retried === undefined) return last
    const attempt: AttemptRecord = { hops: [], retried: undefined }
    this.#attempts.push(attempt)
    return attempt
  }

  retry({ response, error }: RetryContext): void {
    const last = this.#attempts.at(-1)
    if (last && last.retried === undefined) last.retried = response ? `status ${response.status}` : this.#mask.error(error)
  }

  refuse(rejected: RejectedCookie): boolean {
    return this.#hops.some((hop) => hop.refuse(rejected))
  }

  refreshBegins(time: number): void {
    this.#refreshBegan = time
    if (this.#refreshes.length >= this.#settings.limit) this.#refreshes.shift()
    this.#refreshes.push({ started: this.#clock.dateOf(time), took: undefined })
  }

  refreshEnds(time: number): void {
    const last = this.#refreshes.at(-1)
    if (last && last.took === undefined) last.took = time - this.#refreshBegan
  }

  end(response: Response): void {
    this.shown.status = response.status
    this.#finish('done')
  }

  fail(error: unknown): void {
    this.shown.error = this.#mask.error(error)
    this.#finish('failed')
  }

  #finish(state: 'done' | 'failed'): void {
    this.shown.state = state
    const arrived = this.#clock.now()
    this.#timings.waiting = arrived - this.#began
    const lastHop = this.#hops.at(-1)?.shown
    // The body is received by the last hop, and is read after this.
    if (lastHop) Object.defineProperty(this.#timings, 'receiving', { get: () => lastHop.timings.receiving, enumerable: true })
  }
}

function sensitiveHeaders({ options }: SessionRequest): string[] {
  const { sensitiveHeaders = [], csrf } = options ?? {}
  const header = typeof csrf === 'object' && csrf !== null ? [csrf.header] : []
  return [...sensitiveHeaders, ...header].filter((name) => typeof name === 'string')
}

/** 401 and 407 ask for credentials; 403 and 419 are what a server answers to a CSRF token that it has renewed. */
const ANSWERED_AGAIN: Readonly<Record<number, TraceCause>> = { 401: 'auth', 407: 'auth', 403: 'csrf', 419: 'csrf' }

function causeOf(previous: TraceHop | undefined, attempt: number): TraceCause {
  if (!previous) return attempt > 1 ? 'retry' : 'call'
  const { response } = previous
  if (!response) return 'again'
  return response.redirectURL === '' ? (ANSWERED_AGAIN[response.status] ?? 'again') : 'redirect'
}

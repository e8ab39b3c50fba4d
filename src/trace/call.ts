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

/** A call before it has sent anything: as its first interceptor is given it, or as the queue knows it. */
export type StartingCall = Pick<SessionRequest, 'method' | 'url' | 'options'>

/** Records one call; `shown` is what the trace gives away, and is filled in as the call goes on. */
export class CallRecord {
  readonly shown: Writable<TraceEntry>
  readonly #settings: TraceSettings
  readonly #clock: Clock
  readonly #mask: Mask
  #began: number
  #isQueued: boolean
  readonly #timings: Writable<TraceTimings>
  readonly #attempts: AttemptRecord[] = []
  readonly #refreshes: Writable<TraceRefresh>[] = []
  #hops: HopRecord[] = []
  #refreshBegan = 0
  #isTwice = false

  /** `queued`: when it came to the queue, if it waits for its place. */
  constructor(id: number, { method, url, options }: StartingCall, settings: TraceSettings, clock: Clock, queued?: number) {
    this.#settings = settings
    this.#clock = clock
    this.#mask = new Mask(settings.secrets, sensitiveHeaders(options))
    this.#isQueued = queued !== undefined
    this.#began = queued ?? clock.now()
    this.#timings = { queued: 0, waiting: undefined, receiving: undefined }
    this.shown = {
      id,
      method,
      url: this.#mask.url(url.href),
      started: clock.dateOf(this.#began),
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

  /** Whether it waits for its place, or has just been given it. */
  get isQueued(): boolean {
    return this.#isQueued && this.isOpen
  }

  /** Its turn has come, or it gave up before. */
  leaveQueue(time: number, error: unknown): void {
    this.#timings.queued = time - this.#began
    if (error !== undefined) this.fail(error)
  }

  /** The first interceptor of the trace has it. */
  enter(): this {
    this.#isQueued = false
    this.#began = this.#clock.now()
    return this
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
    if (this.#isQueued) return
    this.#timings.waiting = this.#clock.now() - this.#began
    const lastHop = this.#hops.at(-1)?.shown
    // The body is received by the last hop, and is read after this.
    if (lastHop) Object.defineProperty(this.#timings, 'receiving', { get: () => lastHop.timings.receiving, enumerable: true })
  }
}

function sensitiveHeaders(options: SessionRequest['options']): string[] {
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

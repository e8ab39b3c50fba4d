/**
 * Tells who has sent what: a call is known by its `context`, one object for each call, which all its requests show and with
 * which the chain tells what interceptors cannot see.
 */

import type { RejectedCookie, RetryContext, SessionRequest } from '../index.ts'
import { CallRecord, type Queueing } from './call.ts'
import type { Clock } from './clock.ts'
import type { TraceEntry, TraceTransport } from './entry.ts'
import type { TraceSettings } from './settings.ts'

/** What the chain tells a listener in `context`; any of it may be missing. */
export interface TraceEvent {
  readonly type: 'queued' | 'started' | 'refresh-start' | 'refresh-end' | 'transport'
  readonly via?: TraceTransport | undefined
  readonly url?: URL | undefined
  /** As `performance.now()` tells it. */
  readonly time: number
  readonly context: object
}

/** Keeps the last calls of any number of sessions. */
export class Recorder {
  /** The same array for good, oldest first. */
  readonly entries: TraceEntry[] = []
  readonly settings: TraceSettings
  readonly #clock: Clock
  /** Those of `entries`, for what comes without a context. */
  readonly #calls: CallRecord[] = []
  readonly #byContext = new WeakMap<object, CallRecord>()
  readonly #queueing = new WeakMap<object, Queueing>()
  #count = 0

  constructor(settings: TraceSettings, clock: Clock) {
    this.settings = settings
    this.#clock = clock
  }

  clear(): void {
    this.entries.length = 0
    this.#calls.length = 0
  }

  callOf(request: SessionRequest): CallRecord | undefined {
    return this.#byContext.get(request.options.context)
  }

  /** Begins a call. One that has begun and not ended is known already: it passes a second interceptor of this trace. */
  begin(request: SessionRequest): CallRecord | undefined {
    const { context } = request.options
    const known = this.#byContext.get(context)
    if (known?.isOpen) {
      known.markTwice()
      return undefined
    }
    this.#count += 1
    const call = new CallRecord(this.#count, request, this.settings, this.#clock, this.#queueing.get(context) ?? {})
    this.#queueing.delete(context)
    this.#byContext.set(context, call)
    this.entries.push(call.shown)
    this.#calls.push(call)
    if (this.entries.length > this.settings.limit) {
      this.entries.shift()
      this.#calls.shift()
    }
    return call
  }

  hear(event: TraceEvent): void {
    const { type, time, context, via } = event
    const call = this.#byContext.get(context)
    if (type === 'queued') this.#queueing.set(context, { queued: time })
    else if (type === 'started') this.#leaveQueue(context, time)
    else if (type === 'refresh-start') call?.refreshBegins(time)
    else if (type === 'refresh-end') call?.refreshEnds(time)
    else if (type === 'transport' && via && call?.openHop) call.openHop.transport = via
  }

  #leaveQueue(context: object, time: number): void {
    const queueing = this.#queueing.get(context)
    if (queueing) queueing.started = time
  }

  retry(context: RetryContext): void {
    this.callOf(context.request)?.retry(context)
  }

  /** A refused cookie comes without its call: it is the newest that was set so, at that URL, and is not refused yet. */
  refuse(rejected: RejectedCookie): void {
    this.#calls.findLast((call) => call.refuse(rejected))
  }
}

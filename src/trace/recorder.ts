/**
 * Tells who has sent what: a call is known by its `context`, one object for each call, which all its requests show and with
 * which the chain tells what interceptors cannot see.
 */

import type { RejectedCookie, RetryContext, SessionRequest } from '../index.ts'
import { CallRecord, type StartingCall } from './call.ts'
import type { Clock } from './clock.ts'
import type { TraceEntry, TraceTransport } from './entry.ts'
import type { TraceSettings } from './settings.ts'

/** What the chain tells a listener in `context`. */
export interface TraceEvent {
  readonly type: 'queued' | 'dequeued' | 'refresh-start' | 'refresh-end' | 'transport'
  readonly call: StartingCall
  /** As `performance.now()` tells it. */
  readonly time: number
  readonly via?: TraceTransport | undefined
  /** Of `dequeued`: why the call left without its turn. */
  readonly error?: unknown
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

  /**
   * Begins a call, or goes on with one that was queued; with `isOn: false` only the latter. One that has begun and not ended is
   * known already: it passes a second interceptor of this trace.
   */
  begin(request: SessionRequest, isOn: boolean): CallRecord | undefined {
    const known = this.callOf(request)
    if (known?.isQueued) return this.#add(known).enter()
    if (!isOn) return undefined
    if (known?.isOpen) {
      known.markTwice()
      return undefined
    }
    return this.#add(this.#open(request)).enter()
  }

  #open(starting: StartingCall, queued?: number): CallRecord {
    this.#count += 1
    const call = new CallRecord(this.#count, starting, this.settings, this.#clock, queued)
    this.#byContext.set(starting.options.context, call)
    return call
  }

  #add(call: CallRecord): CallRecord {
    this.entries.push(call.shown)
    this.#calls.push(call)
    if (this.entries.length > this.settings.limit) this.#remove(0)
    return call
  }

  #remove(at: number): void {
    if (at < 0) return
    this.entries.splice(at, 1)
    this.#calls.splice(at, 1)
  }

  /** A call that is on its way may be queued again, after a wait: its own times hold that. */
  hear({ type, time, call: told, via, error }: TraceEvent): void {
    const call = this.#byContext.get(told.options.context)
    if (type === 'queued' && !call?.isOpen) this.#add(this.#open(told, time))
    else if (type === 'dequeued' && call?.isQueued) this.#dequeue(call, time, error)
    else if (type === 'refresh-start') call?.refreshBegins(time)
    else if (type === 'refresh-end') call?.refreshEnds(time)
    else if (type === 'transport' && via && call?.openHop) call.openHop.transport = via
  }

  /** One that got its turn is added again when it comes to this trace: an interceptor further out may answer it before. */
  #dequeue(call: CallRecord, time: number, error: unknown): void {
    call.leaveQueue(time, error)
    if (error === undefined) this.#remove(this.#calls.indexOf(call))
  }

  retry(context: RetryContext): void {
    this.callOf(context.request)?.retry(context)
  }

  /** A refused cookie comes without its call: it is the newest that was set so, at that URL, and is not refused yet. */
  refuse(rejected: RejectedCookie): void {
    this.#calls.findLast((call) => call.refuse(rejected))
  }
}

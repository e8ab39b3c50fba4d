/** The trace: sees what a session did, and shows it as HAR, as a command of curl, or as text. */

import type { Session } from '../index.ts'
import { attach } from './attach.ts'
import { type Clock, systemClock } from './clock.ts'
import { toCurl } from './curl.ts'
import type { TraceEntry, TraceHop } from './entry.ts'
import { type HAR, toHAR } from './har.ts'
import { type TraceSessionOptions, tracingOptions } from './layers.ts'
import { Recorder } from './recorder.ts'
import { parseSettings, type TraceOptions } from './settings.ts'
import { toText } from './text.ts'

/** Records the calls of one session or several. Its members work detached. */
export interface Trace {
  /** For `createSession`, `extend` or one call: `createSession({ ...t.options })`. */
  readonly options: TraceSessionOptions
  /** Records the later calls of a session that is there already. Returns a function that ends that. */
  readonly attach: (session: Session) => () => void
  /** The calls, oldest first; the same array for good, filled in as calls go on. */
  readonly entries: readonly TraceEntry[]
  /** Forgets all calls so far. */
  readonly clear: () => void
  /** HAR 1.2, one entry for each hop; `JSON.stringify` makes a file of it. */
  readonly toHAR: () => HAR
  /**
   * A command for a POSIX shell that sends the request again: of a hop, or of a call (its own URL, with its final credentials).
   *
   * @throws TypeError for a call that sent nothing
   */
  readonly toCurl: (entry: TraceEntry | TraceHop) => string
  /** A line for each call, and under it, indented, one for each hop. */
  readonly toText: () => string
}

/**
 * Records what sessions send and get: calls, attempts, hops, cookies, times. Secrets are `•••` unless `secrets: true`.
 *
 * @throws TypeError for options that are unknown or of a wrong type
 * @example
 * ```ts
 * import { createSession } from 'sessionfetch'
 * import { trace } from 'sessionfetch/trace'
 *
 * const t = trace()
 * const session = createSession({ baseURL: 'https://shop.example', ...t.options })
 * await session.get('/cart')
 * console.log(t.toText())
 * ```
 */
export function trace(options: TraceOptions = {}): Trace {
  return traceBy(options, systemClock())
}

/** The same with a clock of one's own, for tests. */
export function traceBy(options: TraceOptions, clock: Clock): Trace {
  const recorder = new Recorder(parseSettings(options), clock)
  return {
    options: tracingOptions(recorder),
    attach: (session) => attach(session, (isOn) => tracingOptions(recorder, isOn)),
    entries: recorder.entries,
    clear: () => recorder.clear(),
    toHAR: () => toHAR(recorder.entries),
    toCurl,
    toText: () => toText(recorder.entries),
  }
}

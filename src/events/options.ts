/** The options of `events()`. */
import type { CallOptions } from '../index.ts'
import { LONGEST_TIMER } from './event-stream.ts'

/** The options of `events`: those of a call, with a `retry` of its own. */
export interface EventsOptions extends Omit<CallOptions, 'retry'> {
  /**
   * How often in a row to connect again; an event begins a new row.
   * @default Infinity
   */
  readonly reconnects?: number | undefined
  /**
   * Milliseconds to wait before connecting again, until the server says otherwise; doubled while connecting fails, to 30,000.
   * @default 3000
   */
  readonly retry?: number | undefined
}

/** The options of `events`, with their defaults, and those of the call apart. */
export interface CheckedOptions {
  /** How often in a row to connect again. */
  readonly reconnects: number
  /** Milliseconds before connecting again. */
  readonly retry: number
  /** What goes on to the session. */
  readonly call: CallOptions
}

/** Checks the options. Throws a `TypeError` that says what to give. */
export function checkOptions(options: EventsOptions): CheckedOptions {
  if (typeof options !== 'object' || options === null) throw new TypeError('events: options must be an object')
  // By their own keys: a polluted prototype must not change anything.
  const own: EventsOptions = Object.assign(Object.create(null), options)
  const { reconnects = Number.POSITIVE_INFINITY, retry = 3000, ...call } = own
  if (typeof reconnects !== 'number' || !(reconnects >= 0)) throw new TypeError('reconnects: give a number, 0 or more')
  if (typeof retry !== 'number' || !(retry >= 0 && retry <= LONGEST_TIMER))
    throw new TypeError(`retry: in events() it is the milliseconds before connecting again, from 0 to ${LONGEST_TIMER}`)
  return { reconnects, retry, call }
}

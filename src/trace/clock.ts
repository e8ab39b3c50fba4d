/** Two clocks as one: intervals by the one that never jumps, dates counted from the moment that a trace was made. */

/** The time, for recording; a parameter for the tests. */
export interface Clock {
  /** Milliseconds of `performance.now()`. */
  now(): number
  /** The date of such a moment, as `Date.now()` tells it. */
  dateOf(now: number): number
}

/** The clock of the platform. */
export function systemClock(): Clock {
  const offset = Date.now() - performance.now()
  return { now: () => performance.now(), dateOf: (now) => offset + now }
}

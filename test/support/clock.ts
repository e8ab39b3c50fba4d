/** Time for unit tests: a clock that stands still until a test lets it pass, so that no test waits or hurries. */
import { afterEach, beforeEach, vi } from 'vitest'

/** The timers and clocks of the code under test. The event loop's own (`setImmediate`) stays real: a test waits a turn by it. */
const FAKED = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] as const

/** Gives each test of a file a clock of its own, from 1970 on. */
export function ownClock(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: [...FAKED], now: 0 })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
}

/** Lets all timers run, one after the other, until the work is done. */
export async function passing<T>(work: Promise<T>): Promise<T> {
  let isDone = false
  const done = work.finally(() => {
    isDone = true
  })
  done.catch(() => undefined)
  for (let turns = 0; !isDone && turns < 200; turns++) {
    await vi.advanceTimersByTimeAsync(0)
    if (!isDone) await vi.advanceTimersToNextTimerAsync()
  }
  return done
}

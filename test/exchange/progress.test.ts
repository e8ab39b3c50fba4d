import { describe, expect, test } from 'vitest'
import type { ProgressEvent } from '../../src/contract/settings.ts'
import { progressMeter } from '../../src/exchange/progress.ts'

/** Runs a meter over steps of [ms, bytes so far, is it the end]. */
function told(promised: number | undefined, steps: readonly (readonly [ms: number, loaded: number, isEnd?: boolean])[]) {
  const events: ProgressEvent[] = []
  let time = 0
  const meter = progressMeter(
    (event) => events.push(event),
    promised,
    () => time,
  )
  for (const [ms, loaded, isEnd = false] of steps) {
    time = ms
    meter(loaded, isEnd)
  }
  return events
}

describe('progressMeter()', () => {
  test('tells at most every 50 ms, and at the end', () => {
    const events = told(100, [
      [0, 10],
      [10, 20],
      [49, 30],
      [50, 40],
      [60, 100, true],
    ])
    expect(events.map(({ loaded, percent }) => [loaded, percent])).toEqual([
      [10, 10],
      [40, 40],
      [100, 100],
    ])
  })

  test('tells of an empty body, once', () => {
    expect(
      told(0, [
        [5, 0, true],
        [5, 0, true],
      ]),
    ).toEqual([{ loaded: 0, total: 0, percent: 100, bytesPerSecond: 0 }])
  })

  test('tells no number of bytes twice: the last chunk, and the end', () => {
    const steps = [
      [0, 3],
      [1, 3, true],
    ] as const
    expect(told(3, steps).map(({ loaded, percent }) => [loaded, percent])).toEqual([[3, 100]])
    expect(told(undefined, steps)).toHaveLength(1)
  })

  test('does not know the total once there is more than was promised', () => {
    const [, last] = told(10, [
      [0, 5],
      [100, 20, true],
    ])
    expect(last).toEqual({ loaded: 20, total: undefined, percent: undefined, bytesPerSecond: 200 })
  })

  test('does not know a total that nobody promised', () => {
    expect(told(undefined, [[1000, 5, true]])).toEqual([{ loaded: 5, total: undefined, percent: undefined, bytesPerSecond: 5 }])
  })
})

/** Where moments stand on the viewer's time axis. */
import { describe, expect, test } from 'vitest'
import { duration, timeAxis } from '../../../src/trace/viewer/time-axis.ts'

describe('timeAxis()', () => {
  test('places moments in proportion, from the first to the last', () => {
    const { place, marks } = timeAxis([
      { start: 1000, end: 1200 },
      { start: 1100, end: 1500 },
    ])
    expect([1000, 1250, 1500, 9999, 0].map(place)).toEqual([0, 0.5, 1, 1, 0])
    expect(marks.map(({ label }) => label)).toEqual(['0 ms', '100 ms', '200 ms', '300 ms', '400 ms'])
  })

  test('cuts a long rest out, and marks where', () => {
    const hour = 3_600_000
    const { place, marks } = timeAxis([
      { start: 0, end: 1000 },
      { start: hour, end: hour + 1000 },
    ])
    expect(place(1000)).toBeCloseTo(0.48, 1)
    expect(place(hour)).toBeCloseTo(0.52, 1)
    expect(marks.filter(({ isCut }) => isCut).map(({ label }) => label)).toEqual(['1 h'])
  })

  test('keeps a short rest', () => {
    expect(
      timeAxis([
        { start: 0, end: 100 },
        { start: 900, end: 1000 },
      ]).place(500),
    ).toBe(0.5)
  })

  test('has room for its labels', () => {
    const spans = Array.from({ length: 40 }, (_, at) => ({ start: at * 100_000, end: at * 100_000 + 50 }))
    const { marks } = timeAxis(spans)
    for (const [at, mark] of marks.entries()) expect(mark.at - (marks[at - 1]?.at ?? -1)).toBeGreaterThan(0.09)
  })

  test.each([[[]], [[{ start: 5, end: 5 }]]])('takes %j', (spans) => {
    expect(timeAxis(spans).place(5)).toBe(0)
  })
})

describe('duration()', () => {
  test.each([
    [0, '0 ms'],
    [0.4, '< 1 ms'],
    [12.4, '12 ms'],
    [1500, '1.5 s'],
    [10_000, '10 s'],
    [90_000, '1.5 min'],
    [7_200_000, '2 h'],
  ])('%f ms is %s', (ms, words) => {
    expect(duration(ms)).toBe(words)
  })
})

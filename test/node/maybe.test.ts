import { describe, expect, test } from 'vitest'
import { andThen } from '../../src/node/maybe.ts'

/** A promise of a library: it has `then`, and neither `catch` nor the class. */
function thenable<T>(value: T): Promise<T> {
  // biome-ignore lint/suspicious/noThenProperty: it is what is tested
  return { then: (told: (value: T) => void) => void setImmediate(() => told(value)) } as unknown as Promise<T>
}

describe('andThen()', () => {
  test.each([
    ['a value, at once', 1, 2],
    ['null', null, 1],
    ['a promise', Promise.resolve(1), Promise.resolve(2)],
    ['a promise of another class', thenable(1), Promise.resolve(2)],
  ])('hands on %s', async (_, value, expected) => {
    const got = andThen<number | null, number>(value as number, (one) => (one ?? 0) + 1)
    expect(got).toEqual(expected)
    expect(await got).toBe(await expected)
  })
})

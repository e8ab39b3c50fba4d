/** Header values as options: what the Headers of the platform would refuse, and what could only be sent as `[object …]`. */
import { describe, expect, test } from 'vitest'
import { headerPairs } from '../../src/http/headers.ts'
import { growth } from '../support/growth.ts'

/** Every text of up to four of these characters. */
const CHARACTERS = ['a', ' ', '\t', '\n', '\r', '\0', '\v', '\u00a0', '\u2028']
const TEXTS = [1, 2, 3, 4].reduce((texts, _) => ['', ...texts.flatMap((text) => CHARACTERS.map((one) => text + one))], [''])

const refuses = (work: () => unknown): boolean => {
  try {
    work()
    return false
  } catch {
    return true
  }
}

describe('headerPairs()', () => {
  test('takes the values that Headers takes', () => {
    const others = TEXTS.filter((value) => refuses(() => headerPairs({ a: value })) !== refuses(() => new Headers({ a: value })))
    expect(TEXTS.length).toBeGreaterThan(9 ** 4)
    expect(others).toEqual([])
  })

  test.each([[{}], [[{}]], [Symbol('x')], [1n], [() => 'x'], [[undefined]]])('refuses the value %s', (value) => {
    expect(() => headerPairs({ a: value } as never)).toThrow(/^headers: the value of 'a' must be latin-1 text/)
  })

  test.each([
    ['blanks', (n: number) => `a${' '.repeat(n)}`],
    ['line breaks', (n: number) => `a${'\n'.repeat(n)}`],
    ['blanks before line breaks', (n: number) => 'a \n'.repeat(n / 3)],
    ['blanks and line breaks at an end', (n: number) => `a${' \n'.repeat(n / 2)}`],
  ])('grows with the length of %s', (_, make) => {
    const read = (value: string) => refuses(() => headerPairs({ a: value }))
    for (const length of [16_384, 131_072]) expect(growth(read, make, length), String(length)).toBeLessThan(3)
  })
})

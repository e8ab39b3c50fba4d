import { describe, expect, test } from 'vitest'
import { decodeRuns } from '../../src/http/percent.ts'
import { growth } from '../support/growth.ts'

describe('decodeRuns()', () => {
  test.each([
    ['', ''],
    ['plain+text', 'plain+text'],
    ['%41%2f%40', 'A/@'],
    ['100%&%40', '100%&@'],
    ['a%', 'a%'],
    ['a%4', 'a%4'],
    ['%%41', '%A'],
    ['%zz%41', '%zzA'],
    ['%C3%A9%e2%82%ac%F0%9F%98%80', 'é€😀'],
    ['%E9', '%E9'],
    ['%E9%40', '%E9@'],
    ['%C3%A9%E9x', 'é%E9x'],
    ['%E2%82', '%E2%82'],
    ['%80%41', '%80A'],
    ['%C0%AF', '%C0%AF'],
    ['%ED%A0%80', '%ED%A0%80'],
    ['%EF%BB%BFx', '\ufeffx'],
    ['%E0%80%80', '%E0%80%80'],
    ['%F4%90%80%80', '%F4%90%80%80'],
    ['%F0%80%80%80', '%F0%80%80%80'],
    ['%F5%80%80%80', '%F5%80%80%80'],
    ['%ED%9F%BF%F4%8F%BF%BF', '\ud7ff\u{10ffff}'],
    ['%2541', '%41'],
    ['é%41', 'éA'],
  ])('makes %j into %j', (text, expected) => {
    expect(decodeRuns(text)).toBe(expected)
  })

  test.each([
    ['percent signs', (n: number) => '%'.repeat(n)],
    ['encoded characters', (n: number) => '%41'.repeat(n / 3)],
    ['bytes that are not UTF-8', (n: number) => '%F0'.repeat(n / 3)],
    ['sequences that break off', (n: number) => '%F0%9F%98'.repeat(n / 9)],
    ['letters', (n: number) => 'a'.repeat(n)],
  ])('grows with the length of %s', (_, make) => {
    for (const length of [16_384, 131_072]) expect(growth(decodeRuns, make, length), String(length)).toBeLessThan(3)
  })
})

/** The values of destr 2.0, which ofetch has its parser from, and the keys that must not come through. */
import { describe, expect, test } from 'vitest'
import { parseJSON } from '../../src/session/parse-json.ts'

describe('parseJSON()', () => {
  test.each<[text: string, value: unknown]>([
    ['{"a":1}', { a: 1 }],
    [' [1] ', [1]],
    ['"text"', 'text'],
    ['"a\\nb"', 'a\nb'],
    ['"a"b"', 'a"b'],
    ['12', 12],
    ['-1.5e3', -1500],
    ['12345678901234567890', '12345678901234567890'],
    ['true', true],
    [' FALSE ', false],
    ['null', null],
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['', ''],
    ['hello', 'hello'],
    ['{broken', '{broken'],
    ['<html>', '<html>'],
    ['toString', 'toString'],
  ])('%j is %j', (text, value) => expect(parseJSON(text)).toEqual(value))

  test.each([
    '{"__proto__":{"evil":1},"a":1}',
    '{"\\u005f\\u005fproto__":{"evil":1},"a":1}',
    '{"constructor":{"prototype":{"evil":1}},"a":1}',
    '{"c\\u006fnstructor":{"prototype":{"evil":1}},"a":1}',
  ])('drops the key of %s that could reach a prototype', (text) => {
    const parsed = parseJSON(text) as Record<string, unknown>
    expect(JSON.stringify(parsed)).toBe('{"a":1}')
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
  })

  test('keeps a constructor that is only a word', () => {
    expect(parseJSON('{"constructor":"BMW","x":"__proto__"}')).toEqual({ constructor: 'BMW', x: '__proto__' })
  })
})

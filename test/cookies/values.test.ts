import { describe, expect, test } from 'vitest'
import { checkCookie, mergeCookies } from '../../src/cookies/values.ts'

const SECRET = 's3cret'

describe('checkCookie() takes what a server may send:', () => {
  test.each([
    ['sid', ''],
    ['sid', '{"u":1,"r":["a","b c"]}'],
    ['sid', 'a, b\\c'],
    ['sid', '"half'],
    ['sid', 'a=b=c'],
    ['sid', 'tab\tinside'],
    ['sid', 'grüße 🍪'],
    ['sid', '\u00a0'],
    ['sid', '\ufeffa'],
    ['user[name]', 'x'],
    ['a b', 'x'],
    ['größe', 'x'],
    ['', 'x'],
    ['', 'a=b'],
    ['', 'x__Host-'],
  ])('%j with %j', (name, value) => {
    expect(() => checkCookie(name, value)).not.toThrow()
  })
})

describe('checkCookie() refuses, naming the cookie and not its value:', () => {
  test.each([
    ['a semicolon', 'sid', `${SECRET};x`, /the value of 'sid'/],
    ['a NUL', 'sid', `${SECRET}\0`, /the value of 'sid'/],
    ['a line break', 'sid', `${SECRET}\r\nSet-Cookie: x`, /the value of 'sid'/],
    ['DEL', 'sid', `${SECRET}\x7f`, /the value of 'sid'/],
    ['a lone high surrogate', 'sid', `${SECRET}\ud83c`, /the value of 'sid'/],
    ['a lone low surrogate', 'sid', `\udf6a${SECRET}`, /the value of 'sid'/],
    ['a blank before', 'sid', ` ${SECRET}`, /the value of 'sid'/],
    ['a tab after', 'sid', `${SECRET}\t`, /the value of 'sid'/],
    ['no string', 'sid', { secret: SECRET }, /the value of 'sid'/],
    ['undefined', 'sid', undefined, /the value of 'sid'/],
    ['an equals sign in the name', 'a=b', SECRET, /the name 'a=b'/],
    ['a semicolon in the name', 'a;b', SECRET, /the name 'a;b'/],
    ['a line break in the name', 'a\nb', SECRET, /the name 'a\\nb'/],
    ['a lone surrogate in the name', 'a\ud83c', SECRET, /the name 'a\\ud83c'/],
    ['a blank before the name', ' a', SECRET, /the name ' a'/],
    ['a blank after the name', 'a ', SECRET, /the name 'a '/],
    ['a name that is no string', 1n, SECRET, /the name '1' must be text/],
    ['neither name nor value', '', '', /named ''/],
    ['no name and the prefix __Host-', '', `__Host-${SECRET}`, /named ''/],
    ['no name and the prefix __Secure- in another case', '', `__SECURE-${SECRET}`, /named ''/],
  ])('%s', (_, name, value, message) => {
    const thrown = (() => {
      try {
        checkCookie(name, value)
      } catch (error) {
        return error as Error
      }
      throw new Error('taken')
    })()
    expect(thrown).toBeInstanceOf(TypeError)
    expect(thrown.message).toMatch(message)
    expect(thrown.message).not.toContain(SECRET)
  })
})

describe('mergeCookies()', () => {
  test('merges by name: undefined inherits, null withholds', () => {
    const merged = mergeCookies({ a: '1', b: '2', c: '3' }, { a: undefined, b: null, c: '4', '': 'x' })
    expect({ ...merged }).toEqual({ a: '1', b: null, c: '4', '': 'x' })
  })

  test('withholds a cookie without a name too', () => {
    expect({ ...mergeCookies(undefined, { '': null }) }).toEqual({ '': null })
  })

  test.each([
    ['a list', [['a', '1']]],
    ['a string', 'a=1'],
    ['a Map', new Map([['a', '1']])],
  ])('refuses %s', (_, given) => {
    expect(() => mergeCookies(undefined, given as never)).toThrow(/cookies: give an object/)
  })

  test('reads own keys only', () => {
    expect({ ...mergeCookies(undefined, Object.create({ polluted: '1' })) }).toEqual({})
  })
})

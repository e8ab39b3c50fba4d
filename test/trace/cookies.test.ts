/** Cookies as headers name them, as tables. */
import { describe, expect, test } from 'vitest'
import { readCookieHeader, readSetCookie } from '../../src/trace/cookies.ts'

describe('readCookieHeader()', () => {
  test.each([
    [null, []],
    ['', []],
    [
      'a=1; b="2"; c=x=y',
      [
        ['a', '1'],
        ['b', '"2"'],
        ['c', 'x=y'],
      ],
    ],
    [
      'lone;  ; d=',
      [
        ['', 'lone'],
        ['d', ''],
      ],
    ],
    // Byte A0 ends many a letter of UTF-8, and is no blank.
    ['a=\xc3\xa0', [['a', '\xc3\xa0']]],
  ])('of %j', (header, pairs) => {
    expect(readCookieHeader(header).map(({ name, value }) => [name, value])).toEqual(pairs)
  })
})

describe('readSetCookie()', () => {
  const none = { secure: false, httpOnly: false, partitioned: false }
  test.each([
    ['a=1', { name: 'a', value: '1', ...none }],
    ['lone', { name: '', value: 'lone', ...none }],
    [
      'a=1; Path=/; DOMAIN=x.example; secure; HttpOnly; SameSite=Lax; Partitioned',
      {
        ...{ name: 'a', value: '1', path: '/', domain: 'x.example', sameSite: 'Lax' },
        ...{ secure: true, httpOnly: true, partitioned: true },
      },
    ],
    [
      'a=1; Max-Age=60; Expires=Wed, 01 Jan 2031 00:00:00 GMT',
      { name: 'a', value: '1', maxAge: 60, expires: 'Wed, 01 Jan 2031 00:00:00 GMT', ...none },
    ],
    ['a=1; Max-Age=x; constructor=y; __proto__=z', { name: 'a', value: '1', ...none }],
  ])('of %j', (line, cookie) => {
    expect(readSetCookie(line)).toEqual(cookie)
  })
})

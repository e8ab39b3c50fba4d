import { describe, expect, test } from 'vitest'
import { cookiePairs, mergeCookieHeader, trimBlanks } from '../../src/cookies/header.ts'

describe('cookiePairs()', () => {
  test.each([
    ['', []],
    [' ; ;', []],
    [
      'a=1; b=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'a=1;b="2"',
      [
        ['a', '1'],
        ['b', '"2"'],
      ],
    ],
    [
      ' a = 1 ;\tb=',
      [
        ['a', '1'],
        ['b', ''],
      ],
    ],
    ['a=b=c', [['a', 'b=c']]],
    [
      'token; =x',
      [
        ['', 'token'],
        ['', 'x'],
      ],
    ],
    ['a=\u00c3\u00a0', [['a', '\u00c3\u00a0']]],
  ])('reads %j', (header, expected) => {
    expect(cookiePairs(header).map(({ name, value }) => [name, value])).toEqual(expected)
  })
})

describe('mergeCookieHeader()', () => {
  const none = { fromJar: '', explicit: null, option: undefined, taken: new Set<string>() }

  test.each([
    ["the jar's alone", { fromJar: 'a=1; b=2' }, 'a=1; b=2'],
    ['the header wins over the jar, by name', { fromJar: 'a=1; b=2', explicit: 'b=3; c=4' }, 'a=1; b=3; c=4'],
    ['the option wins over both', { fromJar: 'a=1', explicit: 'a=2', option: { a: '3' } }, 'a=3'],
    ['null withholds', { fromJar: 'a=1; b=2', option: { a: null } }, 'b=2'],
    [
      'what the server has set since is sent from there on',
      { fromJar: 'a=new', explicit: 'a=old', option: { b: 'old' }, taken: new Set(['a', 'b']) },
      'a=new',
    ],
    ['text goes as UTF-8', { option: { größe: 'grün' } }, 'gr\u00c3\u00b6\u00c3\u009fe=gr\u00c3\u00bcn'],
    [
      "and overrides the jar's cookie of those bytes",
      { fromJar: 'gr\u00c3\u00b6\u00c3\u009fe=1', option: { größe: '2' } },
      'gr\u00c3\u00b6\u00c3\u009fe=2',
    ],
    ['a cookie without a name is its value', { fromJar: 'token', option: { '': 'x' } }, 'x'],
    ['and stays beside others', { fromJar: 'token; a=1', option: { a: '2' } }, 'token; a=2'],
  ])('%s', (_, given, expected) => {
    expect(mergeCookieHeader({ ...none, ...given })).toBe(expected)
  })
})

test.each([
  ['', ''],
  [' \t ', ''],
  ['\t a b \t', 'a b'],
  ['\u00a0a\u00a0', '\u00a0a\u00a0'],
  ['\ra\n', '\ra\n'],
])('trimBlanks() of %j is %j', (text, expected) => {
  expect(trimBlanks(text)).toBe(expected)
})

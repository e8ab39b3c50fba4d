import { describe, expect, test } from 'vitest'
import { parseChallenges, parseParameters } from '../../../src/node/auth/challenge.ts'
import { growth } from '../../support/growth.ts'

const plain = (header: string) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])

describe('parseChallenges(), RFC 9110 section 11.6.1', () => {
  test.each([
    ['a scheme alone', 'Negotiate', [['negotiate', {}]]],
    ['one challenge', 'Basic realm="a"', [['basic', { realm: 'a' }]]],
    [
      'two, which share the comma with their parameters',
      'Basic realm="a, b", Digest realm="r", qop="auth,auth-int", nonce=n',
      [
        ['basic', { realm: 'a, b' }],
        ['digest', { realm: 'r', qop: 'auth,auth-int', nonce: 'n' }],
      ],
    ],
    ['escapes in a quoted string', 'Digest realm="\\"q\\" \\\\"', [['digest', { realm: '"q" \\' }]]],
    ['names in any case', 'DIGEST Realm=x, NONCE="y"', [['digest', { realm: 'x', nonce: 'y' }]]],
    ['blanks around =', 'Digest realm = "x" , nonce\t=\ty', [['digest', { realm: 'x', nonce: 'y' }]]],
    ['parameters without commas between them', 'Digest realm="x" nonce="y"', [['digest', { realm: 'x', nonce: 'y' }]]],
    ['a value with = in it', 'Digest nonce=abc==, realm=x', [['digest', { nonce: 'abc==', realm: 'x' }]]],
    [
      'a token68',
      'Negotiate YII/a+b==, Digest nonce="n"',
      [
        ['negotiate', {}],
        ['digest', { nonce: 'n' }],
      ],
    ],
    [
      'a token68 at the end',
      'Digest nonce="n", NTLM TlRM',
      [
        ['digest', { nonce: 'n' }],
        ['ntlm', {}],
      ],
    ],
    ['the first of two parameters of one name', 'Digest nonce="a", nonce="b"', [['digest', { nonce: 'a' }]]],
    ['an empty value', 'Digest qop="", opaque=, nonce="n"', [['digest', { qop: '', opaque: '', nonce: 'n' }]]],
    ['empty elements', ', ,Digest , nonce="n",', [['digest', { nonce: 'n' }]]],
    ['a quoted string that never ends', 'Digest nonce="n', [['digest', { nonce: 'n' }]]],
    ['a challenge after what is none', '[x "a,b"], Digest nonce="n"', [['digest', { nonce: 'n' }]]],
    ['a parameter before any scheme', 'realm=x, Digest nonce="n"', [['digest', { nonce: 'n' }]]],
    ['nothing', '', []],
  ])('reads %s', (_, header, expected) => {
    expect(plain(header)).toEqual(expected)
  })

  test.each([
    ['a name that ends in what no name has', (n: number) => `${'a'.repeat(n)}[`],
    ['names', (n: number) => 'abcdefg '.repeat(n / 8)],
    ['blanks before what is no =', (n: number) => `a${' '.repeat(n)}[`],
    ['a quoted string of backslashes', (n: number) => `a b="${'\\'.repeat(n)}`],
    ['equals signs', (n: number) => `a b${'='.repeat(n)}[`],
    ['open quotes', (n: number) => `[${'"'.repeat(n)}`],
    ['slashes', (n: number) => `a ${'a/'.repeat(n / 2)}[`],
  ])('grows with the length of %s', (_, make) => {
    for (const length of [16_384, 131_072]) expect(growth(parseChallenges, make, length), String(length)).toBeLessThan(3)
  })
})

describe('parseParameters()', () => {
  test.each([
    ['nextnonce="a", rspauth="b", cnonce=c', { nextnonce: 'a', rspauth: 'b', cnonce: 'c' }],
    ['nextnonce=a', { nextnonce: 'a' }],
    [' NextNonce = "a\\"b" ', { nextnonce: 'a"b' }],
    ['', {}],
  ])('reads %s', (header, expected) => {
    expect(Object.fromEntries(parseParameters(header))).toEqual(expected)
  })
})

/** Set-Cookie lines on their way to a visitor's browser, as a table of sentences. */
import { describe, expect, test } from 'vitest'
import { linesFor } from '../../src/server/lines.ts'
import { growth } from '../support/growth.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const OVER = 'Expires=Thu, 01 Jan 1970 00:00:00 GMT'

interface Case {
  readonly says: string
  readonly lines: readonly string[]
  readonly host?: string
  readonly domain?: string
  readonly expected: readonly string[]
}

const CASES: readonly Case[] = [
  {
    says: 'attributes stay as they came',
    lines: ['a=1; path=/x; HTTPONLY;Max-Age=5; SameSite=lax; Priority=High'],
    expected: ['a=1; path=/x; HTTPONLY;Max-Age=5; SameSite=lax; Priority=High'],
  },
  { says: 'a cookie without a Path gets one', lines: ['a=1; HttpOnly'], expected: ['a=1; HttpOnly; Path=/'] },
  { says: 'an empty Path is none', lines: ['a=1; Path=; Secure'], expected: ['a=1; Secure; Path=/'] },
  { says: 'a relative Path is none', lines: ['a=1; Path=x'], expected: ['a=1; Path=/'] },
  { says: 'of two Paths the last counts', lines: ['a=1; Path=/x; Path=/y'], expected: ['a=1; Path=/y'] },
  { says: 'of two Paths an empty last one counts too', lines: ['a=1; Path=/x; Path'], expected: ['a=1; Path=/'] },
  {
    says: 'a Domain that covers the host stays',
    lines: ['a=1; Domain=.Shop.example; Path=/'],
    expected: ['a=1; Domain=.Shop.example; Path=/'],
  },
  {
    says: 'a Domain that is the host stays',
    lines: ['a=1; Domain=www.shop.example; Path=/'],
    expected: ['a=1; Domain=www.shop.example; Path=/'],
  },
  {
    says: "the API's own Domain goes",
    lines: ['a=1; Domain=api.shop.example; Path=/; Secure'],
    expected: ['a=1; Path=/; Secure'],
  },
  {
    says: 'a Domain that only ends like the host goes',
    lines: ['a=1; Domain=op.example; Path=/'],
    host: 'shop.example',
    expected: ['a=1; Path=/'],
  },
  { says: 'an empty Domain goes', lines: ['a=1; Domain=; Path=/'], expected: ['a=1; Path=/'] },
  { says: 'an address has no subdomains', lines: ['a=1; Domain=0.0.1; Path=/'], host: '127.0.0.1', expected: ['a=1; Path=/'] },
  {
    says: 'an address covers itself',
    lines: ['a=1; Domain=127.0.0.1; Path=/'],
    host: '127.0.0.1',
    expected: ['a=1; Domain=127.0.0.1; Path=/'],
  },
  {
    says: 'of two Domains the last counts',
    lines: ['a=1; Domain=shop.example; Domain=api.shop.example; Path=/'],
    expected: ['a=1; Path=/'],
  },
  {
    says: 'every Domain becomes that of the option',
    lines: ['a=1; Domain=api.example; Path=/', 'b=2; domain=shop.example; Path=/', 'c=3; Path=/'],
    domain: 'shop.example',
    expected: ['a=1; Domain=shop.example; Path=/', 'b=2; Domain=shop.example; Path=/', 'c=3; Path=/'],
  },
  {
    says: '__Host- never gets a Domain',
    lines: ['__HOST-a=1; Secure; Path=/; Domain=api.example'],
    domain: 'shop.example',
    expected: ['__HOST-a=1; Secure; Path=/'],
  },
  {
    says: 'the last of a name, Domain and Path stays, where it was set',
    lines: ['a=1; Path=/', 'b=1; Path=/', 'a=2; Path=/'],
    expected: ['b=1; Path=/', 'a=2; Path=/'],
  },
  { says: 'another Path is another cookie', lines: ['a=1; Path=/', 'a=2; Path=/x'], expected: ['a=1; Path=/', 'a=2; Path=/x'] },
  {
    says: 'another Domain is another cookie',
    lines: ['a=1; Path=/', 'a=2; Path=/; Domain=shop.example'],
    expected: ['a=1; Path=/', 'a=2; Path=/; Domain=shop.example'],
  },
  {
    says: 'names differ by case, domains do not',
    lines: ['a=1; Path=/; Domain=shop.example', 'A=2; Path=/', 'a=3; Path=/; Domain=.SHOP.example'],
    expected: ['A=2; Path=/', 'a=3; Path=/; Domain=.SHOP.example'],
  },
  { says: 'an end is handed back', lines: ['a=1; Path=/', `a=; Path=/; ${OVER}`], expected: [`a=; Path=/; ${OVER}`] },
  {
    says: "the end of the API's domain cookie does not end the host's",
    lines: ['a=new; Path=/', 'a=; Path=/; Domain=api.example; Max-Age=0'],
    expected: ['a=new; Path=/'],
  },
  { says: '… nor by Expires', lines: ['a=new; Path=/', `a=; Path=/; Domain=api.example; ${OVER}`], expected: ['a=new; Path=/'] },
  {
    says: 'Max-Age counts before Expires',
    lines: ['a=1; Path=/', `a=2; Path=/; Domain=api.example; Max-Age=9; ${OVER}`],
    expected: [`a=2; Path=/; Max-Age=9; ${OVER}`],
  },
  {
    says: 'values are not looked into',
    lines: ['a="x=1, y"; Path=/', '=x; Path=/', 'plain; Path=/'],
    expected: ['a="x=1, y"; Path=/', 'plain; Path=/'],
  },
]

describe('linesFor()', () => {
  test.each(CASES)('$says', ({ lines, expected, host = 'www.shop.example', domain }) => {
    expect(linesFor({ host, domain }, lines, NOW)).toEqual(expected)
  })

  test('drops every Domain when the host is not known', () => {
    expect(linesFor({ host: undefined, domain: undefined }, ['a=1; Domain=shop.example'], NOW)).toEqual(['a=1; Path=/'])
  })

  test.each<[string, (length: number) => string]>([
    ['attributes', (length) => `a=1${'; Path=/'.repeat(length)}`],
    ['blanks', (length) => `a=1; Domain=${' '.repeat(length)}a`],
    ['labels', (length) => `a=1; Domain=${'.a'.repeat(length)}`],
    ['a name', (length) => `${'a'.repeat(length)};`],
    ['a date', (length) => `a=1; Expires=${'1 '.repeat(length)}`],
  ])('takes time that grows with the length of %s', (_, make) => {
    expect(growth((line) => linesFor({ host: 'a.example', domain: undefined }, [line], NOW), make, 100_000)).toBeLessThan(3)
  })
})

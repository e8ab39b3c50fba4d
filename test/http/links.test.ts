import { describe, expect, test } from 'vitest'
import { parseLinks } from '../../src/http/links.ts'
import { growth } from '../support/growth.ts'

const BASE = 'https://h.example/list?page=1'
const urls = (header: string) => Object.fromEntries(Object.entries(parseLinks(header, BASE)).map(([rel, { url }]) => [rel, url]))

describe('parseLinks(), RFC 8288 section 3', () => {
  test.each([
    ['one link', '<https://h.example/2>; rel="next"', { next: 'https://h.example/2' }],
    ['a relative target', '<?page=2>; rel=next', { next: 'https://h.example/list?page=2' }],
    ['two links', '</2>; rel=next, </9>; rel=last', { next: 'https://h.example/2', last: 'https://h.example/9' }],
    ['two relations of one link', '</2>; rel="next last"', { next: 'https://h.example/2', last: 'https://h.example/2' }],
    ['names and relations in any case', '</2>; REL="Next"', { next: 'https://h.example/2' }],
    [
      'blanks around everything',
      ' </2> ; rel = "next" , </9>;rel=last',
      { next: 'https://h.example/2', last: 'https://h.example/9' },
    ],
    ['a comma and a semicolon in a target', '</a,b;c>; rel=next', { next: 'https://h.example/a,b;c' }],
    ['a comma in quotes', '</2>; title="a, <b>; rel=prev"; rel=next', { next: 'https://h.example/2' }],
    ['a quote in quotes', '</2>; title="a \\" , b"; rel=next', { next: 'https://h.example/2' }],
    ['empty parameters and elements', ', </2>;;; rel=next;, ,', { next: 'https://h.example/2' }],
    ['a parameter without a value', '</2>; prefetch; rel=next', { next: 'https://h.example/2' }],
    ['the first of two relations of one name', '</2>; rel=next, </3>; rel=next', { next: 'https://h.example/2' }],
    ['the first rel of a link', '</2>; rel=next; rel=prev', { next: 'https://h.example/2' }],
    ['a link after a broken one', 'x "a,b", </2>; rel=next', { next: 'https://h.example/2' }],
    ['a link after one that does not parse', '<http://[>; rel=prev, </2>; rel=next', { next: 'https://h.example/2' }],
    ['a quoted string that never ends', '</2>; rel=next; title="a, </3>; rel=prev', { next: 'https://h.example/2' }],
    ['a target that never ends', '</2; rel=next', {}],
    ['a link without rel', '</2>; title=x', {}],
    ['nothing', '', {}],
  ])('reads %s', (_, header, expected) => {
    expect(urls(header)).toEqual(expected)
  })

  test('keeps the other parameters, the first of each', () => {
    const { next } = parseLinks('</2>; rel=next; title="a \\"b\\""; TITLE=c; url=x', BASE)
    expect({ ...next }).toEqual({ rel: 'next', url: 'https://h.example/2', title: 'a "b"' })
  })

  test('takes no name for a part of the object', () => {
    const links = parseLinks('</2>; rel="__proto__ constructor"; __proto__=x', BASE)
    expect([Object.keys(links), Object.getPrototypeOf(links)]).toEqual([['__proto__', 'constructor'], Object.prototype])
  })

  test.each([
    ['open brackets', (n: number) => '<'.repeat(n)],
    ['links', (n: number) => '<abcdefghijklmnopqrs>; rel="abcd", '.repeat(n / 36)],
    ['parameters', (n: number) => `<a>${';rel=b'.repeat(n / 6)}`],
    ['blanks before a semicolon', (n: number) => `<a>${' '.repeat(n)}x`],
    ['a quoted string of backslashes', (n: number) => `<a>;rel="${'\\'.repeat(n)}`],
    ['quotes outside of links', (n: number) => `x${'"'.repeat(n)}`],
  ])('grows with the length of %s', (_, make) => {
    for (const length of [16_384, 131_072])
      expect(
        growth((text) => parseLinks(text, BASE), make, length),
        String(length),
      ).toBeLessThan(3)
  })
})

import { describe, expect, test } from 'vitest'
import { parseBase, resolveURL } from '../../src/http/url.ts'
import { appended } from '../cases/urls.ts'

const rules = { allowAbsolute: true, isMounted: () => false }

describe('resolveURL() with a baseURL', () => {
  test.each(appended)('%s', (_, base, input, expected) => {
    const resolve = () => resolveURL(input, { ...rules, base: new URL(base) }).href
    if (typeof expected === 'string') expect(resolve()).toBe(expected)
    else expect(resolve).toThrow(expected)
  })

  test('an input of a mounted scheme is absolute', () => {
    const isMounted = (scheme: string) => scheme === 'mock:'
    expect(resolveURL('mock://x/y', { ...rules, isMounted, base: new URL('http://h/api') }).href).toBe('mock://x/y')
  })

  test.each(['https://other/x', 'data:,x', 'blob:x'])('allowAbsoluteUrls: false refuses %s', (input) => {
    expect(() => resolveURL(input, { ...rules, allowAbsolute: false, base: new URL('http://h/') })).toThrow(/^allowAbsoluteUrls/)
  })

  test('allowAbsoluteUrls: false refuses a URL object', () => {
    const input = new URL('http://h/x')
    expect(() => resolveURL(input, { ...rules, allowAbsolute: false, base: new URL('http://h/') })).toThrow(/^allowAbsoluteUrls/)
  })
})

describe('resolveURL() without a baseURL', () => {
  test.each(['/x', 'x', '', '?q'])('refuses the relative %j', (input) => {
    expect(() => resolveURL(input, rules)).toThrow(/^input: a relative URL needs a baseURL/)
  })

  test('is relative to the page in a page', () => {
    expect(resolveURL('../x', { ...rules, page: 'http://h/a/b/c' }).href).toBe('http://h/a/x')
  })

  test.each(['ftp://h/x', 'file:///etc/passwd', 'javascript:alert(1)'])('refuses the scheme of %s', (input) => {
    expect(() => resolveURL(input, rules)).toThrow(/neither http\(s\) nor mounted/)
  })

  test('does not quote an input that does not parse, which may hold a secret', () => {
    expect(() => resolveURL('http://u:s3cret@[bad/', rules)).toThrow(/^input: (?!.*s3cret)/)
  })
})

describe('parseBase()', () => {
  test.each([
    ['/api', 'http://h/api'],
    ['./', 'http://h/app/'],
    ['//other/api', 'http://other/api'],
    ['?q', 'http://h/app/page?q'],
  ])('takes %j against the page', (base, expected) => {
    expect(parseBase(base, 'http://h/app/page')?.href).toBe(expected)
  })

  test.each(['/api', './', '//other/api'])('takes %j where there is no page, and leaves the refusal to the calls', (base) => {
    expect(parseBase(base)).toBeNull()
    expect(() => resolveURL('/x', { ...rules, base: null })).toThrow(/^baseURL: give an absolute URL.*is for a page/)
  })

  test.each(['data:,x', 'http://', 'ftp:'])('refuses %j', (base) => {
    expect(() => parseBase(base)).toThrow(/^baseURL: give an absolute URL/)
  })
})

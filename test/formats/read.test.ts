/** What each format reads, by tables. */
import { describe, expect, test } from 'vitest'
import { cookieHeader, cookiesTxt, har, type ReadCookies, storageState } from '../../src/formats/index.ts'
import { cookiesTxtCases, PLAIN } from '../cases/formats-cookies-txt.ts'
import { harCases, type JSONCase, storageStateCases } from '../cases/formats-json.ts'

function expectRead({ cookies, skipped }: ReadCookies, wanted: Pick<JSONCase, 'cookies' | 'skipped'>): void {
  expect(cookies).toEqual(wanted.cookies.map((cookie) => ({ ...PLAIN, ...cookie })))
  expect(skipped.map(({ at }) => at)).toEqual(Object.keys(wanted.skipped ?? {}))
  for (const { at, reason } of skipped) expect(reason, at).toMatch(wanted.skipped?.[at] ?? /never/)
}

describe('cookiesTxt.read()', () => {
  test.each(cookiesTxtCases)('$title ($by)', ({ text, ...wanted }) => expectRead(cookiesTxt.read(text), wanted))
})

describe('storageState.read()', () => {
  test.each(storageStateCases)('$title', ({ given, ...wanted }) => expectRead(storageState.read(given), wanted))

  test('reads the JSON text too, with a byte order mark', () => {
    for (const { given, title, ...wanted } of storageStateCases.filter(({ skipped }) => !skipped)) {
      expectRead(storageState.read(`\ufeff${JSON.stringify(given)}`), wanted)
    }
  })
})

describe('har.read()', () => {
  test.each(harCases)('$title', ({ given, ...wanted }) => expectRead(har.read(given), wanted))

  test('reads the JSON text too, with a byte order mark', () => {
    for (const { given, title, ...wanted } of harCases) expectRead(har.read(`\ufeff${JSON.stringify(given)}`), wanted)
  })
})

describe('cookieHeader.read()', () => {
  const URL_GIVEN = 'http://shop.example:8080/cart?x=1'
  test.each([
    ['Pairs are host-only session cookies with the path /.', 'a=1; b=2', [{}, { name: 'b', value: '2' }]],
    ['Quotes belong to the value.', 'a="1"', [{ value: '"1"' }]],
    ['A Cookie: in front and blanks are taken off.', ' Cookie:  a=1 ;b = 2;; \r\n', [{}, { name: 'b', value: '2' }]],
    ['The name of the header stands in any case.', 'cookie: a=1', [{}]],
    ['A value keeps its equals signs, and may be empty.', 'a=x=y==; b=', [{ value: 'x=y==' }, { name: 'b', value: '' }]],
    [
      'UTF-8 bytes are that text, others latin-1 and keep their bytes.',
      'a=\u00c3\u00a9; b=\u00e9',
      [{ value: 'é' }, { name: 'b', value: 'é', bytes: 'b=\u00e9' }],
    ],
    ['What holds more than bytes is text.', 'a=é; b=д', [{ value: 'é' }, { name: 'b', value: 'д' }]],
    ['An empty header has none.', 'Cookie: ', []],
  ])('%s', (_, header, cookies) => expectRead(cookieHeader.read(header, URL_GIVEN), { cookies }))

  test('cookies of an https URL are Secure, and may have prefixes', () => {
    expectRead(cookieHeader.read('__Host-a=1', new URL('https://shop.example')), {
      cookies: [{ name: '__Host-a', secure: true }],
    })
  })

  test('skips with their place what cannot be a cookie, and the second of one name', () => {
    const wanted = {
      'cookie 2': /no name/,
      'cookie 3': /no name/,
      'cookie 4': /control/,
      'cookie 5': /__Host-/,
      'cookie 6': /comes before/,
    }
    expectRead(cookieHeader.read('a=1; alone; =v; b=\n1; __Host-b=1; a=2', URL_GIVEN), { cookies: [{}], skipped: wanted })
  })

  test.each([undefined, '', '/cart', 'shop.example', 'data:,'])('refuses the URL %j', (url) => {
    expect(() => cookieHeader.read('a=1', url as string)).toThrow(/^cookieHeader: give the absolute URL/)
  })
})

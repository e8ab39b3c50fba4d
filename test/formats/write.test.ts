/** What each format writes, by tables, and that it comes back. */
import { describe, expect, test } from 'vitest'
import type { SessionCookie } from '../../src/cookies/session-cookies.ts'
import { cookieHeader, cookiesTxt, type ReadCookies, storageState } from '../../src/formats/index.ts'
import { cookiesTxtCases, cookiesTxtLines, PLAIN } from '../cases/formats-cookies-txt.ts'
import { storageStateCases } from '../cases/formats-json.ts'

const HEADER = '# Netscape HTTP Cookie File\n'
const over = (cookie: Partial<SessionCookie>): SessionCookie => ({ ...PLAIN, ...cookie })
const writes = { cookiesTxt: cookiesTxt.write, storageState: storageState.write, cookieHeader: cookieHeader.write }

describe('cookiesTxt.write()', () => {
  test.each(cookiesTxtLines)('%s', (_, cookie, line) => {
    expect(cookiesTxt.write([over(cookie)])).toBe(`${HEADER}${line}\n`)
  })

  test('writes the header for no cookies', () => expect(cookiesTxt.write([])).toBe(HEADER))

  test.each([
    { value: 'SECRET\t' },
    { value: 'SECRET\n' },
    { value: 'SECRET\r' },
    { name: 'a\tb' },
    { path: '/\t' },
    { domain: 'a\n' },
  ])('refuses a tab or line break: %j', (cookie) => {
    const name = JSON.stringify(cookie.name ?? 'a')
    const message = `cookiesTxt: the cookie ${name}: a tab or line break does not fit into this format`
    expect(() => cookiesTxt.write([PLAIN, over(cookie)])).toThrow(new TypeError(message))
  })

  test.each(cookiesTxtCases)('what it writes is read as it was: $title', ({ text }) => {
    const { cookies } = cookiesTxt.read(text)
    expect(cookiesTxt.read(cookiesTxt.write(cookies)).cookies).toEqual(
      cookies.map((cookie) => ({ ...cookie, expires: cookie.expires && Math.min(cookie.expires, 253_402_300_799_000) })),
    )
  })
})

describe('storageState.write()', () => {
  const plain = {
    name: 'a',
    value: '1',
    domain: 'shop.example',
    path: '/',
    expires: -1,
    httpOnly: false,
    secure: false,
    sameSite: 'Lax',
  }

  test.each<[string, Partial<SessionCookie>, object]>([
    ['a host-only session cookie, Lax where none was said', {}, {}],
    ['a dot for a domain cookie', { hostOnly: false }, { domain: '.shop.example' }],
    ['no dot for an address', { hostOnly: false, domain: '127.0.0.1' }, { domain: '127.0.0.1' }],
    ['brackets around an IPv6 address', { domain: '::1' }, { domain: '[::1]' }],
    ['seconds', { expires: 4_102_444_800_500 }, { expires: 4_102_444_800.5 }],
    ['a past second for what ended in 1970', { expires: 0 }, { expires: 1 }],
    ['the year 9999 for what ends later', { expires: 8.64e15 }, { expires: 253_402_300_799 }],
    ['SameSite capitalised', { sameSite: 'strict' }, { sameSite: 'Strict' }],
    ['SameSite=None', { sameSite: 'none', secure: true }, { sameSite: 'None', secure: true }],
    ['HttpOnly, and Partitioned not', { httpOnly: true, partitioned: true }, { httpOnly: true }],
  ])('writes %s', (_, cookie, wanted) => {
    expect(storageState.write([over(cookie)])).toEqual({ cookies: [{ ...plain, ...wanted }], origins: [] })
  })

  test('what it writes is read as it was, but for SameSite and Partitioned', () => {
    const { cookies } = storageState.read(storageStateCases[0]?.given ?? {})
    expect(storageState.read(storageState.write(cookies)).cookies).toEqual(
      cookies.map((cookie) => ({ ...cookie, partitioned: false })),
    )
  })
})

describe('cookieHeader.write()', () => {
  test.each<[string, Partial<SessionCookie>[], string]>([
    ['names and values', [{}, { name: 'b', value: '2' }], 'a=1; b=2'],
    ['nothing for no cookies', [], ''],
    ['a nameless cookie as its value', [{ name: '', value: 'x' }], 'x'],
    ['other than ASCII as UTF-8 bytes', [{ value: 'é' }], 'a=\u00c3\u00a9'],
    ['a cookie without a domain', [{ domain: null }], 'a=1'],
  ])('writes %s', (_, cookies, header) => expect(cookieHeader.write(cookies.map(over))).toBe(header))

  test.each(['SECRET\r\nx: y', 'SECRET;', 'SECRET\ud800'])('refuses what would break the header: %j', (value) => {
    const message = `cookieHeader: the cookie "a": ';', a control character or a lone surrogate does not fit into a header`
    expect(() => cookieHeader.write([over({ value })])).toThrow(new TypeError(message))
  })

  test('what it writes is read as it was', () => {
    const cookies = ['д€😀', 'é', 'Ã©', '"q"', 'a b', 'à'].map((value, index) => over({ name: `n${index}`, value }))
    expect(cookieHeader.read(cookieHeader.write(cookies), 'http://shop.example').cookies).toEqual(cookies)
  })
})

describe.each(Object.entries(writes))('%s.write()', (format, write) => {
  test.each([undefined, null, 'a=1', {}, { cookies: [] }])('refuses %j', (cookies) => {
    expect(() => write(cookies as never)).toThrow(new RegExp(`^${format}: give an array of cookies`))
  })

  test.each([[null], [{}], [{ name: 'a', value: 1 }]])('refuses an array of %j', (cookie) => {
    expect(() => write([cookie] as never)).toThrow(`${format}: cookies[0] has no name and value of type string`)
  })

  test.each(['soon', Number.NaN, new Date(0)])('refuses the end %j', (expires) => {
    expect(() => write([{ ...PLAIN, expires }] as never)).toThrow(`${format}: the cookie "a": expires must be milliseconds`)
  })
})

test.each(['cookiesTxt', 'storageState'] as const)(
  '%s.write() refuses a cookie without a domain, as a page has them',
  (format) => {
    expect(() => writes[format]([over({ domain: null })])).toThrow(`${format}: the cookie "a": it has no domain`)
  },
)

describe('bytes that are not UTF-8', () => {
  const cookies = [
    over({ name: 'b', value: 'é 50%', bytes: 'b=\u00e9 50%' }),
    over({ name: 'é', value: 'd', bytes: '\u00e9=d' }),
    over({ name: 'c', value: 'é' }),
  ]
  const withoutSameSite = ({ cookies, skipped }: ReadCookies) => ({
    cookies: cookies.map(({ sameSite, ...cookie }) => cookie),
    skipped,
  })

  test.each([
    ['cookiesTxt', () => cookiesTxt.read(cookiesTxt.write(cookies))],
    ['storageState', () => withoutSameSite(storageState.read(JSON.stringify(storageState.write(cookies))))],
    ['cookieHeader', () => cookieHeader.read(cookieHeader.write(cookies), 'http://shop.example')],
  ])('%s brings them back as they were', (_, roundTrip) => expect(roundTrip()).toEqual({ cookies, skipped: [] }))

  test('cookiesTxt has them in a comment in front', () => {
    expect(cookiesTxt.write(cookies.slice(0, 1))).toBe(
      `${HEADER}# bytes: b=%E9%2050%25\nshop.example\tFALSE\t/\tFALSE\t0\tb\té 50%\n`,
    )
  })

  test('of another cookie they are ignored', () => {
    const { cookies: read } = cookiesTxt.read('# bytes: x=%FF\nshop.example\tFALSE\t/\tFALSE\t0\tb\té\n')
    expect(read).toEqual([over({ name: 'b', value: 'é' })])
  })
})

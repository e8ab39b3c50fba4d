import { afterEach, describe, expect, test } from 'vitest'
import { parseDate } from '../../src/http/date.ts'
import { parseRetryAfter } from '../../src/http/retry-after.ts'
import { growth } from '../support/growth.ts'

const NOW = Date.UTC(2026, 0, 1)
const MINUTE = 60_000

describe('parseRetryAfter()', () => {
  test.each([
    ['120', 120_000],
    ['0', 0],
    [' 5 ', 5000],
    ['Thu, 01 Jan 2026 00:01:00 GMT', MINUTE],
    ['Thursday, 01-Jan-26 00:01:00 GMT', MINUTE],
    ['Thu Jan  1 00:01:00 2026', MINUTE],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['-5', undefined],
    ['1.5', undefined],
    ['5, 10', undefined],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('takes %j for %s ms', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected)
  })

  describe.each(['America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Kiritimati', 'UTC'])('on a machine in %s', (zone) => {
    const before = process.env.TZ
    afterEach(() => {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    })

    test.each(['Thu, 01 Jan 2026 00:01:00 GMT', 'Thursday, 01-Jan-26 00:01:00 GMT', 'Thu Jan  1 00:01:00 2026'])(
      '%s is the same moment',
      (value) => {
        process.env.TZ = zone
        expect(parseRetryAfter(value, NOW)).toBe(MINUTE)
      },
    )
  })

  test.each([
    ['digits', (n: number) => '1'.repeat(n)],
    ['digits and a letter', (n: number) => `${'1'.repeat(n)}x`],
    ['blanks', (n: number) => `1${' '.repeat(n)}x`],
    ['letters', (n: number) => 'a'.repeat(n)],
    ['a date and blanks', (n: number) => `Thu, 01 Jan 2026 00:01:00${' '.repeat(n)}GMT`],
  ])('grows with the length of %s', (_, make) => {
    for (const length of [16_384, 131_072])
      expect(
        growth((text) => parseRetryAfter(text, NOW), make, length),
        String(length),
      ).toBeLessThan(3)
  })
})

describe('parseDate(), RFC 9110 section 5.6.7', () => {
  const iso = (text: string, now = NOW) => {
    const time = parseDate(text, now)
    return time === undefined ? undefined : new Date(time).toISOString().slice(0, 19)
  }

  test.each([
    ['IMF-fixdate', 'Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37'],
    ['rfc850', 'Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37'],
    ['asctime with a day of one digit', 'Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37'],
    ['asctime with a day of two digits', 'Wed Nov 16 08:49:37 1994', '1994-11-16T08:49:37'],
    ['a four-digit year between dashes', 'Sun, 06-Nov-1994 08:49:37 GMT', '1994-11-06T08:49:37'],
    ['a day of one digit', 'Sun, 6 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37'],
    ['other case', 'sun, 06 nov 1994 08:49:37 gmt', '1994-11-06T08:49:37'],
    ['UTC', 'Sun, 06 Nov 1994 08:49:37 UTC', '1994-11-06T08:49:37'],
    ['an offset', 'Sun, 06 Nov 1994 08:49:37 -0130', '1994-11-06T10:19:37'],
    ['an offset of a zone ahead', 'Sun, 06 Nov 1994 08:49:37 +0130', '1994-11-06T07:19:37'],
    ['no zone', 'Sun, 06 Nov 1994 08:49:37', '1994-11-06T08:49:37'],
    ['a leap second', 'Sat, 31 Dec 2016 23:59:60 GMT', '2017-01-01T00:00:00'],
    ['29 February of a leap year', 'Sat, 29 Feb 2020 00:00:00 GMT', '2020-02-29T00:00:00'],
  ])('takes %s', (_, text, expected) => {
    expect(iso(text)).toBe(expected)
  })

  test.each([
    ['a day that the month does not have', 'Mon, 30 Feb 2026 00:00:00 GMT'],
    ['day 0', 'Mon, 00 Feb 2026 00:00:00 GMT'],
    ['hour 24', 'Mon, 02 Feb 2026 24:00:00 GMT'],
    ['minute 60', 'Mon, 02 Feb 2026 00:60:00 GMT'],
    ['second 61', 'Mon, 02 Feb 2026 00:00:61 GMT'],
    ['an unknown month', 'Mon, 02 Foo 2026 00:00:00 GMT'],
    ['an unknown zone', 'Mon, 02 Feb 2026 00:00:00 XYZ'],
    ['ISO 8601', '2026-02-02T00:00:00Z'],
  ])('refuses %s', (_, text) => {
    expect(iso(text)).toBeUndefined()
  })

  test.each([
    ['76', '2026-01-01', '2076'],
    ['77', '2026-01-01', '1977'],
    ['99', '2026-01-01', '1999'],
    ['00', '2026-01-01', '2000'],
    ['01', '2099-01-01', '2101'],
    ['98', '2099-01-01', '2098'],
    ['94', '1995-01-01', '1994'],
  ])('takes the two-digit year %s in %s for %s, at most 50 years ahead', (year, now, expected) => {
    expect(iso(`Wednesday, 01-Jan-${year} 00:00:00 GMT`, Date.parse(now))?.slice(0, 4)).toBe(expected)
  })

  test('takes a moment 50 years ahead to the second, and one second more for the past', () => {
    expect(iso('Wednesday, 01-Jan-76 00:00:00 GMT')).toBe('2076-01-01T00:00:00')
    expect(iso('Wednesday, 01-Jan-76 00:00:01 GMT')).toBe('1976-01-01T00:00:01')
  })
})

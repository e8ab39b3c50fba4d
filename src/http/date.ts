/**
 * Dates of HTTP, RFC 9110 section 5.6.7. `Date.parse` alone reads a date without a zone, as asctime writes it, in the zone of
 * the machine, and takes days that the month does not have.
 *
 * ```
 * Sun, 06 Nov 1994 08:49:37 GMT    IMF-fixdate
 * Sunday, 06-Nov-94 08:49:37 GMT   rfc850
 * Sun Nov  6 08:49:37 1994         asctime
 * ```
 */

/** IMF-fixdate and rfc850, also with the four-digit year that many servers write between dashes. */
const WITH_COMMA =
  /^[a-z]{3,9}, ?(?<day>\d{1,2})[ -](?<month>[a-z]{3})[ -](?<year>\d{4}|\d{2}) (?<time>\d\d:\d\d):(?<second>\d\d)(?: (?:GMT|UTC?|Z|(?<offset>[+-]\d{4})))?$/i
const ASCTIME =
  /^[a-z]{3} (?<month>[a-z]{3}) {1,2}(?<day>\d{1,2}) (?<time>\d\d:\d\d):(?<second>\d\d) (?<year>\d{4})(?: (?:GMT|UTC?))?$/i

/** No date is longer; the patterns need not look at more. */
const MAX_LENGTH = 64

/** Milliseconds since 1970 of an HTTP date, or `undefined` if it is none. `now`, in the same unit, decides a two-digit year. */
export function parseDate(text: string, now: number): number | undefined {
  const fields = text.length > MAX_LENGTH ? undefined : (WITH_COMMA.exec(text) ?? ASCTIME.exec(text))?.groups
  if (!fields) return undefined
  const { year = '', offset = '' } = fields
  const time = year.length === 2 ? inNearCentury(Number(year), fields, now) : utc(year, fields)
  // `-0130` is minus 130, of which the hundreds are hours.
  const zone = Number(offset)
  return time === undefined ? undefined : time - (Math.trunc(zone / 100) * 60 + (zone % 100)) * 60_000
}

/** A two-digit year is the last one that is not more than 50 years ahead. */
function inNearCentury(year: number, fields: Fields, now: number): number | undefined {
  const limit = new Date(now)
  const last = limit.setUTCFullYear(limit.getUTCFullYear() + 50)
  const century = limit.getUTCFullYear() - (limit.getUTCFullYear() % 100)
  const time = utc(century + year, fields)
  return time !== undefined && time > last ? utc(century - 100 + year, fields) : time
}

type Fields = Readonly<Record<string, string | undefined>>

/** Only of a day that the month has. A second may be 60, which is a leap second, and which no platform takes. */
function utc(year: number | string, { day, month, time, second }: Fields): number | undefined {
  const minute = new Date(`${day} ${month} ${year} ${time}:00 GMT`)
  return minute.getUTCDate() === Number(day) && Number(second) <= 60 ? minute.getTime() + Number(second) * 1000 : undefined
}

/**
 * Dates of HTTP, RFC 9110 section 5.6.7, by hand: `Date.parse` reads a date without a zone, as asctime writes it, in the
 * zone of the machine.
 *
 * ```
 * Sun, 06 Nov 1994 08:49:37 GMT    IMF-fixdate
 * Sunday, 06-Nov-94 08:49:37 GMT   rfc850
 * Sun Nov  6 08:49:37 1994         asctime
 * ```
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** IMF-fixdate and rfc850, also with the four-digit year that many servers write between dashes. */
const WITH_COMMA =
  /^[a-z]{3,9}, ?(?<day>\d{1,2})[ -](?<month>[a-z]{3})[ -](?<year>\d{4}|\d{2}) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?: (?:GMT|UTC?|Z|(?<offset>[+-]\d{4})))?$/i
const ASCTIME =
  /^[a-z]{3} (?<month>[a-z]{3}) {1,2}(?<day>\d{1,2}) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d) (?<year>\d{4})(?: (?:GMT|UTC?))?$/i

/** No date is longer; the patterns need not look at more. */
const MAX_LENGTH = 64

/** Milliseconds since 1970 of an HTTP date, or `undefined` if it is none. `now`, in the same unit, decides a two-digit year. */
export function parseDate(text: string, now: number): number | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const fields = (WITH_COMMA.exec(text) ?? ASCTIME.exec(text))?.groups
  if (!fields) return undefined
  const { year = '', month = '', offset = '' } = fields
  const rest = [MONTHS.indexOf(month.toLowerCase()), ...['day', 'hour', 'minute', 'second'].map((name) => Number(fields[name]))]
  const time = year.length === 2 ? inNearCentury(Number(year), rest, now) : utc(Number(year), rest)
  return time === undefined ? undefined : time - minutesOf(offset) * 60_000
}

/** A two-digit year is the last one that is not more than 50 years ahead. */
function inNearCentury(year: number, rest: readonly number[], now: number): number | undefined {
  const limit = new Date(now)
  limit.setUTCFullYear(limit.getUTCFullYear() + 50)
  const century = limit.getUTCFullYear() - (limit.getUTCFullYear() % 100)
  const time = utc(century + year, rest)
  return time !== undefined && time > limit.getTime() ? utc(century - 100 + year, rest) : time
}

/** Only of a day that the month has. A second may be 60, which is a leap second. */
function utc(year: number, [month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[]): number | undefined {
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return undefined
  const date = new Date(Date.UTC(year, month, day))
  return day > 0 && date.getUTCMonth() === month ? date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 : undefined
}

function minutesOf(offset: string): number {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3))
  return offset.startsWith('-') ? -minutes : minutes
}

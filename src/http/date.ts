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
const DATE = /^[a-z]{3,9}, ?(\d{1,2})[ -]([a-z]{3})[ -](\d{4}|\d{2}) (\d\d:\d\d):(\d\d)(?: (?:GMT|UTC?|Z|([+-]\d{4})))?$/i
const ASCTIME = /^([a-z]{3}) ([a-z]{3}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})(?: (?:GMT|UTC?))?$/i

/** No date is longer; the patterns need not look at more. */
const MAX_LENGTH = 64

/** Milliseconds since 1970 of an HTTP date, or `undefined` if it is none. `now`, in the same unit, decides a two-digit year. */
export function parseDate(text: string, now: number): number | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const fields = DATE.exec(text.replace(ASCTIME, '$1, $3 $2 $5 $4'))
  if (!fields) return undefined
  const [, day, month, given = '', clock, second, offset = ''] = fields
  /** Only of a day that the month has. A second may be 60, which is a leap second, and which no platform takes. */
  const inYear = (year: number) => {
    const minute = `${day} ${month} ${year} ${clock}:00 GMT`
    const exists = new Date(minute).getUTCDate() === Number(day) && Number(second) <= 60
    return exists ? Date.parse(minute + offset) + Number(second) * 1000 : undefined
  }
  let year = Number(given)
  if (given.length === 2) {
    // The last one that is not more than 50 years ahead.
    const limit = new Date(now)
    const last = limit.setUTCFullYear(limit.getUTCFullYear() + 50)
    year += limit.getUTCFullYear() - (limit.getUTCFullYear() % 100)
    if (Number(inYear(year)) > last) year -= 100
  }
  return inYear(year)
}

/** Headers as options: any form, any case, `null` removes. */
import { pairsOf, setPairs } from './pairs.ts'
import { isToken } from './token.ts'

/** An object, pairs or `Headers`. In the first two `null` removes an inherited header, `undefined` leaves it. */
export type HeadersLike =
  | Headers
  | Readonly<Record<string, string | number | boolean | null | undefined | readonly string[]>>
  | readonly (readonly [string, string | number | boolean | null | undefined])[]
  | Iterable<readonly [string, string]>
  | string[][]

/** Headers as a list; `null` stands for "remove this one". */
export type HeaderPairs = readonly (readonly [name: string, value: string | null])[]

/**
 * Fetch standard, "header value": bytes without NUL, CR and LF. Blanks and line breaks at its ends are taken off when it is set
 * ("normalize"), so only a line break between two other characters is wrong. The platform would quote the value in its message.
 */
const NOT_A_VALUE = /[^\u0001-\u00ff]|[^\t\n\r ][\t ]*[\n\r][\t\n\r ]*[^\t\n\r ]/

/** Lists headers of any form as pairs. */
export function headerPairs(headers: HeadersLike): [string, string | null][] {
  return pairsOf(headers, 'headers').flatMap(([name, value]) => {
    const values = value === undefined ? [] : Array.isArray(value) ? value : [value]
    return values.map((one): [string, string | null] => [
      checkName(name, 'headers'),
      value === null ? null : checkValue(name, one),
    ])
  })
}

/** Headers of any form as the platform's, which would quote a wrong value in its own error. */
export function toHeaders(given: HeadersLike): Headers {
  const headers = new Headers()
  setPairs(headers, headerPairs(given))
  return headers
}

/** A header's name in lower case. */
export function headerName(name: string, option: string): string {
  return checkName(name, option).toLowerCase()
}

function checkName(name: unknown, option: string): string {
  if (isToken(name)) return name
  throw new TypeError(`${option}: a header name must be a token, such as x-client`)
}

function checkValue(name: unknown, value: unknown): string {
  if (['string', 'number', 'boolean'].includes(typeof value) && !NOT_A_VALUE.test(String(value))) return String(value)
  throw new TypeError(`headers: the value of '${String(name)}' must be latin-1 text, without NUL and line breaks`)
}

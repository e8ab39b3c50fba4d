/** Cookies that a call or a session brings along: checked by name and value, merged by name. */
import type { SharedOptions } from '../contract/options.ts'

export type CookieValues = Readonly<Record<string, string | null>> | undefined

/** RFC 9110 section 5.6.2 and RFC 6265bis section 4.1.1: a value may stand in double quotes. */
const COOKIE_NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/
const COOKIE_VALUE = /^("?)[!#-+\--:<-[\]-~]*\1$/

/** Checks a cookie before anything is sent or stored. The message names the cookie, never its value. */
export function checkCookie(name: unknown, value: unknown): void {
  if (typeof name !== 'string' || !COOKIE_NAME.test(name)) {
    throw new TypeError(`cookies: the name ${JSON.stringify(name)?.slice(0, 80)} must be a token (RFC 6265bis section 4.1.1)`)
  }
  if (typeof value === 'string' && COOKIE_VALUE.test(value)) return
  throw new TypeError(
    `cookies: the value of '${name}' must be cookie-octets, without blanks, quotes, commas, semicolons and backslashes: encode it`,
  )
}

/** Merges cookies by name; `undefined` inherits, `null` withholds. */
export function mergeCookies(base: CookieValues, more: SharedOptions['cookies']): CookieValues {
  if (more === undefined || more === null) return base
  if (typeof more !== 'object' || Symbol.iterator in more) throw new TypeError('cookies: give an object { name: value }')
  const merged: Record<string, string | null> = Object.assign(Object.create(null), base)
  for (const [name, value] of Object.entries(more)) {
    if (value === undefined) continue
    checkCookie(name, value ?? '')
    merged[name] = value
  }
  return merged
}

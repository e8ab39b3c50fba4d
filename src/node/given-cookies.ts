/** The `cookies` option: what a call takes over from its session, by name. */
import { cookiePairs } from '../cookies/header.ts'
import { type CookieValues, mergeCookies } from '../cookies/values.ts'
import { utf8ByteString } from '../http/byte-string.ts'
import type { HeaderPairs } from '../http/headers.ts'

/**
 * Merges a call's cookies over its session's. The call's own Cookie header also wins: the session's cookies of those names are
 * left out.
 */
export function mergeGivenCookies(
  inherited: CookieValues,
  own: Parameters<typeof mergeCookies>[1],
  headers: HeaderPairs = [],
): CookieValues {
  return mergeCookies(withoutNamed(inherited, headers), own)
}

function withoutNamed(cookies: CookieValues, headers: HeaderPairs): CookieValues {
  if (!cookies || headers.length === 0) return cookies
  const lines = headers.flatMap(([name, value]) => (name.toLowerCase() === 'cookie' && value !== null ? [value] : []))
  const named = new Set(lines.flatMap(cookiePairs).map(({ name }) => name))
  return Object.fromEntries(Object.entries(cookies).filter(([name]) => !named.has(utf8ByteString(name))))
}

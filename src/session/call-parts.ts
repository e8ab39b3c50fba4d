/** What a call takes over from its session, name by name: headers, cookies, the platform's options. */

import type { CallOptions } from '../contract/options.ts'
import { bytesOf } from '../cookies/bytes.ts'
import { cookiePairs } from '../cookies/header.ts'
import type { CookieValues } from '../cookies/values.ts'
import { emptyOptions } from '../exchange/checked-options.ts'
import { isSecretHeader } from '../exchange/credentials.ts'
import { parseSensitive } from '../exchange/rules.ts'
import { type headerPairs, setHeaders } from '../http/headers.ts'
import { isPlatformOption } from './option-table.ts'
import type { SessionState } from './state.ts'

/** The session's cookies, without those that the call's own Cookie header names: a call goes before its session. */
export function sessionCookies({ cookies }: SessionState, pairs: HeaderPairs): CookieValues {
  if (!cookies || pairs.length === 0) return cookies
  const lines = pairs.flatMap(([name, value]) => (name.toLowerCase() === 'cookie' && value !== null ? [value] : []))
  const named = new Set(lines.flatMap(cookiePairs).map(({ name }) => name))
  return Object.fromEntries(Object.entries(cookies).filter(([name]) => !named.has(bytesOf(name))))
}

type HeaderPairs = ReturnType<typeof headerPairs>

export const NO_PAIRS: HeaderPairs = []

interface HeaderRules {
  readonly atHome: boolean
  readonly opaque: boolean
  readonly sensitiveHeaders: ReadonlySet<string>
  /** Whether the call brings credentials of its own, which go before a header of the session's. */
  readonly hasAuth: boolean
}

export function headersOf(
  state: SessionState,
  pairs: HeaderPairs,
  body: unknown,
  { atHome, opaque, sensitiveHeaders, hasAuth }: HeaderRules,
): Headers {
  const headers = new Headers(state.headers)
  // What the session calls sensitive stays so, whatever the call says of its own headers.
  if (!atHome) removeSecrets(headers, parseSensitive([...sensitiveHeaders], state.options.sensitiveHeaders))
  if (hasAuth) headers.delete('authorization')
  const bringsType = typeof body === 'object' && body !== null && 'append' in body
  // A default JSON content-type would spoil a form: its boundary is only in the type that the platform makes.
  if (bringsType) headers.delete('content-type')
  setHeaders(headers, pairs)
  if (opaque) removeSecrets(headers, sensitiveHeaders)
  return headers
}

/** Removes credentials and what is called sensitive. */
export function removeSecrets(headers: Headers, sensitive: ReadonlySet<string>): void {
  for (const name of [...headers.keys()]) {
    if (isSecretHeader(name, sensitive)) headers.delete(name)
  }
}

export function platformOf(state: SessionState, given: CallOptions): RequestInit {
  for (const name of Object.keys(given)) {
    if (isPlatformOption(name)) return { ...state.platform, ...platformOptions(given) }
  }
  return state.platform
}

/** The options that go on to the platform's fetch. */
export function platformOptions(options: object): RequestInit {
  const platform: Record<string, unknown> = emptyOptions()
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && value !== null && isPlatformOption(name)) platform[name] = value
  }
  return platform
}

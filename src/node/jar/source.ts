/** The `jar` option: a live jar, a saved state, a store, or none. */

import type { SessionOptions } from '../../contract/options.ts'
import { asciiDomain, isSuffix } from '../../cookies/domains.ts'
import { Cookie, type UserStore } from '../../cookies/tough.ts'
import { memoryStoreOf } from './eviction.ts'
import { Jar } from './jar.ts'
import { MemoryStore } from './memory-store.ts'
import { endAfter, expiryOf, shownName } from './rules.ts'
import { ToughStore } from './tough-store.ts'

/** Makes the jar of a session. A saved state is read, never written to. */
export function openJar(option: SessionOptions['jar'], now: () => number = Date.now): Jar | undefined {
  if (option === false) return undefined
  if (option === undefined || option === null) return new Jar(new MemoryStore(), now)
  if (typeof option === 'string') return openJar(parseState(option), now)
  if (typeof option !== 'object') throw wrongJar()
  const { store, cookies } = option as { store?: UserStore; cookies?: unknown }
  if (typeof store?.findCookies === 'function') return new Jar(new ToughStore(store), now)
  if (Array.isArray(cookies)) return new Jar(memoryStoreOf(readState(cookies, now())), now)
  throw wrongJar()
}

function wrongJar(): TypeError {
  return new TypeError('jar: give a tough-cookie CookieJar, a saved state ({ cookies: […] }), { store } or false')
}

function parseState(text: string): object {
  try {
    const state: unknown = JSON.parse(text)
    return typeof state === 'object' && state !== null ? state : {}
  } catch {
    throw new TypeError('jar: this saved state is not JSON')
  }
}

/** Cookie by cookie: tough-cookie's own restore loses those above about 3,000. All or nothing. */
function readState(entries: readonly unknown[], now: number): Cookie[] {
  const cookies: Cookie[] = []
  for (const [index, entry] of entries.entries()) {
    const cookie = readEntry(entry)
    if (!cookie) throw new TypeError(`jar: entry ${index}${nameOf(entry)} of the saved state is damaged; nothing was loaded`)
    if (cookie.expires instanceof Date) cookie.expires = endAfter(cookie.expires.getTime(), now)
    if (expiryOf(cookie) > now) cookies.push(cookie)
  }
  return cookies
}

function readEntry(entry: unknown): Cookie | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const fields = entry as Record<string, unknown>
  for (const [name, isRight] of Object.entries(FIELDS)) {
    const value = fields[name]
    if (!(isRight(value) || (value === undefined && !REQUIRED.has(name)))) return undefined
  }
  const cookie = Cookie.fromJSON(entry)
  // A state from elsewhere must not make a cookie for all of a public suffix.
  if (cookie && isSuffix(String(fields.domain))) cookie.hostOnly = true
  if (cookie && cookie.maxAge !== null) {
    // Saved by tough-cookie itself: frozen where it is, or it would slide from here on.
    const end = cookie.expiryTime()
    cookie.expires = end === undefined || end === Number.POSITIVE_INFINITY ? 'Infinity' : new Date(Math.max(0, end))
    cookie.maxAge = null
  }
  return cookie
}

const isText = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)
const isFlag = (value: unknown) => value === null || typeof value === 'boolean'
const isDate = (value: unknown) =>
  value === null || value === 'Infinity' || (typeof value === 'string' && !Number.isNaN(Date.parse(value)))
const REQUIRED = new Set(['key', 'domain', 'path'])

/** What each field of tough-cookie's form may be. A value that a header cannot hold would fail every later call. */
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  key: isText(/^[^=;\0-\x1f\x7f\u0100-\uffff]+$/),
  value: isText(/^[^;\0-\x08\x0a-\x1f\x7f\u0100-\uffff]*$/),
  domain: (value) => typeof value === 'string' && asciiDomain(value) === value && !value.startsWith('.'),
  path: isText(/^\/[^;\0-\x1f\x7f]*$/),
  expires: isDate,
  creation: isDate,
  lastAccessed: isDate,
  maxAge: (value) => value === null || typeof value === 'number' || value === 'Infinity' || value === '-Infinity',
  secure: isFlag,
  httpOnly: isFlag,
  hostOnly: isFlag,
  pathIsDefault: isFlag,
  extensions: (value) => value === null || (Array.isArray(value) && value.every((one) => typeof one === 'string')),
  sameSite: (value) => value === null || isText(/^(strict|lax|none)$/i)(value),
}

function nameOf(entry: unknown): string {
  const name = shownName((entry as { key?: unknown } | null)?.key)
  return name && ` (${name})`
}

/** The `jar` option: a live jar, a saved state, a store, or none. */

import type { SessionOptions } from '../options.ts'
import { expiryOf } from './cookie-rules.ts'
import { Jar, shelve } from './jar.ts'
import { MemoryShelf, StoreShelf } from './shelf.ts'
import { Cookie, type Store } from './tough.ts'

/** Makes the jar of a session. A saved state is read, never written to. */
export function openJar(option: SessionOptions['jar'], now: () => number = Date.now): Jar | undefined {
  if (option === false) return undefined
  if (option === undefined || option === null) return new Jar(new MemoryShelf(), now)
  if (typeof option === 'string') return openJar(parseState(option), now)
  if (typeof option !== 'object') throw wrongJar()
  const { store, cookies } = option as { store?: Store; cookies?: unknown }
  if (typeof store?.findCookies === 'function') return new Jar(new StoreShelf(store), now)
  if (Array.isArray(cookies)) return new Jar(shelve(readState(cookies, now())), now)
  throw wrongJar()
}

function wrongJar(): TypeError {
  return new TypeError('jar: give a tough-cookie CookieJar, a saved state ({ cookies: […] }), { store } or false')
}

function parseState(text: string): object {
  try {
    return JSON.parse(text) as object
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
    if (expiryOf(cookie) > now) cookies.push(cookie)
  }
  return cookies
}

function readEntry(entry: unknown): Cookie | undefined {
  const { key, value, domain, path, expires, creation } = (entry ?? {}) as Record<string, unknown>
  const strings =
    typeof key === 'string' &&
    key !== '' &&
    typeof domain === 'string' &&
    domain !== '' &&
    typeof path === 'string' &&
    path.startsWith('/')
  if (!strings || !(value === undefined || typeof value === 'string') || !isDate(expires) || !isDate(creation)) return undefined
  const cookie = Cookie.fromJSON(entry)
  if (cookie && cookie.maxAge !== null) {
    // Saved by tough-cookie itself: frozen where it is, or it would slide from here on.
    const end = cookie.expiryTime()
    cookie.expires = end === undefined || end === Number.POSITIVE_INFINITY ? 'Infinity' : new Date(Math.max(0, end))
    cookie.maxAge = null
  }
  return cookie
}

function isDate(value: unknown): boolean {
  return value === undefined || value === null || value === 'Infinity' || !Number.isNaN(new Date(value as string).getTime())
}

function nameOf(entry: unknown): string {
  const { key } = (entry ?? {}) as { key?: unknown }
  return typeof key === 'string' && /^[!-~]{1,80}$/.test(key) ? ` ('${key}')` : ''
}

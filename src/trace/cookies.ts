/** Cookies as a request and a response name them. The jar decides what becomes of them; this only reads what was said. */

import type { TraceCookie, TraceSetCookie, Writable } from './entry.ts'

/** Reads a Cookie header, RFC 6265bis section 5.8.3: pairs at `; `, a pair without `=` is a nameless cookie. */
export function readCookieHeader(header: string | null): TraceCookie[] {
  if (!header) return []
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map(readPair)
}

/** Reads a Set-Cookie line, RFC 6265bis section 5.6. */
export function readSetCookie(line: string): Writable<TraceSetCookie> {
  const [pair = '', ...attributes] = line.split(';')
  const cookie: Writable<TraceSetCookie> = { ...readPair(pair), secure: false, httpOnly: false, partitioned: false }
  for (const attribute of attributes) {
    const { name, value } = readAttribute(attribute)
    const set = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined
    set?.(cookie, value)
  }
  return cookie
}

type SetAttribute = (cookie: Writable<TraceSetCookie>, value: string) => void

const ATTRIBUTES: Readonly<Record<string, SetAttribute>> = {
  domain: (cookie, value) => {
    cookie.domain = value
  },
  path: (cookie, value) => {
    cookie.path = value
  },
  expires: (cookie, value) => {
    cookie.expires = value
  },
  'max-age': (cookie, value) => {
    if (/^-?\d+$/.test(value)) cookie.maxAge = Number(value)
  },
  samesite: (cookie, value) => {
    cookie.sameSite = value
  },
  secure: (cookie) => {
    cookie.secure = true
  },
  httponly: (cookie) => {
    cookie.httpOnly = true
  },
  partitioned: (cookie) => {
    cookie.partitioned = true
  },
}

function readPair(pair: string): TraceCookie {
  const end = pair.indexOf('=')
  return { name: pair.slice(0, Math.max(end, 0)).trim(), value: pair.slice(end + 1).trim() }
}

function readAttribute(attribute: string): TraceCookie {
  const end = attribute.indexOf('=')
  if (end < 0) return { name: attribute.trim().toLowerCase(), value: '' }
  return { name: attribute.slice(0, end).trim().toLowerCase(), value: attribute.slice(end + 1).trim() }
}

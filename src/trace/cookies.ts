/** Cookies as the headers of a request and a response have them, whatever the jar makes of them. */
import { cookiePair, cookiePairs, trimBlanks } from '../cookies/header.ts'
import type { TraceCookie, TraceSetCookie, Writable } from './entry.ts'

/** Reads a Cookie header, RFC 6265bis section 5.8.3; a pair without `=` is a nameless cookie. */
export function readCookieHeader(header: string | null): TraceCookie[] {
  return cookiePairs(header ?? '').map(({ name, value }) => ({ name, value }))
}

/** Reads a Set-Cookie line, RFC 6265bis section 5.6. */
export function readSetCookie(line: string): Writable<TraceSetCookie> {
  const [pair = '', ...attributes] = line.split(';')
  const { name, value } = cookiePair(pair)
  const cookie: Writable<TraceSetCookie> = { name, value, secure: false, httpOnly: false, partitioned: false }
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

function readAttribute(attribute: string): TraceCookie {
  if (!attribute.includes('=')) return { name: trimBlanks(attribute).toLowerCase(), value: '' }
  const { name, value } = cookiePair(attribute)
  return { name: name.toLowerCase(), value }
}

/** The Cookie header: its parser, and which cookie is sent of several with one name. */
import { utf8ByteString } from '../http/byte-string.ts'
import type { CookieValues } from './values.ts'

/** One cookie of a header, as a byte string. */
export interface CookiePair {
  /** `''` for a cookie without a name. */
  readonly name: string
  readonly value: string
  /** The pair as it stands, without the blanks around it. */
  readonly text: string
}

/** Trims blanks and tabs only, RFC 6265bis section 5.6. `trim()` would also take byte A0, which ends many a UTF-8 letter. */
export function trimBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (isBlank(text[start])) start++
  while (end > start && isBlank(text[end - 1])) end--
  return text.slice(start, end)
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t'
}

/** Splits a pair at its first equals sign. Without one it is all value: section 5.6, step 3. */
export function cookiePair(pair: string): CookiePair {
  const end = pair.indexOf('=')
  return { name: trimBlanks(pair.slice(0, Math.max(0, end))), value: trimBlanks(pair.slice(end + 1)), text: trimBlanks(pair) }
}

/** The cookies of a Cookie header, in their order. */
export function cookiePairs(header: string): CookiePair[] {
  return header
    .split(';')
    .map(cookiePair)
    .filter(({ text }) => text !== '')
}

interface HopCookies {
  readonly fromJar: string
  /** The request's own Cookie header. */
  readonly explicit: string | null
  /** The `cookies` option. */
  readonly option: CookieValues
  /** Names that the server has set since the call began: from there on its value is sent. */
  readonly taken: ReadonlySet<string>
}

/** The Cookie header of one hop. By name: the `cookies` option wins over the header, and the header over the jar. */
export function mergeCookieHeader({ fromJar, explicit, option, taken }: HopCookies): string {
  const own = Object.entries(option ?? {})
    .map(([name, value]) => ({ name: utf8ByteString(name), value }))
    .filter(({ name }) => !taken.has(name))
  const given = new Set(own.map(({ name }) => name))
  const header = cookiePairs(explicit ?? '').filter(({ name }) => !given.has(name) && !taken.has(name))
  for (const { name } of header) given.add(name)
  const kept = cookiePairs(fromJar).filter(({ name }) => !given.has(name))
  const added = own.flatMap(({ name, value }) => {
    if (value === null) return []
    return name === '' ? [utf8ByteString(value)] : [`${name}=${utf8ByteString(value)}`]
  })
  return [...[...kept, ...header].map(({ text }) => text), ...added].join('; ')
}

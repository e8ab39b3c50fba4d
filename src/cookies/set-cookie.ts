/** A Set-Cookie line, read: RFC 6265bis section 5.6. One pass from left to right, whatever a server sends. */
import { asBytes } from './bytes.ts'
import { cookiePair, trimBlanks } from './header.ts'
import { MAX_ATTRIBUTE } from './limits.ts'
import { parseDate } from './tough.ts'

/** Step 1 (all but HTAB). */
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/

/** What a line says, as byte strings. */
export interface SetCookieLine {
  readonly key: string
  readonly value: string
  readonly attributes: Attributes
}

/** What the attributes say; of several of one name the last that is valid counts. */
export interface Attributes {
  /** `''` for none. */
  readonly domain: string
  /** `null` where the default path is meant. */
  readonly path: string | null
  readonly expires: Date | null
  /** Seconds. */
  readonly maxAge: number | null
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: 'strict' | 'lax' | 'none' | undefined
  readonly partitioned: boolean
}

/** Reads a line; `undefined` for one that holds a control character. */
export function readSetCookie(given: string): SetCookieLine | undefined {
  if (CONTROL.test(given)) return undefined
  const line = asBytes(given)
  const stop = line.indexOf(';')
  const { name, value } = cookiePair(stop < 0 ? line : line.slice(0, stop))
  return { key: name, value, attributes: stop < 0 ? NONE : readAttributes(line.slice(stop + 1)) }
}

const NONE: Attributes = {
  domain: '',
  path: null,
  expires: null,
  maxAge: null,
  secure: false,
  httpOnly: false,
  sameSite: undefined,
  partitioned: false,
}

/** Attributes by their text: a server writes the same ones with ever new values. */
const attributesByText = new Map<string, Attributes>()
const MOST_REMEMBERED = 64

function readAttributes(text: string): Attributes {
  const known = attributesByText.get(text)
  if (known) return known
  const attributes: Attributes = { ...NONE }
  for (const attribute of text.split(';')) Object.assign(attributes, readAttribute(attribute))
  if (attributesByText.size >= MOST_REMEMBERED) attributesByText.clear()
  if (text.length <= MAX_ATTRIBUTE) attributesByText.set(text, attributes)
  return attributes
}

/** What one attribute says; `undefined` for one that is unknown, too long or not valid. */
function readAttribute(attribute: string): Partial<Attributes> | undefined {
  const end = attribute.indexOf('=')
  const value = end < 0 ? '' : trimBlanks(attribute.slice(end + 1))
  if (value.length > MAX_ATTRIBUTE) return undefined
  return READERS.get(trimBlanks(end < 0 ? attribute : attribute.slice(0, end)).toLowerCase())?.(value)
}

/** Sections 5.6.1 to 5.6.7, and Partitioned of CHIPS. */
const READERS = new Map<string, (value: string) => Partial<Attributes> | undefined>([
  ['expires', readExpires],
  ['max-age', (value) => (/^-?\d+$/.test(value) ? { maxAge: Number(value) } : undefined)],
  // An empty one takes an earlier one back.
  ['domain', (value) => ({ domain: value.startsWith('.') ? value.slice(1) : value })],
  ['path', (value) => ({ path: value.startsWith('/') ? value : null })],
  ['secure', () => ({ secure: true })],
  ['httponly', () => ({ httpOnly: true })],
  ['samesite', (value) => ({ sameSite: SAME_SITE.find((known) => known === value.toLowerCase()) })],
  ['partitioned', () => ({ partitioned: true })],
])

const SAME_SITE = ['strict', 'lax', 'none'] as const

function readExpires(value: string): Partial<Attributes> | undefined {
  const expires = parseDate(value)
  return expires && { expires }
}

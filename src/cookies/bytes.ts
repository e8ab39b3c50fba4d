/**
 * Cookies are bytes on the wire and text for people.
 *
 * A header, the jar and a saved state hold *byte strings*: one character (0 to 255) for each byte, as fetch's Headers give
 * them. `session.cookies` and the `cookies` option hold text. Bytes that are UTF-8 read as that text, others as latin-1.
 * Both readings can give the same text, so a cookie whose bytes are not UTF-8 carries them along in `bytes`.
 */
import { textOf, utf8ByteString } from '../http/byte-string.ts'

export { textOf }

const NOT_A_BYTE = /[^\0-\xff]/

interface NamedValue {
  readonly name: string
  readonly value: string
  readonly bytes?: string | undefined
}

/** A text of a header, or of a state that another program has saved, as a byte string. */
export function asBytes(text: string): string {
  return NOT_A_BYTE.test(text) ? utf8ByteString(text) : text
}

/** A pair in text, and `bytes` beside it if the text alone would not go back byte for byte. */
export function pairText(key: string, value: string): { name: string; value: string; bytes?: string } {
  const pair = { name: textOf(key), value: textOf(value) }
  const isExact = utf8ByteString(pair.name) === key && utf8ByteString(pair.value) === value
  return isExact ? pair : { ...pair, bytes: `${key}=${value}` }
}

/** The bytes of a pair: those that it carries along, for as much of it as still has the text they read as. */
export function pairBytes({ name, value, bytes }: NamedValue): { readonly key: string; readonly value: string } {
  const end = bytes?.indexOf('=') ?? -1
  const carried = (text: string, kept: string | undefined) =>
    kept !== undefined && !NOT_A_BYTE.test(kept) && textOf(kept) === text ? kept : utf8ByteString(text)
  return { key: carried(name, bytes?.slice(0, end)), value: carried(value, bytes?.slice(end + 1)) }
}

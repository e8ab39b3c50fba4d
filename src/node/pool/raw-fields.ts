/** Response headers as undici's older callbacks give them: names and values in turn, as bytes. */
import type { Fields } from './lazy-headers.ts'

/** A name, a value, or the values of one name. */
export type RawField = Uint8Array | string | readonly (Uint8Array | string)[]

/** Reads names and values into fields, as the platform's fetch does: names in lower case, bytes as latin-1. */
export function parseFields(raw: readonly RawField[]): Fields {
  const fields: Record<string, string | string[]> = {}
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = nameOf(raw[at] as Uint8Array | string)
    const value = raw[at + 1] as RawField
    if (Array.isArray(value)) for (const one of value) append(fields, name, textOf(one))
    else append(fields, name, textOf(value as Uint8Array))
  }
  return fields
}

function append(fields: Record<string, string | string[]>, name: string, value: string): void {
  const known = fields[name]
  // A name such as `constructor` finds a member of every object, which is neither.
  if (typeof known === 'string') fields[name] = [known, value]
  else if (Array.isArray(known)) known.push(value)
  else if (name === '__proto__')
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true })
  else fields[name] = value
}

interface KnownName {
  readonly bytes: Uint8Array
  readonly name: string
}

/**
 * Names by their bytes: servers send the same few with every response, and to decode, lower and look up one costs 80 ns. A slot
 * holds the last name that fell into it, so that a server of ever new ones fills no memory.
 */
const names: (KnownName | undefined)[] = new Array(256).fill(undefined)

function nameOf(bytes: Uint8Array | string): string {
  if (typeof bytes === 'string') return bytes.toLowerCase()
  const { length } = bytes
  const slot = (length * 31 + (bytes[0] ?? 0) * 7 + (bytes[length - 1] ?? 0)) & 255
  const known = names[slot]
  if (known && isSame(known.bytes, bytes)) return known.name
  const name = textOf(bytes).toLowerCase()
  // A copy: undici's bytes are parts of all that came over the socket.
  if (length <= LONGEST_NAME) names[slot] = { bytes: Uint8Array.from(bytes), name }
  return name
}

const LONGEST_NAME = 64

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false
  return true
}

/** undici's bytes are Buffers, whose own method is faster than a decoder. */
function textOf(bytes: Uint8Array | string): string {
  return typeof bytes === 'string' ? bytes : (bytes as Buffer).toString('latin1')
}

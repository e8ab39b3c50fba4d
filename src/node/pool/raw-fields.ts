/** Response headers as undici's older callbacks give them: names and values in turn, as bytes. */
import type { Fields } from './lazy-headers.ts'

/** A name, a value, or the values of one name. */
export type RawField = Uint8Array | string | readonly (Uint8Array | string)[]

/** Reads names and values into fields, as the platform's fetch does: names in lower case, bytes as latin-1. */
export function parseFields(raw: readonly RawField[]): Fields {
  const fields: Record<string, string | string[]> = {}
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = textOf(raw[at] as Uint8Array).toLowerCase()
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
  else fields[name] = value
}

/** undici's bytes are Buffers, whose own method is faster than a decoder. */
function textOf(bytes: Uint8Array | string): string {
  return typeof bytes === 'string' ? bytes : (bytes as Buffer).toString('latin1')
}

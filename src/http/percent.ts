/** Percent-encoded text from outside, which may be encoded in part only, or wrongly. */

/**
 * Decodes each percent-encoded character by itself and leaves what is none as it is, where `decodeURIComponent` refuses the
 * whole text: `100%&%40` is `100%&@`. A byte that is not UTF-8 stays encoded.
 */
export function decodeRuns(text: string): string {
  const parts: string[] = []
  let from = 0
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at)) {
    const bytes = sequenceAt(text, at)
    if (bytes) {
      parts.push(text.slice(from, at), UTF8.decode(bytes))
      from = at + 3 * bytes.length
    }
    at = bytes ? from : at + 1
  }
  return parts.join('') + text.slice(from)
}

/** Keeps U+FEFF, which a decoder otherwise takes for a mark and drops. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The well-formed UTF-8 sequence that is percent-encoded at an index: the table 3-7 of the Unicode standard. */
function sequenceAt(text: string, at: number): Uint8Array<ArrayBuffer> | undefined {
  const lead = byteAt(text, at)
  if (lead < 0 || (lead > 0x7f && lead < 0xc2) || lead > 0xf4) return undefined
  const bytes = new Uint8Array(lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4)
  bytes[0] = lead
  for (let index = 1; index < bytes.length; index++) {
    const byte = byteAt(text, at + 3 * index)
    const [low, high] = index === 1 ? secondByte(lead) : [0x80, 0xbf]
    if (byte < low || byte > high) return undefined
    bytes[index] = byte
  }
  return bytes
}

/** No longer form than needed, no surrogate, nothing above U+10FFFF. */
function secondByte(lead: number): readonly [low: number, high: number] {
  if (lead === 0xe0) return [0xa0, 0xbf]
  if (lead === 0xed) return [0x80, 0x9f]
  if (lead === 0xf0) return [0x90, 0xbf]
  return [0x80, lead === 0xf4 ? 0x8f : 0xbf]
}

/** The byte that `%` and two hexadecimal digits at an index stand for, or -1. */
function byteAt(text: string, at: number): number {
  const digits = text[at] === '%' ? text.slice(at + 1, at + 3) : ''
  return /^[\da-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : -1
}

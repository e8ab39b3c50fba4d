/** Header bytes, which come as a string of characters up to U+00FF, and the text that they are. */

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads bytes that are valid UTF-8 as that text, others as latin-1. What has characters above U+00FF is text already. */
export function textOfBytes(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes) || /[^\0-\xff]/.test(bytes)) return bytes
  try {
    return UTF8.decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))
  } catch {
    return bytes
  }
}

/** The bytes of a text in UTF-8, as the string that `Headers` and node:http take. */
export function bytesOfText(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
}

/** Byte strings: one character for each byte, as `Headers` gives and takes values, and as `btoa` reads its input. */

const NOT_ASCII = /[^\0-\x7f]/

/** The bytes of a text in UTF-8. */
export function utf8ByteString(text: string): string {
  if (!NOT_ASCII.test(text)) return text
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return bytes
}

/** The bytes that a byte string stands for. */
export function bytesOf(byteString: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(byteString, (character) => character.charCodeAt(0))
}

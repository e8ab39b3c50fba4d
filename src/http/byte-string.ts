/** Byte strings: one character for each byte, as `Headers` gives and takes values, and as `btoa` reads its input. */

/** The bytes of a text in UTF-8. */
export function utf8ByteString(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
}

/** The bytes that a byte string stands for. */
export function bytesOf(byteString: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(byteString, (character) => character.charCodeAt(0))
}

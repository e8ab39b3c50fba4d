/** Byte strings: one character for each byte, as `Headers` gives and takes values, and as `btoa` reads its input. */

const NOT_ASCII = /[^\0-\x7f]/

/** The bytes of a text in UTF-8. */
export function utf8ByteString(text: string): string {
  if (!NOT_ASCII.test(text)) return text
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return bytes
}

/** A byte order mark in front belongs to the text. */
const UTF8 = { fatal: true, ignoreBOM: true }

/** The text of a byte string: UTF-8 if it is that, else latin-1. A string that holds more than bytes is text already. */
export function textOf(byteString: string): string {
  if (!NOT_ASCII.test(byteString) || /[^\0-\xff]/.test(byteString)) return byteString
  try {
    return new TextDecoder('utf-8', UTF8).decode(bytesOf(byteString))
  } catch {
    return byteString
  }
}

/** The bytes that a byte string stands for. */
export function bytesOf(byteString: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(byteString, (character) => character.charCodeAt(0))
}

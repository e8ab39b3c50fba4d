/** Byte strings: one character for each byte, as `Headers` gives and takes values, and as `btoa` reads its input. */

const NOT_ASCII = /[^\0-\x7f]/

/** The bytes of a text in UTF-8. */
export function utf8ByteString(text: string): string {
  if (!NOT_ASCII.test(text)) return text
  const encoded = new TextEncoder().encode(text)
  let bytes = ''
  // In pieces: a function takes only so many arguments.
  for (let at = 0; at < encoded.length; at += 8192) bytes += String.fromCharCode(...encoded.subarray(at, at + 8192))
  return bytes
}

/** The text of a byte string: UTF-8 if it is that, else latin-1. A string that holds more than bytes is text already. */
export function textOf(byteString: string): string {
  if (!NOT_ASCII.test(byteString) || /[^\0-\xff]/.test(byteString)) return byteString
  try {
    // A byte order mark in front belongs to the text.
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesOf(byteString))
    // U+FFFD stands for bytes that are no UTF-8, or for itself: then its bytes are the same again. A decoder that is `fatal` would
    // throw, which takes longer than all the rest.
    return text.includes('\ufffd') && utf8ByteString(text) !== byteString ? byteString : text
  } catch {
    return byteString
  }
}

/** The bytes that a byte string stands for. */
export function bytesOf(byteString: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteString.length)
  for (let at = 0; at < bytes.length; at++) bytes[at] = byteString.charCodeAt(at)
  return bytes
}

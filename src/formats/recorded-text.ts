/** The text of a header in a HAR, and the bytes that the recorder made it of. */
import { textOf } from '../cookies/bytes.ts'

/** The characters of windows-1252 for the bytes 80 to 9F, where latin-1 has control characters. */
const WINDOWS_1252 = new Map(
  Array.from('€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ', (character, index) => [
    character,
    String.fromCharCode(0x80 + index),
  ]),
)

const NOT_A_BYTE = /[^\0-\xff]/g

/** The bytes of a text that Chromium has read as windows-1252, if they are UTF-8: `é€` came out as `Ã©â‚¬`. Other text stays. */
export function recordedBytes(text: string): string {
  const bytes = text.replace(NOT_A_BYTE, (character) => WINDOWS_1252.get(character) ?? character)
  const isBytes = bytes === text || bytes.search(NOT_A_BYTE) < 0
  return isBytes && textOf(bytes) !== bytes ? bytes : text
}

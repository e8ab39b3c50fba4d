/** The text of a header in a HAR: what the recorder has made of its bytes. */
import { textOf } from '../cookies/bytes.ts'

/** What stands for the bytes 80 to 9F in windows-1252, where latin-1 has control characters. */
const WINDOWS_1252 = new Map(
  Array.from('€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ', (character, index) => [
    character,
    String.fromCharCode(0x80 + index),
  ]),
)

/** Takes back Chromium's reading of bytes as windows-1252 where they are UTF-8: there `Ã©â‚¬` is `é€`. Other text stays. */
export function recordedBytes(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text
  const bytes: string[] = []
  for (const character of text) {
    const byte = character <= '\xff' ? character : WINDOWS_1252.get(character)
    if (byte === undefined) return text
    bytes.push(byte)
  }
  const joined = bytes.join('')
  return textOf(joined) === joined ? text : joined
}

/** Percent-encoded text from outside, which may be encoded in part only, or wrongly. */

/** A percent-encoded character of UTF-8: one byte, or a lead byte with the bytes that belong to it. */
const CHARACTER = /%[0-7]\w|%[cd]\w%[89ab]\w|%e\w(?:%[89ab]\w){2}|%f\w(?:%[89ab]\w){3}/gi

/**
 * Decodes each percent-encoded character by itself, and leaves what is none as it is, where `decodeURIComponent` refuses the
 * whole text: `100%&%40` is `100%&@`.
 */
export function decodeRuns(text: string): string {
  return text.replace(CHARACTER, (character) => {
    try {
      return decodeURIComponent(character)
    } catch {
      return character
    }
  })
}

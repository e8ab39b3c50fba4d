/**
 * The pieces that header fields are made of, RFC 9110 section 5.6: blanks, tokens, quoted strings, lists. Each function reads
 * from an index and says where it stopped, so that a parser made of them looks at no character more than a few times.
 * Regular expressions with two neighbouring repetitions take quadratic time on hostile input: 16 kB blocked for a second.
 */

/** A piece of a header, and the index after it. */
export interface Piece {
  readonly value: string
  readonly end: number
}

const BLANKS = /[ \t]*/y
/** RFC 9110 section 5.6.2. */
const TOKEN = /[!#$%&'*+\-.^_`|~\w]*/y
/** What a list element has outside of quotes. */
const PLAIN = /[^,"]*/y

/** The index of the first character from `at` on that is neither a blank nor a tab. */
export function skipBlanks(text: string, at: number): number {
  return endOfRun(text, at, BLANKS)
}

/** The token at an index, with an empty value where there is none. */
export function readToken(text: string, at: number): Piece {
  const end = endOfRun(text, at, TOKEN)
  return { value: text.slice(at, end), end }
}

/** Where a run of characters of one class ends; `run` is the class with a star and the flag y, which cannot backtrack. */
export function endOfRun(text: string, at: number, run: RegExp): number {
  run.lastIndex = at
  run.test(text)
  return run.lastIndex
}

/** The quoted string that begins with the quote at an index, RFC 9110 section 5.6.4. One that is never closed runs to the end. */
export function readQuoted(text: string, at: number): Piece {
  const parts: string[] = []
  let end = at + 1
  let from = end
  for (; end < text.length && text[end] !== '"'; end++) {
    if (text[end] !== '\\') continue
    parts.push(text.slice(from, end))
    from = ++end
  }
  parts.push(text.slice(from, end))
  return { value: parts.join(''), end: Math.min(end + 1, text.length) }
}

/** The value after a `=`, from the index behind it: a quoted string, or a run of characters of `plain`. */
export function readValue(text: string, at: number, plain: RegExp): Piece {
  const start = skipBlanks(text, at)
  if (text[start] === '"') return readQuoted(text, start)
  const end = endOfRun(text, start, plain)
  return { value: text.slice(start, end).trimEnd(), end }
}

/** The index of the next comma that is not inside a quoted string, or of the end: where a broken list element is over. */
export function endOfElement(text: string, at: number): number {
  let end = endOfRun(text, at, PLAIN)
  while (text[end] === '"') end = endOfRun(text, readQuoted(text, end).end, PLAIN)
  return end
}

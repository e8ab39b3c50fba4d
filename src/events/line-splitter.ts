/**
 * Text that comes in pieces, cut into lines. Each piece is searched once, and joined with the ones before it only when its line
 * is complete: a line of n pieces would otherwise be searched n times, and a server decides how long it is.
 */

/** Cuts text into lines, piece by piece. */
export class LineSplitter {
  readonly #ends: RegExp
  #parts: string[] = []
  /** Whether the last piece ended with CR: an LF at the beginning of the next one then belongs to it. */
  #hasReturned = false

  /** `'LF'`: lines end with LF or CRLF. `'CR'`: with a CR alone too, as in event streams. */
  constructor(ends: 'LF' | 'CR') {
    this.#ends = ends === 'CR' ? /[\r\n]/g : /\n/g
  }

  /** The lines that this piece ends, without their line breaks. */
  push(piece: string): string[] {
    const lines: string[] = []
    let from = this.#hasReturned && piece[0] === '\n' ? 1 : 0
    if (piece !== '') this.#hasReturned = false
    this.#ends.lastIndex = from
    for (let found = this.#ends.exec(piece); found; found = this.#ends.exec(piece)) {
      lines.push(this.#take(piece.slice(from, found.index)))
      from = found.index + 1
      if (found[0] === '\r' && from === piece.length) this.#hasReturned = true
      if (found[0] === '\r' && piece[from] === '\n') from++
      this.#ends.lastIndex = from
    }
    if (from < piece.length) this.#parts.push(piece.slice(from))
    return lines
  }

  /** What comes after the last line break, if anything does. */
  end(): string | undefined {
    return this.#parts.length > 0 ? this.#parts.splice(0).join('') : undefined
  }

  #take(last: string): string {
    this.#parts.push(last)
    const line = this.#parts.splice(0).join('')
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }
}

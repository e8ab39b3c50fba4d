/** `WWW-Authenticate`, RFC 9110 section 11.6.1. Commas stand between challenges, and also between the parameters of each. */
import { endOfElement, endOfRun, readToken, readValue, skipBlanks } from '../../http/header-fields.ts'

/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string
  /** By name, in lower case; of two with one name the first. */
  readonly parameters: ReadonlyMap<string, string>
}

const BETWEEN = /[ \t,]*/y
const VALUE = /[^ \t,]*/y
const TOKEN68 = /[\w\-.~+/]*/y
const PADDING = /=*/y

/** Parses the header. A name followed by `=` is a parameter; every other name is a scheme and begins a challenge. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  for (let at = endOfRun(header, 0, BETWEEN); at < header.length; at = endOfRun(header, at, BETWEEN)) {
    const name = readToken(header, at)
    const next = skipBlanks(header, name.end)
    if (name.value === '') at = endOfElement(header, at)
    else if (header[next] === '=') {
      const { value, end } = readValue(header, next + 1, VALUE)
      const parameters = challenges.at(-1)?.parameters
      const key = name.value.toLowerCase()
      if (parameters && !parameters.has(key)) parameters.set(key, value)
      at = end
    } else {
      challenges.push({ scheme: name.value.toLowerCase(), parameters: new Map() })
      at = endOfToken68(header, next) ?? next
    }
  }
  return challenges
}

/** Parses `Authentication-Info`, RFC 9110 section 11.6.3, which has parameters only. */
export function parseParameters(header: string): Challenge['parameters'] {
  return parseChallenges(`x ${header}`)[0]?.parameters ?? new Map()
}

/** Where a token68 ends: the single value of a scheme such as Negotiate, which may look like a parameter (`YII=`). */
function endOfToken68(header: string, at: number): number | undefined {
  const end = endOfRun(header, endOfRun(header, at, TOKEN68), PADDING)
  const next = skipBlanks(header, end)
  return end > at && (next === header.length || header[next] === ',') ? end : undefined
}

/** `WWW-Authenticate`, RFC 9110 section 11.6.1: one or several challenges, which share the comma with their parameters. */

export interface Challenge {
  /** In lower case. */
  readonly scheme: string
  /** By name, in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

/** A scheme, or a parameter whose value is a token or a quoted string. */
const PART = /([!#$%&'*+\-.^_`|~\w]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|(?=\s|,|$))/g

export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  for (const [part, name = '', quoted, token] of header.matchAll(PART)) {
    if (part.includes('=')) challenges.at(-1)?.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '')
    else challenges.push({ scheme: name.toLowerCase(), parameters: new Map() })
  }
  return challenges
}

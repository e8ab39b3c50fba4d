/** The `Link` header, RFC 8288 section 3. */

/** One link of a `Link` header, RFC 8288: its absolute URL, its `rel`, and its other parameters. */
export interface Link {
  /** Where it leads, absolute. */
  readonly url: string
  /** The relation that it is listed under, such as `next`. */
  readonly rel: string
  readonly [parameter: string]: string
}

/**
 * The pieces of the header: a target, a parameter (name, then a quoted or a plain value), a quoted string elsewhere, and any
 * other character. A piece that has begun always matches, so nothing is looked at twice: reading takes linear time. A bracket
 * or a quote that is never closed takes the rest.
 */
const PIECE =
  /<([^>]*)>|<[^>]*$|;[ \t]*([^ \t;,="]*)[ \t]*(?:=[ \t]*(?:"((?:[^"\\]|\\.?)*)"?|([^;,]*)))?|"(?:[^"\\]|\\.?)*"?|[^ \t]/gs

/** Parses a `Link` header into links by `rel`; of two with one `rel`, the first counts, as in requests. */
export function parseLinks(header: string, base: string): Readonly<Record<string, Link>> {
  const root = base || undefined
  const found: Map<string, string>[] = []
  let link: Map<string, string> | undefined
  let isStart = true
  for (const [piece, target, name, quoted, plain = ''] of header.matchAll(PIECE)) {
    // The first occurrence counts (section 3.3), and "url" is our own word.
    if (name !== undefined) addFirst(link, name.toLowerCase(), quoted?.replace(/\\(.?)/gs, '$1') ?? plain.trimEnd())
    else link = undefined
    if (target !== undefined && isStart && URL.canParse(target, root)) {
      link = new Map([['url', new URL(target, root).href]])
      found.push(link)
    }
    isStart = piece === ','
  }
  const links = new Map<string, Link>()
  for (const parameters of found) {
    const value = { rel: '', ...Object.fromEntries(parameters) }
    // A link stands under each of its relations, of which `rel` may list several: section 3.3.
    for (const rel of value.rel.toLowerCase().split(/\s+/)) addFirst(links, rel, value)
  }
  return Object.fromEntries(links)
}

/** Adds what is the first of its name. Maps, since a server may say `__proto__`. */
function addFirst<T>(map: Map<string, T> | undefined, name: string, value: T): void {
  if (name && !map?.has(name)) map?.set(name, value)
}

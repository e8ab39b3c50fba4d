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
  const found: Link[] = []
  let link: Link | undefined
  let isStart = true
  for (const [piece, target, name, quoted, plain = ''] of header.matchAll(PIECE)) {
    if (name !== undefined) addParameter(link, name.toLowerCase(), quoted?.replace(/\\(.?)/gs, '$1') ?? plain.trimEnd())
    else link = undefined
    if (target !== undefined && isStart && URL.canParse(target, root)) {
      link = { rel: '', url: new URL(target, root).href }
      found.push(link)
    }
    isStart = piece === ','
  }
  return byRelation(found)
}

/** The first occurrence counts (section 3.3), and "url" is our own word. */
function addParameter(link: Link | undefined, name: string, value: string): void {
  if (!link || !name || (name === 'rel' ? link.rel : Object.hasOwn(link, name))) return
  Object.defineProperty(link, name, { value, enumerable: true, writable: true })
}

/** A link stands under each of its relations, of which `rel` may list several: section 3.3. */
function byRelation(found: readonly Link[]): Record<string, Link> {
  const links: Record<string, Link> = {}
  for (const value of found) {
    for (const rel of value.rel.toLowerCase().split(/\s+/)) {
      if (rel && !Object.hasOwn(links, rel)) Object.defineProperty(links, rel, { value, enumerable: true })
    }
  }
  return links
}

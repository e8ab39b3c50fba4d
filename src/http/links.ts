/** The `Link` header, RFC 8288 section 3. */
import type { Link } from '../exchange/marks.ts'

/** A link-value: the target in angle brackets, then parameters, whose values may be quoted strings. */
const LINK = /<([^>]*)>((?:\s*;\s*[^\s;,="]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g
const PARAMETER = /;\s*([^\s;,="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g

/** Parses a `Link` header into links by `rel`; of two with one `rel`, the first counts, as in requests. */
export function parseLinks(header: string, base: string): Readonly<Record<string, Link>> {
  const links: Record<string, Link> = {}
  for (const [, target = '', parameters = ''] of header.matchAll(LINK)) {
    const link = parseLink(target, parameters, base)
    // rel may list several relations, RFC 8288 section 3.3.
    for (const rel of link?.rel.toLowerCase().split(/\s+/) ?? []) {
      if (link && rel && !Object.hasOwn(links, rel)) Object.defineProperty(links, rel, { value: link, enumerable: true })
    }
  }
  return links
}

function parseLink(target: string, parameters: string, base: string): Link | undefined {
  const root = base || undefined
  if (!URL.canParse(target, root)) return undefined
  const link = { rel: '', url: new URL(target, root).href }
  for (const [, name = '', quoted, token = ''] of parameters.matchAll(PARAMETER)) {
    const key = name.toLowerCase()
    // The first occurrence counts (section 3.3), and "url" is our own word.
    if (key === 'url' || (key === 'rel' ? link.rel : Object.hasOwn(link, key))) continue
    Object.defineProperty(link, key, { value: quoted?.replace(/\\(.)/g, '$1') ?? token, enumerable: true, writable: true })
  }
  return link
}

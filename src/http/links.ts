/** The `Link` header, RFC 8288 section 3. */
import { endOfElement, endOfRun, readValue, skipBlanks } from './header-fields.ts'

/** One link of a `Link` header, RFC 8288: its absolute URL, its `rel`, and its other parameters. */
export interface Link {
  readonly url: string
  readonly rel: string
  readonly [parameter: string]: string
}

const BETWEEN = /[ \t,]*/y
const NAME = /[^ \t;,="]*/y
const VALUE = /[^;,]*/y

/** Parses a `Link` header into links by `rel`; of two with one `rel`, the first counts, as in requests. */
export function parseLinks(header: string, base: string): Readonly<Record<string, Link>> {
  const links: Record<string, Link> = {}
  for (let at = 0; at < header.length; ) {
    at = endOfRun(header, at, BETWEEN)
    const close = header[at] === '<' ? header.indexOf('>', at) : -1
    // Without its bracket, the rest of the header is one target that never ends.
    if (close < 0 && header[at] === '<') break
    if (close >= 0) {
      const { parameters, end } = readParameters(header, close + 1)
      addLink(links, linkOf(header.slice(at + 1, close), parameters, base))
      at = end
    }
    at = endOfElement(header, at)
  }
  return links
}

/** Adds a link under each of its relations, of which `rel` may list several: RFC 8288 section 3.3. */
function addLink(links: Record<string, Link>, link: Link | undefined): void {
  for (const rel of link?.rel.toLowerCase().split(/\s+/) ?? []) {
    if (link && rel && !Object.hasOwn(links, rel)) Object.defineProperty(links, rel, { value: link, enumerable: true })
  }
}

/** The parameters that follow a target, each after a semicolon. */
function readParameters(header: string, start: number): { parameters: (readonly [string, string])[]; end: number } {
  const parameters: (readonly [string, string])[] = []
  let at = skipBlanks(header, start)
  while (header[at] === ';') {
    at = skipBlanks(header, at + 1)
    const nameEnd = endOfRun(header, at, NAME)
    const name = header.slice(at, nameEnd).toLowerCase()
    const equals = skipBlanks(header, nameEnd)
    const { value, end } = header[equals] === '=' ? readValue(header, equals + 1, VALUE) : { value: '', end: equals }
    if (name) parameters.push([name, value])
    at = skipBlanks(header, end)
  }
  return { parameters, end: at }
}

function linkOf(target: string, parameters: readonly (readonly [string, string])[], base: string): Link | undefined {
  const root = base || undefined
  if (!URL.canParse(target, root)) return undefined
  const link = { rel: '', url: new URL(target, root).href }
  for (const [name, value] of parameters) {
    // The first occurrence counts (section 3.3), and "url" is our own word.
    if (name === 'url' || (name === 'rel' ? link.rel : Object.hasOwn(link, name))) continue
    Object.defineProperty(link, name, { value, enumerable: true, writable: true })
  }
  return link
}

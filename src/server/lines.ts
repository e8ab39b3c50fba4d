/**
 * Set-Cookie lines, rewritten on their way from the API to the visitor's browser. They are parsed as RFC 6265bis section 5.6
 * has it.
 */
import { cookiePair, trimBlanks } from '../cookies/header.ts'

/** What the lines are rewritten for. */
export interface Visitor {
  /** The host that the browser knows us by. */
  readonly host: string | undefined
  /** The Domain that replaces every other, from the `domain` option. */
  readonly domain: string | undefined
}

interface Line {
  readonly text: string
  /** Name, Domain and Path of the cookie at the API. */
  readonly there: string
  /** Name, Domain and Path of the cookie in the visitor's browser. */
  readonly here: string
  /** Whether the line ends the cookie. */
  readonly isEnd: boolean
}

interface Attribute {
  readonly key: string
  readonly value: string
  readonly text: string
}

/**
 * The lines for the visitor: the last of each name, Domain and Path, in the order in which they were set.
 *
 * Two cookies of the API become one here when a Domain is taken off. A line that ends one of them then must not end the other: a
 * server that moves its cookie from a Domain to the host sets the new one and ends the old one, in either order.
 */
export function linesFor(visitor: Visitor, lines: readonly string[], now: number): string[] {
  const last = new Map<string, Line>()
  for (const line of lines.map((text) => rewrite(text, visitor, now))) {
    const before = last.get(line.here)
    if (before && line.isEnd && !before.isEnd && before.there !== line.there) continue
    last.delete(line.here)
    last.set(line.here, line)
  }
  return [...last.values()].map(({ text }) => text)
}

/** The name of the cookie that a line sets or ends, as a byte string; a line without `=` has none. */
export function cookieNameOf(line: string): string {
  return cookiePair(line.split(';', 1)[0] ?? '').name
}

function rewrite(line: string, visitor: Visitor, now: number): Line {
  const [pair = '', ...rest] = line.split(';')
  const attributes = rest.map(parse)
  const name = cookieNameOf(line)
  const domain = lastOf(attributes, 'domain')
  const path = lastOf(attributes, 'path')
  const kept = domain && keptDomain(name, domain, visitor)
  // An empty or relative Path counts as none, and without one a browser takes the folder of the page: so Path=/ is added.
  const hasPath = path?.value.startsWith('/') === true
  const others = attributes.flatMap((attribute) => {
    if (attribute.key === 'domain') return kept !== undefined && attribute === domain ? [kept] : []
    if (attribute.key === 'path') return hasPath && attribute === path ? [attribute.text] : []
    return [attribute.text]
  })
  const key = (host: string | undefined) => JSON.stringify([name, host?.toLowerCase() ?? '', hasPath ? path?.value : '/'])
  return {
    text: [pair, ...others, ...(hasPath ? [] : [' Path=/'])].join(';'),
    there: key(domain && bare(domain.value)),
    here: key(kept === undefined ? undefined : bare(visitor.domain ?? domain?.value ?? '')),
    isEnd: isEnd(attributes, now),
  }
}

function parse(text: string): Attribute {
  const end = text.indexOf('=')
  const key = trimBlanks(end < 0 ? text : text.slice(0, end)).toLowerCase()
  return { key, value: end < 0 ? '' : trimBlanks(text.slice(end + 1)), text }
}

function lastOf(attributes: readonly Attribute[], key: string): Attribute | undefined {
  return attributes.findLast((attribute) => attribute.key === key)
}

/** The Domain attribute for the visitor, or `undefined` where the cookie becomes the host's own. */
function keptDomain(name: string, { value, text }: Attribute, { host, domain }: Visitor): string | undefined {
  const wanted = bare(value)
  if (wanted === '' || /^__host-/i.test(name)) return undefined
  if (domain !== undefined) return ` Domain=${domain}`
  return host !== undefined && covers(wanted, host.toLowerCase()) ? text : undefined
}

function bare(domain: string): string {
  return domain.replace(/^\./, '').toLowerCase()
}

/** RFC 6265bis section 5.1.3, "domain-match"; an IP address has no subdomains. */
function covers(domain: string, host: string): boolean {
  return domain === host || (host.endsWith(`.${domain}`) && !/^[\d.]+$/.test(host))
}

/** Whether a line ends its cookie. RFC 6265bis section 5.7: Max-Age counts before Expires, and of each the last one. */
function isEnd(attributes: readonly Attribute[], now: number): boolean {
  const age = attributes.findLast(({ key, value }) => key === 'max-age' && /^-?\d+$/.test(value))
  if (age) return Number(age.value) <= 0
  const expires = lastOf(attributes, 'expires')
  return expires !== undefined && Date.parse(expires.value) <= now
}

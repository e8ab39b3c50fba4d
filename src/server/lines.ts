/** Set-Cookie lines on their way from the API to the visitor's browser: RFC 6265bis section 5.6, as far as it takes. */

export interface Visitor {
  /** The host that the browser knows us by. */
  readonly host: string | undefined
  /** What every Domain becomes, if the application says so. */
  readonly domain: string | undefined
}

interface Line {
  readonly text: string
  /** Name, Domain and Path as the API had them, and as the visitor's browser will. */
  readonly there: string
  readonly here: string
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
 * Two cookies of the API may be one here, when a Domain goes. The end of one must not end the other: a server that moves its
 * cookie from a Domain to the host sets the new one and ends the old one, in any order.
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

/** The name of the cookie that a line sets or ends; a line without `=` has none. */
export function cookieNameOf(line: string): string {
  const [pair = ''] = line.split(';', 1)
  const end = pair.indexOf('=')
  return end < 0 ? '' : pair.slice(0, end).trim()
}

function rewrite(line: string, visitor: Visitor, now: number): Line {
  const [pair = '', ...rest] = line.split(';')
  const attributes = rest.map(parse)
  const name = cookieNameOf(line)
  const domain = lastOf(attributes, 'domain')
  const path = lastOf(attributes, 'path')
  const kept = domain && keptDomain(name, domain, visitor)
  // An empty or relative Path is none, and then a browser takes the folder of the page.
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
  const key = (end < 0 ? text : text.slice(0, end)).trim().toLowerCase()
  return { key, value: end < 0 ? '' : text.slice(end + 1).trim(), text }
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

/** RFC 6265bis section 5.7: Max-Age counts before Expires, the last of each. */
function isEnd(attributes: readonly Attribute[], now: number): boolean {
  const age = attributes.findLast(({ key, value }) => key === 'max-age' && /^-?\d+$/.test(value))
  if (age) return Number(age.value) <= 0
  const expires = lastOf(attributes, 'expires')
  return expires !== undefined && Date.parse(expires.value) <= now
}

/** What a visitor's request says: its headers, its cookies and the host that it was sent to. */

type HeaderValue = string | number | readonly string[] | null | undefined

/** A WHATWG `Request`, an `IncomingMessage`, or anything else with `headers`. */
export interface IncomingRequest {
  /** A `Headers`, an object as Node has it, or pairs. */
  readonly headers:
    | { get(name: string): string | null | undefined }
    | Readonly<Record<string, HeaderValue>>
    | readonly (readonly [string, HeaderValue])[]
  /** Its URL, or its path in Node. */
  readonly url?: string | undefined
}

/** What a header can carry, RFC 9110 section 5.5. */
const CARRIABLE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Those that are there, and that a header can carry as they are. */
export function carriable(pairs: Iterable<readonly [string, string | undefined]>): Map<string, string> {
  const kept = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (value !== undefined && CARRIABLE.test(value)) kept.set(name, value)
  }
  return kept
}

/** The value of a header; repeated ones are joined, cookies as RFC 6265 has them. */
export function headerOf({ headers }: IncomingRequest, name: string): string | undefined {
  if (isHeaders(headers)) return headers.get(name) ?? undefined
  const pairs: readonly (readonly [string, HeaderValue])[] = Array.isArray(headers) ? headers : Object.entries(headers)
  const values = pairs.flatMap(([key, value]) => (key.toLowerCase() === name ? textsOf(value) : []))
  return values.length === 0 ? undefined : values.join(name === 'cookie' ? '; ' : ', ')
}

function isHeaders(headers: IncomingRequest['headers']): headers is { get(name: string): string | null | undefined } {
  return typeof (headers as { get?: unknown }).get === 'function'
}

function textsOf(value: HeaderValue): string[] {
  return value === undefined || value === null ? [] : [value].flat().map(String)
}

/** The cookies of these names, as they came. Of two of one name the first counts, also when no header can carry it. */
export function cookiesOf(request: IncomingRequest, names: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const pair of pairsOf(headerOf(request, 'cookie') ?? '')) {
    const name = nameOf(pair)
    if (names.includes(name) && !found.has(name)) found.set(name, pair.slice(pair.indexOf('=') + 1).trim())
  }
  return carriable(found)
}

/** The `name=value` pairs of a Cookie header; text without a `=` names nothing. */
export function pairsOf(header: string): string[] {
  return header.split(';').flatMap((pair) => (pair.includes('=') ? [pair.trim()] : []))
}

/** The name of a `name=value` pair. */
export function nameOf(pair: string): string {
  return pair.slice(0, pair.indexOf('=')).trim()
}

/** The host that the visitor's browser has asked, without a port: `Host`, HTTP/2's `:authority`, else that of an absolute URL. */
export function hostOf(request: IncomingRequest): string | undefined {
  const host = headerOf(request, 'host') ?? (isHeaders(request.headers) ? undefined : headerOf(request, ':authority'))
  const url = tryParse(host === undefined ? String(request.url) : `http://${host}`)
  return url?.hostname.replace(/\.$/, '') || undefined
}

function tryParse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/** What a visitor's request says: its headers, its cookies and the host that it was sent to. */
import { textOf } from '../cookies/bytes.ts'
import { type CookiePair, cookiePairs } from '../cookies/header.ts'

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

/** Reports whether a header can carry a text as it is, RFC 9110 section 5.5. */
function isCarriable(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text)
}

/** The headers of these names that the request has, by name; without those whose value no header can carry. */
export function headersOf(request: IncomingRequest, names: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const name of names) {
    const value = headerOf(request, name)
    if (value !== undefined && isCarriable(value)) found.set(name, value)
  }
  return found
}

/** The value of a header. Several of one name are joined, the Cookie header by `; ` as RFC 6265 has it. */
function headerOf({ headers }: IncomingRequest, name: string): string | undefined {
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

/** The cookies of these names, by name. Of two of one name the first counts, also when no header can carry its value. */
export function cookiesOf(request: IncomingRequest, names: readonly string[]): Map<string, CookiePair> {
  const found = new Map<string, CookiePair>()
  for (const pair of cookiePairs(headerOf(request, 'cookie') ?? '')) {
    const name = textOf(pair.name)
    if (names.includes(name) && !found.has(name)) found.set(name, pair)
  }
  for (const [name, { text }] of found) if (!isCarriable(text)) found.delete(name)
  return found
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

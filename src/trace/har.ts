/**
 * HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/): a page for each call, an entry for each hop, so that the network
 * panels of browsers show them. What HAR has no field for stands in fields that begin with `_`, as the specification allows.
 */

import { version } from '../contract/version.ts'
import {
  hopsOf,
  type TraceBody,
  type TraceCookie,
  type TraceEntry,
  type TraceHop,
  type TraceRequest,
  type TraceResponse,
  type TraceSetCookie,
} from './entry.ts'

/** A HAR file, as `JSON.stringify` takes it. */
export interface HAR {
  /** The one member of a HAR file. */
  readonly log: {
    readonly version: '1.2'
    readonly creator: { readonly name: string; readonly version: string }
    readonly pages: readonly HARPage[]
    readonly entries: readonly HAREntry[]
  }
}

/** A call. */
export interface HARPage {
  /** What its hops have as `pageref`. */
  readonly id: string
  /** When the call began, ISO 8601. */
  readonly startedDateTime: string
  /** Method and URL. */
  readonly title: string
  /** Always empty: a call has no page that loads. */
  readonly pageTimings: Readonly<Record<string, number>>
  /** What the call failed with. */
  readonly _error?: string
  /** Renewals of the token that it waited for, `time` in ms. */
  readonly _refreshes?: readonly { readonly startedDateTime: string; readonly time: number }[]
  /** Of a call without a hop, which gave up before or was answered by an interceptor: its status, if it got one, and times in ms. */
  readonly _unsent?: { readonly status: number; readonly queued: number; readonly waiting: number }
}

/** A hop. */
export interface HAREntry {
  /** The `id` of its call. */
  readonly pageref: string
  /** When it was sent, ISO 8601. */
  readonly startedDateTime: string
  /** Milliseconds in all. */
  readonly time: number
  /** As HAR 1.2 has it. */
  readonly request: Readonly<Record<string, unknown>>
  /** As HAR 1.2 has it; `status: 0` where there is none. */
  readonly response: Readonly<Record<string, unknown>>
  /** Always empty: a session has no cache. */
  readonly cache: Readonly<Record<string, never>>
  /** In ms; `blocked` is the wait for a place among `concurrency`. */
  readonly timings: { readonly blocked: number; readonly send: number; readonly wait: number; readonly receive: number }
  /** A remark for whoever reads the file. */
  readonly comment?: string
  /** Number of the try, from 1. */
  readonly _attempt: number
  /** Why the hop was sent. */
  readonly _cause: string
  /** Chrome's name for what kind of request it is; without it the first of a page would be a document. */
  readonly _resourceType: 'fetch'
  /** Why another attempt came after it. */
  readonly _retried?: string
  /** What carried it. */
  readonly _transport?: string
}

/** Interceptors do not see which version of HTTP carried a request; `unknown` is what Chrome writes then. */
const HTTP_VERSION = 'unknown'

/** Makes a HAR of entries. */
export function toHAR(entries: readonly TraceEntry[]): HAR {
  return {
    log: {
      version: '1.2',
      creator: { name: 'sessionfetch', version },
      pages: entries.map(page),
      entries: entries.flatMap(entriesOf),
    },
  }
}

const idOf = ({ id }: TraceEntry) => `call_${id}`
const date = (ms: number) => new Date(ms).toISOString()
/** In µs: Firefox shows a time with all the digits that it has. */
const rounded = (ms: number) => Math.round(ms * 1000) / 1000

function page(entry: TraceEntry): HARPage {
  const { method, url, started, status = 0, error, timings, refreshes } = entry
  return {
    id: idOf(entry),
    startedDateTime: date(started),
    title: `${method} ${url}`,
    pageTimings: {},
    ...(error === undefined ? {} : { _error: error }),
    ...(refreshes.length === 0
      ? {}
      : { _refreshes: refreshes.map((one) => ({ startedDateTime: date(one.started), time: rounded(one.took ?? 0) })) }),
    ...(hopsOf(entry).length > 0
      ? {}
      : { _unsent: { status, queued: rounded(timings.queued), waiting: rounded(timings.waiting ?? 0) } }),
  }
}

function entriesOf(entry: TraceEntry): HAREntry[] {
  return entry.attempts.flatMap(({ hops, retried }, attempt) =>
    hops.map((hop, at) => hopEntry(idOf(entry), hop, attempt + 1, at === hops.length - 1 ? retried : undefined)),
  )
}

function hopEntry(pageref: string, hop: TraceHop, attempt: number, retried: string | undefined): HAREntry {
  const { timings } = hop
  const queued = rounded(timings.queued)
  const wait = rounded(timings.waiting ?? 0)
  const receive = rounded(timings.receiving ?? 0)
  return {
    pageref,
    startedDateTime: date(hop.started - queued),
    time: rounded(queued + wait + receive),
    request: harRequest(hop.request),
    response: hop.response ? harResponse(hop.response, hop.started + wait) : noResponse(hop.error),
    cache: {},
    // -1: does not apply. What belongs to connecting and sending is part of `wait`: fetch does not tell them apart.
    timings: { blocked: queued > 0 ? queued : -1, send: 0, wait, receive },
    ...(hop.response ? {} : { comment: hop.error ?? 'no response yet' }),
    _attempt: attempt,
    _cause: hop.cause,
    _resourceType: 'fetch',
    ...(retried === undefined ? {} : { _retried: retried }),
    ...(hop.transport === undefined ? {} : { _transport: hop.transport }),
  }
}

function harRequest({ method, url, headers, cookies, hasBody, body }: TraceRequest): Readonly<Record<string, unknown>> {
  return {
    method,
    url,
    httpVersion: HTTP_VERSION,
    cookies: cookies.map(({ name, value }: TraceCookie) => ({ name, value })),
    headers,
    queryString: queryOf(url),
    ...(body ? { postData: postData(body) } : {}),
    headersSize: -1,
    bodySize: hasBody ? -1 : 0,
  }
}

function queryOf(url: string): TraceCookie[] {
  return URL.canParse(url) ? [...new URL(url).searchParams].map(([name, value]) => ({ name, value })) : []
}

function postData({ mimeType, text, base64, isCut }: TraceBody): Readonly<Record<string, unknown>> {
  const cut = isCut ? { comment: 'cut' } : {}
  // `params` beside `text` are not wanted by the specification, but Firefox reads them unasked.
  if (base64 !== undefined) return { mimeType, params: [], text: base64, _encoding: 'base64', ...cut }
  const params = mimeType.startsWith('application/x-www-form-urlencoded') ? pairsOf(text ?? '') : []
  return { mimeType, params, text: text ?? '', ...cut }
}

function pairsOf(form: string): TraceCookie[] {
  return [...new URLSearchParams(form)].map(([name, value]) => ({ name, value }))
}

function harResponse(response: TraceResponse, arrived: number): Readonly<Record<string, unknown>> {
  const { status, statusText, headers, cookies, redirectURL, bytes } = response
  return {
    status,
    statusText,
    httpVersion: HTTP_VERSION,
    cookies: cookies.map((cookie) => harCookie(cookie, arrived)),
    headers,
    content: contentOf(response),
    redirectURL,
    headersSize: -1,
    bodySize: headerOf(response, 'content-encoding') === undefined ? bytes : -1,
  }
}

/** As Chrome writes a request that got none. One that may still get one has no error. */
function noResponse(error: string | undefined): Readonly<Record<string, unknown>> {
  return {
    ...{ status: 0, statusText: '', httpVersion: '', cookies: [], headers: [] },
    ...{ content: { size: 0, mimeType: 'x-unknown' }, redirectURL: '', headersSize: -1, bodySize: -1 },
    ...(error === undefined ? {} : { _error: error }),
  }
}

function contentOf(response: TraceResponse): Readonly<Record<string, unknown>> {
  const { body, bytes } = response
  const mimeType = headerOf(response, 'content-type') ?? 'x-unknown'
  if (!body) return { size: bytes, mimeType }
  const cut = body.isCut ? { comment: 'cut' } : {}
  if (body.base64 !== undefined) return { size: bytes, mimeType, text: body.base64, encoding: 'base64', ...cut }
  return { size: bytes, mimeType, text: body.text ?? '', ...cut }
}

function headerOf({ headers }: TraceResponse, name: string): string | undefined {
  return headers.find((header) => header.name === name)?.value
}

function harCookie(cookie: TraceSetCookie, arrived: number): Readonly<Record<string, unknown>> {
  const { name, value, path, domain, httpOnly, secure, sameSite, refused } = cookie
  const expires = expiryOf(cookie, arrived)
  return {
    name,
    value,
    ...(path === undefined ? {} : { path }),
    ...(domain === undefined ? {} : { domain }),
    ...(expires === undefined ? {} : { expires }),
    httpOnly,
    secure,
    ...(sameSite === undefined ? {} : { sameSite }),
    ...(refused === undefined ? {} : { comment: `refused: ${refused}`, _refused: refused }),
  }
}

/** The last moment that a date can be: ECMAScript, "Time Values and Time Range". */
const LAST = 8.64e15

/** HAR knows dates only. RFC 6265bis 5.6: Max-Age goes before Expires, counts from the response, and 0 or less ends the cookie. */
function expiryOf({ expires, maxAge }: TraceSetCookie, arrived: number): string | undefined {
  if (maxAge !== undefined) return date(maxAge > 0 ? Math.min(arrived + maxAge * 1000, LAST) : 0)
  const ms = expires === undefined ? Number.NaN : Date.parse(expires)
  return Number.isNaN(ms) ? undefined : date(ms)
}

/**
 * HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/): a page for each call, an entry for each hop, so that the network
 * panels of browsers show them. What HAR has no field for stands in fields that begin with `_`, as the specification allows.
 */

import { version } from '../contract/version.ts'
import { hopsOf, type TraceEntry, type TraceHop } from './entry.ts'
import { harRequest, harResponse, noResponse } from './har-messages.ts'

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

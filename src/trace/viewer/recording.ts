/**
 * A HAR as the page shows it: calls, each with its hops. Any program's HAR will do; fields that are missing or of a wrong type
 * count as empty. In a trace of ours `pageref` is the call; elsewhere a call is a request with the redirects that follow it.
 */

import { type Fields, fields, list, positive, text } from './fields.ts'
import { type Hop, readHop } from './hop.ts'
import { wholeSpan } from './time-axis.ts'

/** One call with its hops. */
export interface Call {
  readonly number: number
  readonly hops: readonly Hop[]
  readonly start: number
  readonly end: number
  readonly error: string
  /** Milliseconds of each renewal of a token that it waited for. */
  readonly refreshes: readonly number[]
}

/** What the page shows of a file. */
export interface Recording {
  readonly calls: readonly Call[]
  readonly hops: readonly Hop[]
  readonly creator: string
}

/**
 * Reads a HAR.
 *
 * @throws TypeError that says what the text is instead
 */
export function readRecording(source: string): Recording {
  const log = fields(parse(source).log)
  if (!Array.isArray(log.entries)) throw new TypeError('this is not a HAR file: it has no log.entries')
  const entries = list(log.entries)
  const hops = [...entries, ...list(log.pages).flatMap(unsent)].map(readHop).sort((one, other) => one.hop.start - other.hop.start)
  const numbered = hops.map(({ hop, call }, index) => ({ hop: { ...hop, index }, call }))
  const pages = new Map(list(log.pages).map((page) => [text(page.id), page]))
  const isOurs = hops.some(({ hop }) => hop.isOurs)
  const groups = isOurs ? byCall(numbered) : byRedirects(numbered.map(({ hop }) => hop))
  return {
    calls: groups.map((group, at) => callOf(group, at + 1, fields(isOurs ? pages.get(group.id) : undefined))),
    hops: groups.flatMap((group) => group.hops),
    creator: text(fields(log.creator).name),
  }
}

function parse(source: string): Fields {
  try {
    return fields(JSON.parse(source.replace(/^\ufeff/, '')))
  } catch {
    throw new TypeError('this is not a HAR file: it is not JSON')
  }
}

/** A call of ours that sent nothing has no entry: it gave up in the queue, say, or an interceptor has answered it. */
function unsent({ id, title, startedDateTime, _error, _unsent }: Fields): Fields[] {
  if (_unsent === undefined) return []
  const { status, queued, waiting } = fields(_unsent)
  const [method, url = ''] = text(title).split(' ', 2)
  return [
    {
      ...{ pageref: id, startedDateTime, _attempt: 1, _cause: 'unsent' },
      request: { method, url },
      response: { status, _error },
      timings: { blocked: queued, wait: waiting },
    },
  ]
}

interface Group {
  readonly id: string
  readonly hops: Hop[]
}

function byCall(hops: readonly { readonly hop: Hop; readonly call: string }[]): Group[] {
  const groups = new Map<string, Group>()
  for (const { hop, call } of hops) {
    const group = groups.get(call) ?? { id: call, hops: [] }
    group.hops.push(hop)
    groups.set(call, group)
  }
  return [...groups.values()]
}

/** A redirect's target is the next request for the URL that it names. */
function byRedirects(hops: readonly Hop[]): Group[] {
  const groups: Group[] = []
  const expected = new Map<string, Group>()
  for (const hop of hops) {
    const known = expected.get(hop.url)
    expected.delete(hop.url)
    const group = known ?? { id: '', hops: [] }
    group.hops.push(known ? { ...hop, cause: hop.cause || 'redirect' } : hop)
    if (!known) groups.push(group)
    if (hop.redirectURL !== '') expected.set(hop.redirectURL, group)
  }
  return groups
}

function callOf({ hops }: Group, at: number, page: Fields): Call {
  return {
    number: at,
    hops,
    ...wholeSpan(hops),
    error: text(page._error),
    refreshes: list(page._refreshes).map(({ time }) => positive(time)),
  }
}

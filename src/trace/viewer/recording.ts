/**
 * A HAR as the page shows it: calls, each with its hops. Any program's HAR will do; fields that are missing or of a wrong type
 * count as empty. In a trace of ours `pageref` is the call; elsewhere a call is a request with the redirects that follow it.
 */

export interface Pair {
  readonly name: string
  readonly value: string
}

export interface SetCookie extends Pair {
  readonly domain: string
  readonly path: string
  readonly expires: string
  readonly flags: readonly string[]
  /** Why it was not taken, or `''`. */
  readonly refused: string
}

export interface Body {
  readonly mimeType: string
  /** `undefined`: not recorded. */
  readonly text: string | undefined
  readonly isBase64: boolean
  readonly size: number
  readonly isCut: boolean
}

/** Milliseconds of each part, in the order they follow one another. */
export interface Phases {
  readonly queued: number
  readonly connecting: number
  readonly waiting: number
  readonly receiving: number
}

export interface Hop {
  /** Place among all hops, from 0. */
  readonly index: number
  readonly attempt: number
  /** Why it was sent, and why another attempt came after it; `''` where nothing is said of it. */
  readonly cause: string
  readonly retried: string
  readonly transport: string
  readonly start: number
  readonly end: number
  readonly phases: Phases
  readonly method: string
  readonly url: string
  readonly status: number
  readonly statusText: string
  readonly error: string
  readonly redirectURL: string
  readonly sent: readonly Pair[]
  readonly set: readonly SetCookie[]
  readonly requestHeaders: readonly Pair[]
  readonly responseHeaders: readonly Pair[]
  readonly requestBody: Body | undefined
  readonly responseBody: Body
}

export interface Call {
  readonly number: number
  readonly hops: readonly Hop[]
  readonly start: number
  readonly end: number
  readonly error: string
}

export interface Recording {
  readonly calls: readonly Call[]
  readonly hops: readonly Hop[]
  readonly creator: string
}

type Fields = Readonly<Record<string, unknown>>

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
const positive = (value: unknown): number => Math.max(0, number(value))
const pairs = (value: unknown): Pair[] => list(value).map((one) => ({ name: text(one.name), value: text(one.value) }))

/**
 * Reads a HAR.
 *
 * @throws TypeError that says what the text is instead
 */
export function readRecording(source: string): Recording {
  const log = fields(parse(source).log)
  if (!Array.isArray(log.entries)) throw new TypeError('this is not a HAR file: it has no log.entries')
  const entries = list(log.entries)
  const hops = entries.map(readHop).sort((one, other) => one.hop.start - other.hop.start)
  const numbered = hops.map(({ hop, call }, index) => ({ hop: { ...hop, index }, call }))
  const pages = new Map(list(log.pages).map((page) => [text(page.id), page]))
  const isOurs = entries.some((entry) => '_attempt' in entry)
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
    start: Math.min(...hops.map(({ start }) => start)),
    end: Math.max(...hops.map(({ end }) => end)),
    error: text(page._error),
  }
}

function readHop(entry: Fields): { hop: Hop; call: string } {
  const request = fields(entry.request)
  const response = fields(entry.response)
  const url = text(request.url)
  const start = Date.parse(text(entry.startedDateTime)) || 0
  const phases = readPhases(fields(entry.timings), positive(entry.time))
  const requestHeaders = pairs(request.headers)
  const hop: Hop = {
    index: 0,
    attempt: number(entry._attempt) || 1,
    cause: text(entry._cause),
    retried: text(entry._retried),
    transport: text(entry._transport),
    start,
    end: start + phases.queued + phases.connecting + phases.waiting + phases.receiving,
    phases,
    method: text(request.method),
    url,
    status: Math.max(0, number(response.status)),
    statusText: text(response.statusText),
    error: text(response._error) || text(response._errorText),
    redirectURL: absolute(text(response.redirectURL), url),
    sent: pairs(request.cookies),
    set: list(response.cookies).map((cookie) => readSetCookie(cookie, url)),
    requestHeaders,
    responseHeaders: pairs(response.headers),
    requestBody: readPostData(request.postData, positive(request.bodySize)),
    responseBody: readContent(fields(response.content)),
  }
  return { hop, call: text(entry.pageref) }
}

/** HAR 1.2: -1 does not apply; `ssl` is a part of `connect`. Chrome's `_blocked_queueing` is one of `blocked`. */
function readPhases(timings: Fields, time: number): Phases {
  const phases = {
    queued: positive(timings.blocked),
    connecting: positive(timings.dns) + positive(timings.connect),
    waiting: positive(timings.send) + positive(timings.wait),
    receiving: positive(timings.receive),
  }
  const sum = phases.queued + phases.connecting + phases.waiting + phases.receiving
  return sum > 0 ? phases : { ...phases, waiting: time }
}

function absolute(location: string, base: string): string {
  if (location === '') return ''
  return URL.canParse(location, base) ? (new URL(location, base).href.split('#', 1)[0] ?? '') : location
}

function readSetCookie(cookie: Fields, url: string): SetCookie {
  const flags = [
    ...(cookie.httpOnly === true ? ['HttpOnly'] : []),
    ...(cookie.secure === true ? ['Secure'] : []),
    ...(text(cookie.sameSite) === '' ? [] : [`SameSite=${text(cookie.sameSite)}`]),
  ]
  return {
    name: text(cookie.name),
    value: text(cookie.value),
    domain: text(cookie.domain).replace(/^\./, '').toLowerCase() || hostOf(url),
    path: text(cookie.path) || '/',
    expires: text(cookie.expires),
    flags,
    refused: text(cookie._refused),
  }
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : ''
}

function readPostData(value: unknown, size: number): Body | undefined {
  if (typeof value !== 'object' || value === null) return size > 0 ? { ...NO_BODY, size } : undefined
  const data = fields(value)
  const params = pairs(data.params)
  const own = text(data.text) || params.map((pair) => `${pair.name}=${pair.value}`).join('\n')
  return {
    mimeType: text(data.mimeType),
    text: own,
    isBase64: data._encoding === 'base64',
    size: size || own.length,
    isCut: data.comment === 'cut',
  }
}

const NO_BODY: Body = { mimeType: '', text: undefined, isBase64: false, size: 0, isCut: false }

function readContent(content: Fields): Body {
  return {
    mimeType: text(content.mimeType),
    text: typeof content.text === 'string' ? content.text : undefined,
    isBase64: content.encoding === 'base64',
    size: positive(content.size),
    isCut: content.comment === 'cut',
  }
}

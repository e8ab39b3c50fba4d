/** One entry of a HAR: a request on the wire, as the page shows it. */

import { type Fields, fields, list, number, positive, text } from './fields.ts'

/** A header, a cookie or a parameter. */
export interface Pair {
  readonly name: string
  readonly value: string
}

/** A cookie that a response set. */
export interface SetCookie extends Pair {
  readonly domain: string
  readonly path: string
  readonly expires: string
  readonly flags: readonly string[]
  /** Why it was not taken, or `''`. */
  readonly refused: string
}

/** A body, as far as the file has it. */
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

/** One request on the wire, as the page shows it. */
export interface Hop {
  /** Whether a trace of ours has written it. */
  readonly isOurs: boolean
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

const pairs = (value: unknown): Pair[] => list(value).map((one) => ({ name: text(one.name), value: text(one.value) }))

/** Reads an entry; `call` is what it belongs to, in a trace of ours. */
export function readHop(entry: Fields): { hop: Hop; call: string } {
  const request = fields(entry.request)
  const response = fields(entry.response)
  const url = text(request.url)
  const start = Date.parse(text(entry.startedDateTime)) || 0
  const phases = readPhases(fields(entry.timings), positive(entry.time))
  const requestHeaders = pairs(request.headers)
  const hop: Hop = {
    isOurs: '_attempt' in entry,
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

/** The host of a URL; `''` for what is none. */
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

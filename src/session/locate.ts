/** From an input to the URL of a call: base, userinfo and query. */

import { type CallOptions, PAGE } from '../contract/options.ts'
import { originOf } from '../exchange/credentials.ts'
import { basic } from '../http/basic.ts'
import { appendQuery, fieldPairs, setFields } from '../http/query.ts'
import { isOpaque, parseBase, resolveURL, takeUserinfo } from '../http/url.ts'
import type { SessionState } from './state.ts'

/** Where an input leads. */
export interface Located {
  readonly url: URL
  readonly origin: string
  readonly opaque: boolean
  readonly userinfo?: string
}

/** URLs to remember: a client asks for the same ones again, and to parse one costs as much as the rest of `resolveCall`. */
const MOST_LOCATED = 128

/** The URL of a call. */
export function locate(state: SessionState, input: string | URL, given: CallOptions): Located {
  const isPlain = typeof input === 'string' && given.baseURL === undefined && given[PAGE] === undefined
  const hasQuery = given.query !== undefined || given.params !== undefined || state.query.toString() !== ''
  // Without a base a page's inputs are relative to where the page is now.
  const isLasting =
    isPlain &&
    !hasQuery &&
    given.allowAbsoluteUrls === undefined &&
    (state.base !== undefined || state.environment.pageURL() === undefined)
  if (!isLasting) return parseInput(state, input, given)
  const known = state.located.get(input)
  if (known) return known
  const located = parseInput(state, input, given)
  if (state.located.size >= MOST_LOCATED) state.located.clear()
  state.located.set(input, located)
  return located
}

function parseInput(state: SessionState, input: string | URL, given: CallOptions): Located {
  const base = given.baseURL === undefined ? state.base : given.baseURL === null ? undefined : parseBase(given.baseURL)
  const baseUserinfo = base && takeUserinfo(base)
  const page = given[PAGE]
  const isUnderBase = page !== undefined && base !== undefined && String(input).startsWith(base.href)
  const url = resolveURL(input, {
    base,
    page: state.environment.pageURL(),
    allowAbsolute: isUnderBase || (given.allowAbsoluteUrls ?? state.options.allowAbsoluteUrls) !== false,
    isMounted: (scheme) => state.mounts.hasScheme(scheme),
  })
  // An absolute input wins over the base, and then goes without the base's credentials unless they are at one origin.
  const inherited = base && originOf(base) === originOf(url) ? baseUserinfo : undefined
  const userinfo = takeUserinfo(url) ?? inherited
  const opaque = isOpaque(url)
  // A link of the server's own has its query already.
  if (!page && !opaque) addQuery(url, state, given)
  return { url, origin: originOf(url), opaque, ...(userinfo ? { userinfo: basic(userinfo) } : {}) }
}

function addQuery(url: URL, state: SessionState, { query, params }: CallOptions): void {
  let fields = state.query
  if (query !== undefined || params !== undefined) {
    fields = new URLSearchParams(state.query)
    for (const more of [params, query]) {
      if (more !== undefined && more !== null) setFields(fields, fieldPairs(more))
    }
  }
  const search = appendQuery(url.search, fields)
  // Setting it parses the URL anew.
  if (search !== url.search) url.search = search
}

/** From an input to the URL of a call: base, userinfo and query. */
import type { CallOptions } from '../contract/options.ts'
import { basic } from '../http/basic.ts'
import { isOpaque, originOf } from '../http/origin.ts'
import { joinQuery, mergedQuery } from '../http/query.ts'
import { parseBase, resolveURL, takeUserinfo } from '../http/url.ts'
import type { Located, SessionState } from './state.ts'

/** Marks a call for the next page of a list, whose URL a server has written; see `paginate.ts`. */
export const PAGE = Symbol.for('sessionfetch.page')

/** What `paginate` knows of a next page. */
export interface PageMark {
  /** Whether a page was at another origin than the first: then it gets no secrets any more. */
  readonly isForeign: boolean
}

/** The mark of a call for a next page. */
export function pageOf(options: object): PageMark | undefined {
  return (options as { readonly [PAGE]?: PageMark })[PAGE]
}

/** URLs remembered at most. A client asks for the same ones again, and parsing one costs as much as the rest of `resolveCall`. */
const MOST_LOCATED = 128

/** The URL of a call. */
export function locate(state: SessionState, input: string | URL, given: CallOptions, page: PageMark | undefined): Located {
  const isPlain = typeof input === 'string' && given.baseURL === undefined && page === undefined
  const hasQuery = given.query !== undefined || given.params !== undefined || state.query.toString() !== ''
  // Not remembered in a page without a base: inputs are relative to the page, whose address changes.
  const isLasting =
    isPlain && !hasQuery && given.allowAbsoluteUrls === undefined && (state.base || state.environment.pageURL() === undefined)
  if (!isLasting) return parseInput(state, input, given, page)
  const known = state.located.get(input)
  if (known) return known
  const located = parseInput(state, input, given, page)
  if (state.located.size >= MOST_LOCATED) state.located.clear()
  state.located.set(input, located)
  return located
}

function parseInput(state: SessionState, input: string | URL, given: CallOptions, page: PageMark | undefined): Located {
  const pageURL = state.environment.pageURL()
  const { baseURL } = given
  const ownBase = baseURL ? parseBase(baseURL, pageURL) : undefined
  const base = baseURL === undefined ? state.base : ownBase
  const baseUserinfo = base ? takeUserinfo(base) : undefined
  const isUnderBase = page !== undefined && base && String(input).startsWith(base.href)
  const url = resolveURL(input, {
    base,
    page: pageURL,
    allowAbsolute: isUnderBase || (given.allowAbsoluteUrls ?? state.options.allowAbsoluteUrls) !== false,
    isMounted: (scheme) => state.mounts.hasScheme(scheme),
  })
  // An absolute input wins over the base, and then goes without the base's credentials unless they are at one origin.
  const inherited = base && originOf(base) === originOf(url) ? baseUserinfo : undefined
  const userinfo = takeUserinfo(url) ?? inherited
  const opaque = isOpaque(url)
  // The link to a next page has its query already.
  if (!page && !opaque) addQuery(url, state, given)
  return { url, origin: originOf(url), isOpaque: opaque, ...(userinfo ? { userinfo: basic(userinfo) } : {}) }
}

function addQuery(url: URL, state: SessionState, given: CallOptions): void {
  const isPlain = given.query === undefined && given.params === undefined
  const search = joinQuery(url.search, String(isPlain ? state.query : mergedQuery(state.query, given)))
  // Set only if it differs, since setting it parses the URL anew.
  if (search !== url.search) url.search = search
}

/** What an input means: a path appended to `baseURL`, or an absolute URL. */
import type { Credentials } from './basic.ts'
import { isOpaque, originOf } from './origin.ts'
import { decodeRuns } from './percent.ts'
import { joinQuery } from './query.ts'

const ABSOLUTE = /^https?:\/\//i
/** Handed to the platform as they are, without a secret. */
const OPAQUE = /^(?:data|blob):/i
const SCHEME = /^[a-z][a-z\d+.-]*:/i
/** The URL parser drops these silently, and so an input would be something else than it looks like. */
const DROPPED = /^[\0-\x20]|[\0-\x20]$/
/** The separators of a path for the URL parser, and for the many servers that decode %2f and %5c first. */
const SEPARATORS = [/[\\/]/, /[\\/]|%2f|%5c/i]

/** What an input is resolved by. */
export interface InputRules {
  /** `null`: a relative `baseURL` where there is no page. */
  readonly base?: URL | null | undefined
  /** In a page, what a relative input is relative to. */
  readonly page?: string | undefined
  readonly allowAbsolute: boolean
  /** Whether a handler is mounted for this scheme, which makes an input of it absolute. */
  readonly isMounted: (scheme: string) => boolean
}

/**
 * Parses `baseURL`, and refuses what nothing can be appended to. `null` for a relative one where there is no page: a module
 * that makes a session is also imported by server rendering, so only its calls are refused.
 */
export function parseBase(baseURL: string | URL, page?: string): URL | null {
  const text = String(baseURL)
  const isRelative = !SCHEME.test(text)
  if (isRelative && page === undefined) return null
  const url = tryParse(text, isRelative ? page : undefined)
  if (url && url.host !== '') return url
  throw needsAbsolute()
}

function needsAbsolute(): TypeError {
  return new TypeError("baseURL: give an absolute URL, such as 'https://host/path'; a path, such as '/api', is for a page")
}

/** The URL that an input asks for. Throws a `TypeError` that does not quote the input, which may hold a secret. */
export function resolveURL(input: string | URL, { base, page, allowAbsolute, isMounted }: InputRules): URL {
  const text = String(input)
  const [scheme = ''] = SCHEME.exec(text) ?? []
  const isMountedInput = !/^(?:https?:)?$/i.test(scheme) && isMounted(scheme)
  const isAbsolute = input instanceof URL || ABSOLUTE.test(text) || OPAQUE.test(text) || isMountedInput
  if (base === null && !OPAQUE.test(text)) throw needsAbsolute()
  if (!allowAbsolute && (isAbsolute || !base)) throw new TypeError('allowAbsoluteUrls: the input must be a path under baseURL')
  const url = base && !isAbsolute ? appendPath(base, text) : tryParse(text, isAbsolute ? undefined : page)
  if (!url) throw new TypeError(`input: ${scheme ? 'this URL does not parse' : 'a relative URL needs a baseURL'}`)
  if (/^https?:$/.test(url.protocol) || isOpaque(url) || isMounted(url.protocol)) return url
  throw new TypeError(`input: the scheme '${url.protocol}' is neither http(s) nor mounted`)
}

/** Takes userinfo out of a URL, so that no message, log or Referer can show it. */
export function takeUserinfo(url: URL): Credentials | undefined {
  const { username, password } = url
  if (username === '' && password === '') return undefined
  url.username = ''
  url.password = ''
  return { username: decodeRuns(username), password: decodeRuns(password) }
}

/** Not by `canParse`, which would parse twice. */
export function tryParse(text: string, base?: string | URL): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}

/** Reports whether a path lies under another, at the boundary of a segment: `/api/x` lies under `/api`, and `/apiary` does not. */
export function isUnder(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
}

/** A host as URLs have it, but for the brackets: in lower case and punycode. What is no host stays as it is. */
export function asciiHost(host: string): string {
  const url = tryParse(`http://${host.includes(':') ? `[${host}]` : host}/`)
  return url?.hostname.replace(/[[\]]/g, '') ?? host
}

/** Appends; never resolves: `//host/x` and `users:1` are paths here, not hosts or schemes. */
function appendPath(base: URL, input: string): URL {
  const [, path = '', query = '', hash = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(input) ?? []
  if (DROPPED.test(path) || /[\t\n\r]/.test(input))
    throw new TypeError('input: a path must not begin or end with a blank, nor hold tabs or line breaks')
  for (const separator of SEPARATORS) checkDepth(path, separator)
  const root = originOf(base) + base.pathname
  const joined = path === '' ? root : `${root.replace(/\/$/, '')}/${path.replace(/^[\\/]/, '')}`
  const search = joinQuery(base.search, query.slice(1))
  // The parser drops blanks at the end.
  return new URL(`${joined}${(search + hash).replace(/[\0-\x20]/g, encodeURIComponent)}`)
}

/** A path must not go below the base at any point, even if it comes back up: dot segments, URL standard 4.3. */
function checkDepth(path: string, separator: RegExp): void {
  let depth = 0
  for (const segment of path.replace(/%2e/gi, '.').split(separator)) {
    if (segment === '..') depth--
    // Many servers take several slashes for one.
    else if (segment !== '' && segment !== '.') depth++
    if (depth < 0) throw new TypeError("input: '..' would leave the path of baseURL")
  }
}

/** What an input means: a path appended to `baseURL`, or an absolute URL. */

const ABSOLUTE = /^https?:\/\//i
/** Handed to the platform as they are, without a secret. */
const OPAQUE = /^(data|blob):/i
const SCHEME = /^[a-z][a-z\d+.-]*:/i
/** The URL parser would drop them silently, and so let an input be something else than it looks like. */
const DROPPED = /^[\0-\x20]|[\t\n\r]/
/** Dot segments, URL standard 4.3; %2f and %5c are no separators there, but many servers decode them first. */
const DOT = /^(\.|%2e)$/i
const DOT_DOT = /^(\.|%2e){2}$/i
const SEPARATOR = /[\\/]|%2f|%5c/i

export interface InputRules {
  readonly base?: URL | undefined
  /** In a page, what a relative input is relative to. */
  readonly page?: string | undefined
  readonly allowAbsolute: boolean
  /** Whether a handler is mounted for this scheme, which makes an input of it absolute. */
  readonly isMounted: (scheme: string) => boolean
}

/** Parses `baseURL`, and refuses what nothing can be appended to. */
export function parseBase(baseURL: string | URL): URL {
  const url = tryParse(String(baseURL))
  if (url && url.host !== '' && SCHEME.test(url.protocol)) return url
  throw new TypeError("baseURL: give an absolute URL, such as 'https://host/path'")
}

/** The URL that an input asks for. Throws a `TypeError` that does not quote the input, which may hold a secret. */
export function resolveURL(input: string | URL, rules: InputRules): URL {
  const text = String(input)
  const scheme = SCHEME.exec(text)?.[0].toLowerCase()
  const mounted = scheme !== undefined && scheme !== 'http:' && scheme !== 'https:' && rules.isMounted(scheme)
  const absolute = input instanceof URL || ABSOLUTE.test(text) || OPAQUE.test(text) || mounted
  if (absolute && !rules.allowAbsolute) throw new TypeError('allowAbsoluteUrls: the input must be a path under baseURL')
  const url = absolute ? tryParse(text) : rules.base ? appendPath(rules.base, text) : withoutBase(text, rules)
  if (!url) throw new TypeError('input: this URL does not parse')
  if (/^https?:$/.test(url.protocol) || isOpaque(url) || rules.isMounted(url.protocol)) return url
  throw new TypeError(`input: the scheme '${url.protocol}' is neither http(s) nor mounted`)
}

/** Reports whether a URL goes straight to the platform, with no secret: `data:` and `blob:`. */
export function isOpaque(url: URL): boolean {
  return OPAQUE.test(url.protocol)
}

/** Takes userinfo out of a URL, so that no message, log or Referer can show it. */
export function takeUserinfo(url: URL): { username: string; password: string } | undefined {
  const { username, password } = url
  if (username === '' && password === '') return undefined
  url.username = ''
  url.password = ''
  return { username: decoded(username), password: decoded(password) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function withoutBase(input: string, { allowAbsolute, page }: InputRules): URL | undefined {
  if (!allowAbsolute) throw new TypeError('allowAbsoluteUrls: false needs a baseURL')
  const url = tryParse(input, page)
  if (url || SCHEME.test(input)) return url
  throw new TypeError('input: a relative URL needs a baseURL')
}

/** Not by `canParse`, which would parse twice. */
export function tryParse(text: string, base?: string | URL): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}

/** Appends; never resolves: `//host/x` and `users:1` are paths here, not hosts or schemes. */
function appendPath(base: URL, input: string): URL {
  if (DROPPED.test(input)) throw new TypeError('input: a path must not begin with a blank, nor hold tabs or line breaks')
  const [, path = '', query = '', hash = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(input) ?? []
  checkDepth(path)
  const search =
    query.length > 1 && base.search.length > 1 ? `${base.search}&${query.slice(1)}` : query.length > 1 ? query : base.search
  const root = `${base.protocol}//${base.host}${base.pathname}`
  const joined = path === '' ? root : `${root.replace(/\/$/, '')}/${path.replace(/^[\\/]/, '')}`
  return new URL(`${joined}${search}${hash}`)
}

/** A path must not go below the base at any point, even if it comes back up. */
function checkDepth(path: string): void {
  let depth = 0
  for (const segment of path.replace(/^[\\/]/, '').split(SEPARATOR)) {
    if (DOT_DOT.test(segment)) depth--
    else if (!DOT.test(segment)) depth++
    if (depth < 0) throw new TypeError("input: '..' would leave the path of baseURL")
  }
}

/** What a response is given beyond the platform's: `history`, `elapsed`, `links`, and where it came from. */
import { hide } from '../contract/kind.ts'
import type { SessionResponse } from '../contract/response.ts'
import { parseLinks } from '../http/links.ts'

/** Ours on a response of the platform, and writable: a mock may answer twice with one object. */
interface Marked extends Response {
  history: readonly SessionResponse[]
  elapsed: number
  links: SessionResponse['links']
}

const NO_LINKS: SessionResponse['links'] = Object.freeze({})

/** Read when they are asked for: many pages have links that nobody asks for. */
const lazyLinks: PropertyDescriptor = {
  get(this: Response) {
    return parseLinks(this.headers.get('link') ?? '', this.url)
  },
  configurable: true,
}

/**
 * Gives a response what a hop is known by: its URL, which one made by `new Response()` does not have (a mock's, a handler's),
 * how long it took, its links, and, where nobody follows redirects, an empty history.
 */
export function markHop(response: Response, url: URL, elapsed: number): void {
  // One from the network has its own, which Node puts together anew each time that it is asked for.
  const isNamed = response.type === 'basic' && !Object.hasOwn(response, 'url')
  if (!isNamed && response.url === '') hide(response, { url: url.href.split('#', 1)[0] })
  const marked = response as Marked
  marked.elapsed = elapsed
  marked.history ??= []
  if (response.headers.get('link')) Object.defineProperty(response, 'links', lazyLinks)
  else marked.links = NO_LINKS
}

/** Notes the redirects that led to a response. */
export function markHistory(response: Response, history: readonly Response[]): SessionResponse {
  ;(response as Marked).history = history as readonly SessionResponse[]
  return response as SessionResponse
}

/** What the platform says of a response whose redirects it has followed by itself. */
export function markRedirected(response: SessionResponse): SessionResponse {
  if (response.history.length > 0 && !response.redirected) hide(response, { redirected: true })
  return response
}

/** What a clone has of the response that it was made of. */
export function copyMarks(from: SessionResponse, to: Response): Response {
  const { history, elapsed, links, url, redirected } = from
  return hide(to, { history, elapsed, links, url, redirected })
}

/** A response made of another's body keeps that one: Node's fetch cancels the body of a response that nobody holds. */
const origins = new WeakMap<Response, Response>()

/** A response that never saw the wire (an interceptor's own) has the same members; those of the one it was made of, if any. */
export function complete(response: Response, url: URL, from: SessionResponse | undefined): SessionResponse {
  if (from && from !== response) origins.set(response, from)
  if (!('history' in response)) markRedirected(markHistory(response, from?.history ?? []))
  if (!('elapsed' in response)) markHop(response, from && URL.canParse(from.url) ? new URL(from.url) : url, from?.elapsed ?? 0)
  return response as SessionResponse
}

/** Where a response comes from whose request the caller's code has sent to another origin: its cookies belong there. */
const movedFrom = new WeakMap<Response, URL>()

/** Notes the URL that has answered a request which was moved to another origin. */
export function markMoved(response: Response, url: URL): void {
  if (!movedFrom.has(response)) movedFrom.set(response, url)
}

/** The URL that has answered, if it is at another origin than the request that the caller's code was given. */
export function movedTo(response: Response): URL | undefined {
  return movedFrom.get(response)
}

/** Not `instanceof`: mocks, other realms and undici have classes of their own. */
export function isResponse(value: unknown): value is SessionResponse {
  if (typeof value !== 'object' || value === null) return false
  const { status, headers } = value as Partial<Response>
  return typeof status === 'number' && typeof headers?.get === 'function'
}

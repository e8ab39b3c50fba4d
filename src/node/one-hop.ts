/**
 * fetch-cookie for one hop: it attaches what the jar holds, sends, and hands each `Set-Cookie` line to the jar.
 *
 * Left to itself (3.2.0) it appends to the caller's Headers, splits `w=a, b=c` at the comma, follows redirects with
 * credentials, and ignores `credentials`. So it is given a hop's own plain headers, no redirect to follow, and the exact lines.
 *
 * One wrapper serves all hops, since to make one for each costs a fifth of a request. That wrapper passes the "URL" of a
 * request on to its fetch and its jar without looking into it; here the hop itself stands in the URL's place.
 */
import fetchCookie from 'fetch-cookie'
import type { Maybe } from './maybe.ts'

/** What one hop does with cookies. */
export interface CookieHop {
  /** The Cookie header of the jar for this hop; `''` for none. */
  read(): Maybe<string>
  /** Sends the request with these cookies. */
  send(cookies: string): Promise<HopAnswer>
  /** Keeps one line, or notes why not. */
  store(line: string): Maybe<void>
}

/** What fetch-cookie reads of a response. */
export interface HopAnswer {
  readonly status: number
  readonly url: CookieHop
  readonly headers: { getAll(): readonly string[] }
}

/** A response as fetch-cookie is to see it: the exact `Set-Cookie` lines, never split. 200: redirects are not its business. */
export function hopAnswer(url: CookieHop, lines: readonly string[]): HopAnswer {
  return { status: 200, url, headers: { getAll: () => lines } }
}

interface Input {
  readonly href: CookieHop
}

/** Not async, nor is what follows: each promise on the way costs every hop 0.2 µs. */
function fetchHop({ href: hop }: Input, init: { readonly headers: { readonly cookie?: string } }): Promise<HopAnswer> {
  return hop.send(init.headers.cookie ?? '')
}

const jar = {
  getCookieString: (hop: CookieHop) => hop.read(),
  setCookie: (line: string, hop: CookieHop) => hop.store(line),
}

// The types ask for a whole fetch and a whole jar; the above is what the package touches of them.
const throughJar = fetchCookie(fetchHop as never, jar as never, false) as unknown as (
  input: Input,
  init: object,
) => Promise<unknown>

/** fetch-cookie hands this on in a copy, and never writes to it. */
const NO_HEADERS = { headers: {} }

/** Takes one hop through fetch-cookie: read, send, store. */
export function passHop(hop: CookieHop): Promise<unknown> {
  return throughJar({ href: hop }, NO_HEADERS)
}

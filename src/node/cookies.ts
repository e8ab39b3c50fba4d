/**
 * Cookies of one hop. fetch-cookie attaches what the jar holds and stores what comes back; it sees one exchange at a
 * time, with the hop for a URL, headers of its own and the exact Set-Cookie lines. Left to itself (3.2.0) it appends to the
 * caller's Headers, splits `w=a, b=c` at the comma, follows redirects with credentials, and ignores `credentials`.
 */
import fetchCookie from 'fetch-cookie'
import { describe } from '../contract/errors.ts'
import { bytesOf } from '../cookies/bytes.ts'
import { cookiePair, cookiePairs, mergeCookieHeader } from '../cookies/header.ts'
import { originOf } from '../exchange/credentials.ts'
import { discard } from '../exchange/discard.ts'
import { refusal } from '../exchange/failure.ts'
import { tell } from '../exchange/listeners.ts'
import { isAtOrigin, type Layer, type LayerNext, type LayerRequest, stateOf, withChange } from '../exchange/request.ts'
import { movedTo } from '../layers/interceptors.ts'
import type { Jar } from './jar/jar.ts'
import { type Site, siteOf } from './jar/site.ts'
import { isStoreError } from './jar/tough-store.ts'
import { andThen, type Maybe } from './maybe.ts'

/** Reports whether the jar is read and written for this hop; see `credentials` of the Fetch standard. */
function usesJar(request: LayerRequest): boolean {
  const { call, crossed } = stateOf(request)
  const { credentials } = call.platform
  if (call.opaque || credentials === 'omit') return false
  // A redirect into a mount of another scheme goes without credentials.
  if (crossed && !/^https?:$/.test(request.url.protocol)) return false
  return credentials !== 'same-origin' || originOf(request.url) === call.state.home
}

/** Makes the cookie layer of a session; without a jar only the call's own cookies are sent. */
export function createCookieLayer(jar: Jar | undefined): Layer {
  return (request, next) => (jar && usesJar(request) ? exchange(jar, request, next) : next(withCookies(request, '')))
}

async function exchange(jar: Jar, request: LayerRequest, next: LayerNext): Promise<Response> {
  const hop = new Hop(jar, request, next)
  try {
    await throughJar({ href: hop }, NO_HEADERS)
  } catch (error) {
    if (hop.response) await discard(hop.response)
    throw isStoreError(error) ? refusal(`${describe(request)}: ${error.message}`, error.cause) : error
  }
  // fetch-cookie resolves only after `send`.
  return hop.response as Response
}

/** One exchange: what fetch-cookie asks of a jar and of a fetch, and what we keep of it. */
class Hop {
  readonly #jar: Jar
  #site: Site
  #url: URL
  readonly #request: LayerRequest
  readonly #next: LayerNext
  #lines: readonly string[] = []
  #storing: { readonly done: Maybe<void> } | undefined
  response: Response | undefined

  constructor(jar: Jar, request: LayerRequest, next: LayerNext) {
    this.#jar = jar
    this.#url = request.url
    this.#site = siteOf(request.url)
    this.#request = request
    this.#next = next
  }

  cookies(): Maybe<string> {
    return stateOf(this.#request).scope.race(this.#jar.header(this.#site))
  }

  async send(cookies: string): Promise<unknown> {
    this.response = await this.#next(withCookies(this.#request, cookies))
    const lines = this.response.headers.getSetCookie?.() ?? []
    this.#lines = lines
    // Cookies belong to who has answered.
    const url = lines.length > 0 ? movedTo(this.response) : undefined
    if (url) this.#move(url)
    // `status: 200`: redirects are not fetch-cookie's business. `getAll`: the exact lines, never split.
    return { headers: { getAll: () => lines }, url: this, status: 200 }
  }

  #move(url: URL): void {
    this.#url = url
    this.#site = siteOf(url)
  }

  /** Is called for each line. The first call stores all of them, so that a store is told once what a response has set. */
  store(): Maybe<void> {
    this.#storing ??= { done: this.#storeAll() }
    return this.#storing.done
  }

  #storeAll(): Maybe<void> {
    const lines = this.#lines
    const reasons = stateOf(this.#request).scope.race(this.#jar.putAll(lines, this.#site, this.response?.headers.get('date')))
    return andThen(reasons, (all) => {
      for (const [index, line] of lines.entries()) this.#note(line, all[index])
    })
  }

  #note(line: string, reason: string | undefined): void {
    const { call, progress } = stateOf(this.#request)
    if (reason === undefined) {
      progress.stored ??= []
      progress.stored.push(line)
    } else {
      tell(call.options.onCookieRejected, { line, url: this.#url.href, reason })
    }
  }
}

/** fetch-cookie hands this on in a copy, and never writes to it. */
const NO_HEADERS = { headers: {} }

/**
 * One wrapper for all hops: to make one for each costs a fifth of a request. Its "URL" is the hop itself, which fetch-cookie
 * (3.2.0) takes out of `href`, never looks into, and hands on to the jar.
 */
const throughJar = fetchCookie(
  // The types ask for a whole fetch and jar; what fetch-cookie touches is in `Hop`.
  ((input: { href: Hop }, init: { headers: { cookie?: string } }) => input.href.send(init.headers.cookie ?? '')) as never,
  {
    getCookieString: ((hop: Hop) => hop.cookies()) as never,
    setCookie: ((_line: string, hop: Hop) => hop.store()) as never,
  },
  false,
) as unknown as (input: { href: Hop }, init: RequestInit) => Promise<unknown>

/** The value of a cookie of this hop, whether it comes from the jar or from the call. */
export async function hopCookie(jar: Jar | undefined, request: LayerRequest, name: string): Promise<string | undefined> {
  const header = hopCookies(request, jar && usesJar(request) ? await jar.header(siteOf(request.url)) : '')
  const bytes = bytesOf(name)
  return cookiePairs(header).find((pair) => pair.name === bytes)?.value
}

/** The Cookie header of a hop: the jar's, overridden by name by what the call says. */
function hopCookies(request: LayerRequest, fromJar: string, explicit = request.headers.get('cookie')): string {
  const { call, crossed, progress } = stateOf(request)
  if (call.platform.credentials === 'omit') return ''
  const own = call.cookies === undefined || crossed || !isAtOrigin(request) ? undefined : call.cookies
  if (explicit === null && own === undefined) return fromJar
  // The name is in front of the first semicolon of a Set-Cookie line.
  const taken = new Set(progress.stored?.map((line) => cookiePair(line.split(';', 1)[0] ?? '').name))
  return mergeCookieHeader({ fromJar, explicit, option: own, taken })
}

/** The hop's own request, with one Cookie header, or none. */
function withCookies(request: LayerRequest, fromJar: string): LayerRequest {
  const explicit = request.headers.get('cookie')
  const cookie = hopCookies(request, fromJar, explicit)
  if (cookie === (explicit ?? '')) return request
  if (cookie !== '') return withChange(request, { cookie })
  const headers = new Headers(request.headers)
  headers.delete('cookie')
  return withChange(request, { headers })
}

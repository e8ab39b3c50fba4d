/** The cookies of one hop: what the jar and the call bring for it, and what its response sets. */
import { describe } from '../contract/errors.ts'
import { cookiePair, cookiePairs, mergeCookieHeader } from '../cookies/header.ts'
import { discard } from '../exchange/discard.ts'
import { refusal } from '../exchange/failure.ts'
import { tell } from '../exchange/listeners.ts'
import { movedTo } from '../exchange/marks.ts'
import { type Exchange, type Layer, type Send, withRequest } from '../exchange/request.ts'
import { utf8ByteString } from '../http/byte-string.ts'
import { originOf } from '../http/origin.ts'
import { isAtOrigin } from '../layers/auth.ts'
import type { Jar } from './jar/jar.ts'
import { shownName } from './jar/rules.ts'
import { type Site, siteOf } from './jar/site.ts'
import { isStoreError } from './jar/tough-store.ts'
import { andThen, type Maybe } from './maybe.ts'
import { type CookieHop, type HopAnswer, hopAnswer, passHop } from './one-hop.ts'

/** Makes the cookie layer of a session; without a jar only the call's own cookies are sent. */
export function createCookieLayer(jar: Jar | undefined): Layer {
  return (exchange, next) => (jar && usesJar(exchange) ? throughJar(jar, exchange, next) : next(withCookies(exchange, '')))
}

/** Reports whether the jar is read and written for this hop; see `credentials` of the Fetch standard. */
function usesJar({ call, crossed, url }: Exchange): boolean {
  const { credentials } = call.platform
  if (call.isOpaque || credentials === 'omit') return false
  // A redirect into a mount of another scheme goes without credentials.
  if (crossed && !/^https?:$/.test(url.protocol)) return false
  return credentials !== 'same-origin' || originOf(url) === call.home
}

async function throughJar(jar: Jar, exchange: Exchange, next: Send): Promise<Response> {
  const hop = new Hop(jar, exchange, next)
  try {
    await passHop(hop)
  } catch (error) {
    if (hop.response) await discard(hop.response)
    throw isStoreError(error) ? refusal(`${describe(exchange)}: ${error.message}`, error.cause) : error
  }
  // `passHop` resolves only after `send`.
  return hop.response as Response
}

class Hop implements CookieHop {
  readonly #jar: Jar
  readonly #exchange: Exchange
  readonly #next: Send
  #site: Site
  #url: URL
  #lines: readonly string[] = []
  #storing: { readonly done: Maybe<void> } | undefined
  response: Response | undefined

  constructor(jar: Jar, exchange: Exchange, next: Send) {
    this.#jar = jar
    this.#exchange = exchange
    this.#next = next
    this.#url = exchange.url
    this.#site = siteOf(this.#url)
  }

  read(): Maybe<string> {
    return this.#exchange.lifetime.race(this.#jar.header(this.#site))
  }

  async send(cookies: string): Promise<HopAnswer> {
    const response = await this.#next(withCookies(this.#exchange, cookies))
    this.response = response
    this.#lines = response.headers.getSetCookie?.() ?? []
    // The cookies belong to the URL that answered: an interceptor may have sent the request elsewhere.
    const moved = this.#lines.length > 0 ? movedTo(response) : undefined
    if (moved) {
      this.#url = moved
      this.#site = siteOf(moved)
    }
    return hopAnswer(this, this.#lines)
  }

  /** fetch-cookie calls this for each line. The first call stores all lines, so that a store gets one write per response. */
  store(): Maybe<void> {
    this.#storing ??= { done: this.#storeAll() }
    return this.#storing.done
  }

  #storeAll(): Maybe<void> {
    const lines = this.#lines
    const date = this.response?.headers.get('date')
    const reasons = this.#exchange.lifetime.race(this.#jar.putAll(lines, this.#site, date))
    return andThen(reasons, (all) => {
      for (const [index, line] of lines.entries()) this.#note(line, all[index])
    })
  }

  #note(line: string, reason: string | undefined): void {
    const { call, progress } = this.#exchange
    if (reason === undefined) {
      progress.stored ??= []
      progress.stored.push(line)
      return
    }
    progress.refused = { name: shownName(nameOf(line)), reason }
    tell(call.options.onCookieRejected, { line, url: this.#url.href, reason })
  }
}

/** The value of a cookie of this hop, whether it comes from the jar or from the call. */
export async function hopCookie(jar: Jar | undefined, exchange: Exchange, name: string): Promise<string | undefined> {
  const header = hopCookies(exchange, jar && usesJar(exchange) ? await jar.header(siteOf(exchange.url)) : '')
  const bytes = utf8ByteString(name)
  return cookiePairs(header).find((pair) => pair.name === bytes)?.value
}

/** The Cookie header of a hop: the jar's cookies, each of which a cookie of the call with that name replaces. */
function hopCookies(exchange: Exchange, fromJar: string, explicit = exchange.headers.get('cookie')): string {
  const { call, crossed, progress } = exchange
  if (call.platform.credentials === 'omit') return ''
  const own = call.cookies === undefined || crossed || !isAtOrigin(exchange) ? undefined : call.cookies
  if (explicit === null && own === undefined) return fromJar
  const taken = new Set(progress.stored?.map(nameOf))
  return mergeCookieHeader({ fromJar, explicit, option: own, taken })
}

/** The hop's own request, with one Cookie header, or none. */
function withCookies(exchange: Exchange, fromJar: string): Exchange {
  const { headers } = exchange
  const explicit = headers.get('cookie')
  const cookie = hopCookies(exchange, fromJar, explicit)
  if (cookie === (explicit ?? '')) return exchange
  if (cookie !== '') return { ...exchange, cookie }
  const without = new Headers(headers)
  without.delete('cookie')
  return withRequest(exchange, { headers: without })
}

/** The name of the cookie that a Set-Cookie line sets. */
function nameOf(line: string): string {
  return cookiePair(line.split(';', 1)[0] ?? '').name
}

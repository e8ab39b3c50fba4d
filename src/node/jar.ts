/**
 * The jar: RFC 6265bis in front of tough-cookie's parser, suffix list and stores.
 *
 * Theory of operation
 * - `cookie-rules.ts` decides what may be kept; `shelf.ts` keeps it; this file puts them together.
 * - An in-memory shelf answers at once. A user's store may be async: then writes wait in a row, since a
 *   read-modify-write of one cookie loses updates otherwise.
 * - A Cookie header is remembered until the jar changes or one of the host's cookies ends: a read of the jar costs
 *   3 µs in a loop but 30 to 50 µs between real requests. Only our own shelf can tell that it has not changed.
 * - Limits (section 6.1): an insertion never lets a domain grow beyond 180 cookies, and a response never lets the jar grow
 *   beyond 3,000. A jar that was restored with more, or filled by the caller, does not grow further, and is not cut.
 * - The clock is a parameter.
 */

import type { RejectedCookie } from '../options.ts'
import { expiryOf, hostOf, isSecureURL, isSentTo, judge, wouldShadow } from './cookie-rules.ts'
import { MemoryShelf, type Shelf } from './shelf.ts'
import { type Cookie, cookieCompare, version } from './tough.ts'

const MAX_PER_DOMAIN = 180
const MAX_IN_ALL = 3000
/** URLs whose header is remembered; more than a client talks to at a time. */
const MAX_REMEMBERED = 256

type Maybe<T> = T | Promise<T>
type Changes = { changed: Cookie[]; deleted: Cookie[] }

interface Remembered {
  readonly revision: number
  readonly until: number
  readonly header: string
  readonly cookies: readonly Cookie[]
}

export class Jar {
  readonly shelf: Shelf
  onChange: ((changes: Changes) => void) | undefined
  readonly #memory: MemoryShelf | undefined
  readonly #now: () => number
  #remembered = new Map<string, Remembered>()
  #row: Promise<unknown> = Promise.resolve()

  constructor(shelf: Shelf, now: () => number = Date.now) {
    this.shelf = shelf
    this.#memory = shelf instanceof MemoryShelf ? shelf : undefined
    this.#now = now
  }

  /** The Cookie header for a URL, `''` for none. */
  header(url: URL): Maybe<string> {
    const memory = this.#memory
    if (!memory) return then(this.cookies(url), toHeader)
    const now = this.#now()
    const key = `${url.protocol}//${url.host}${url.pathname}`
    const known = this.#remembered.get(key)
    if (known && known.revision === memory.revision && now < known.until) {
      touch(known.cookies, now)
      return known.header
    }
    const cookies = this.cookies(url) as readonly Cookie[]
    const until = Math.min(Number.POSITIVE_INFINITY, ...memory.forHost(hostOf(url)).map(expiryOf))
    const header = toHeader(cookies)
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear()
    this.#remembered.set(key, { revision: memory.revision, until, header, cookies })
    return header
  }

  /** What would be sent to a URL, in sending order (section 5.8.3): longest path first, then oldest. */
  cookies(url: URL): Maybe<readonly Cookie[]> {
    const now = this.#now()
    const host = hostOf(url)
    const secure = isSecureURL(url)
    return then(this.shelf.forHost(host), (candidates) => {
      const live = this.#withoutExpired(candidates, now)
      const sent = live.filter((cookie) => isSentTo(cookie, host, url, secure)).sort(cookieCompare)
      touch(sent, now)
      return sent
    })
  }

  /** All cookies, in creation order. */
  all(): Maybe<readonly Cookie[]> {
    return then(this.shelf.all(), (cookies) => this.#withoutExpired(cookies, this.#now()))
  }

  /** Stores a Set-Cookie line that a response from `url` brought, or says to `onRejected` why not. Never rejects for a bad line. */
  store(line: string, url: URL, onRejected: (rejected: RejectedCookie) => void): Maybe<void> {
    return then(this.put(line, url, 'response'), (reason) => {
      if (reason) onRejected({ line: masked(line), url: `${url.origin}${url.pathname}`, reason })
    })
  }

  /** Stores a line; resolves to the reason if it was refused. */
  put(line: string, url: URL, from: 'response' | 'caller'): Maybe<string | undefined> {
    const verdict = judge(line, url, this.#now())
    if ('reason' in verdict) return verdict.reason
    return this.#inRow(() => this.#insert(verdict.cookie, url, from))
  }

  remove(cookies: readonly Cookie[]): Maybe<unknown> {
    return this.#inRow(() =>
      then(
        inTurn(cookies, (cookie) => this.shelf.remove(cookie)),
        () => {
          if (cookies.length > 0) this.#tell([], [...cookies])
        },
      ),
    )
  }

  /** The state for {@link restore}, in tough-cookie's form. */
  save(): Maybe<{ version: string; storeType: string; rejectPublicSuffixes: true; cookies: object[] }> {
    return then(this.all(), (cookies) => ({
      version: `tough-cookie@${version}`,
      storeType: 'MemoryCookieStore',
      rejectPublicSuffixes: true as const,
      cookies: cookies.map((cookie) => cookie.toJSON()),
    }))
  }

  #insert(cookie: Cookie, url: URL, from: 'response' | 'caller'): Maybe<string | undefined> {
    const shadows =
      cookie.secure || isSecureURL(url) ? false : then(this.shelf.secured(cookie.key), (secured) => wouldShadow(cookie, secured))
    return then(shadows, (refused) => {
      if (refused) return 'a Secure cookie of that name exists, and http must not touch it'
      return then(this.shelf.find(cookie), (old) => this.#replace(cookie, old, from))
    })
  }

  #replace(cookie: Cookie, old: Cookie | undefined, from: 'response' | 'caller'): Maybe<undefined> {
    if (expiryOf(cookie) <= this.#now()) {
      if (!old) return undefined
      return then(this.shelf.remove(old), () => this.#tell([], [old]))
    }
    if (old) {
      // Section 5.7: the creation time survives an update, and with it the place in the Cookie header.
      cookie.creation = old.creation
      cookie.creationIndex = old.creationIndex
    }
    return then(this.shelf.put(cookie, old), () => {
      const evicted = old ? [] : this.#makeRoom(cookie, from)
      return this.#tell([cookie], evicted)
    })
  }

  /** Section 5.7, "remove excess cookies"; a user's store has limits of its own. */
  #makeRoom(cookie: Cookie, from: 'response' | 'caller'): Cookie[] {
    const memory = this.#memory
    if (!memory) return []
    const evicted: Cookie[] = []
    const domain = cookie.domain ?? ''
    if (memory.countInDomain(domain) > MAX_PER_DOMAIN) evicted.push(...this.#evict(memory.inDomain(domain), cookie))
    if (from === 'response' && memory.size > MAX_IN_ALL) evicted.push(...this.#evict(memory.all(), cookie))
    return evicted
  }

  /** All that have expired, or else one: not Secure before Secure, then the least recently used. */
  #evict(candidates: readonly Cookie[], newest: Cookie): Cookie[] {
    const now = this.#now()
    const expired = candidates.filter((cookie) => expiryOf(cookie) <= now)
    const [first] = candidates.filter((cookie) => cookie !== newest).sort(byEviction)
    const evicted = expired.length > 0 || !first ? expired : [first]
    for (const cookie of evicted) this.shelf.remove(cookie)
    return evicted
  }

  #withoutExpired(cookies: readonly Cookie[], now: number): readonly Cookie[] {
    const expired = cookies.filter((cookie) => expiryOf(cookie) <= now)
    if (expired.length === 0) return cookies
    for (const cookie of expired) {
      const removed = this.shelf.remove(cookie)
      if (removed instanceof Promise) removed.catch(() => undefined)
    }
    this.#tell([], expired)
    return cookies.filter((cookie) => expiryOf(cookie) > now)
  }

  #tell(changed: Cookie[], deleted: Cookie[]): undefined {
    this.onChange?.({ changed, deleted })
  }

  #inRow<T>(work: () => Maybe<T>): Maybe<T> {
    if (this.shelf.synchronous) return work()
    const result = this.#row.then(work)
    this.#row = result.catch(() => undefined)
    return result
  }
}

/** Makes a jar's own shelf from cookies that were checked. */
export function shelve(cookies: readonly Cookie[]): MemoryShelf {
  const shelf = new MemoryShelf()
  for (const cookie of cookies) shelf.put(cookie, shelf.find(cookie))
  return shelf
}

/** Goes on at once if it can: an in-memory jar answers without a tick. */
function then<T, U>(value: Maybe<T>, next: (value: T) => Maybe<U>): Maybe<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}

function inTurn<T>(items: readonly T[], work: (item: T) => Maybe<unknown>): Maybe<unknown> {
  let last: Maybe<unknown>
  for (const item of items) last = then(last, () => work(item))
  return last
}

function byEviction(a: Cookie, b: Cookie): number {
  return Number(a.secure) - Number(b.secure) || accessOf(a) - accessOf(b) || (a.creationIndex ?? 0) - (b.creationIndex ?? 0)
}

function accessOf({ lastAccessed }: Cookie): number {
  return lastAccessed instanceof Date ? lastAccessed.getTime() : 0
}

function touch(cookies: readonly Cookie[], now: number): void {
  const time = new Date(now)
  for (const cookie of cookies) {
    // A Max-Age of another library's making would slide; see `expiryOf`.
    if (cookie.maxAge === null) cookie.lastAccessed = time
  }
}

function toHeader(cookies: readonly Cookie[]): string {
  return cookies.map((cookie) => cookie.cookieString()).join('; ')
}

/** A line without its value, for listeners that log it. */
function masked(line: string): string {
  return line.replace(/^([^=;]*=)[^;]*/, '$1***')
}

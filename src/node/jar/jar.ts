/**
 * The jar: RFC 6265bis in front of tough-cookie's parser, suffix list and stores.
 *
 * Theory of operation
 * - `rules.ts` decides what may be kept; a store keeps it; this file puts them together.
 * - An in-memory store answers at once. A user's store may be async: then writes wait in a row, since a
 *   read-modify-write of one cookie loses updates otherwise.
 * - A Cookie header is remembered until the jar changes or one of the host's cookies ends: a read of the jar costs
 *   3 µs in a loop but 30 to 50 µs between real requests. Only our own store can tell that it has not changed.
 * - Limits (section 6.1): an insertion never lets a domain grow beyond 180 cookies, and a response never lets the jar grow
 *   beyond 3,000. A jar that was restored with more, or filled by the caller, does not grow further, and is not cut.
 * - The clock is a parameter.
 */

import { type Cookie, version } from '../../cookies/tough.ts'
import { andThen, inTurn, type Maybe } from '../maybe.ts'
import { firstToGo, type Kept, Victims } from './eviction.ts'
import { HeaderMemory, inSendingOrder, toHeader } from './header-memory.ts'
import { MemoryStore } from './memory-store.ts'
import { endAfter, expiryOf, judge, type Site, wouldShadow } from './rules.ts'
import type { Store } from './store.ts'
import { checkedCookies } from './tough-store.ts'

const MAX_PER_DOMAIN = 180
const MAX_IN_ALL = 3000
type Changes = { changed: Cookie[]; deleted: Cookie[] }

export class Jar {
  readonly store: Store
  onChange: ((changes: Changes) => void) | undefined
  readonly #memory: MemoryStore | undefined
  readonly #now: () => number
  readonly #remembered = new HeaderMemory()
  #row: Promise<unknown> = Promise.resolve()
  #uses = 0
  #time = new Date(0)
  readonly #victims = new Victims()

  constructor(store: Store, now: () => number = Date.now) {
    this.store = store
    this.#memory = store instanceof MemoryStore ? store : undefined
    this.#now = now
    this.#uses = this.#memory?.size ?? 0
  }

  /** All cookies, if that can be told at once. */
  snapshot(): readonly Cookie[] | undefined {
    try {
      const all = this.store.synchronous ? this.all() : undefined
      return all instanceof Promise ? undefined : all
    } catch {
      return undefined
    }
  }

  /** The Cookie header for a site, `''` for none. */
  header(site: Site): Maybe<string> {
    const memory = this.#memory
    if (!memory) return andThen(this.cookies(site), (cookies) => toHeader(checkedCookies(cookies)))
    const now = this.#now()
    let known = this.#remembered.get(site, memory.revision, now)
    if (!known) {
      const candidates = memory.forHost(site.host)
      // Who is told that a cookie has ended may set another one.
      const live = this.#withoutExpired(candidates, now) === candidates ? candidates : memory.forHost(site.host)
      known = this.#remembered.set(site, live, memory.revision)
    }
    this.#touch(known.cookies, now)
    return known.header
  }

  /** What would be sent to a site. */
  cookies(site: Site): Maybe<readonly Cookie[]> {
    const now = this.#now()
    return andThen(this.store.forHost(site.host), (candidates) => {
      const sent = inSendingOrder(this.#withoutExpired(candidates, now), site)
      this.#touch(sent, now)
      return sent
    })
  }

  /** All cookies, in creation order. */
  all(): Maybe<readonly Cookie[]> {
    return andThen(this.store.all(), (cookies) => this.#withoutExpired(cookies, this.#now()))
  }

  /** Stores a Set-Cookie line; resolves to the reason if it was refused. A caller may give the end itself, in ms. */
  put(line: string, site: Site, from: 'response' | 'caller', end?: number): Maybe<string | undefined> {
    const now = this.#now()
    const verdict = judge(line, site, now)
    if ('reason' in verdict) return verdict.reason
    const { cookie } = verdict
    if (end !== undefined) cookie.expires = endAfter(end, now)
    return this.#inRow(() => this.#insert(cookie, site, from))
  }

  /** Removes what fits, in one step: what is set while this waits for a store is not touched. */
  removeWhere(fits: (cookie: Cookie) => boolean, host?: string): Maybe<unknown> {
    return this.#inRow(() =>
      andThen(host === undefined ? this.store.all() : this.store.forHost(host), (cookies) =>
        this.#removeAll(cookies.filter(fits)),
      ),
    )
  }

  #removeAll(cookies: readonly Cookie[]): Maybe<unknown> {
    const removed = inTurn(cookies, (cookie) => this.store.remove(cookie))
    return andThen(removed, () => (cookies.length > 0 ? this.#tell([], [...cookies]) : undefined))
  }

  /** The state of all cookies in tough-cookie's form, which the `jar` option takes. */
  save(): Maybe<{ version: string; storeType: string; rejectPublicSuffixes: true; cookies: object[] }> {
    return andThen(this.all(), (cookies) => ({
      version: `tough-cookie@${version}`,
      storeType: 'MemoryCookieStore',
      rejectPublicSuffixes: true as const,
      cookies: cookies.map((cookie) => cookie.toJSON()),
    }))
  }

  #insert(cookie: Cookie, site: Site, from: 'response' | 'caller'): Maybe<string | undefined> {
    const now = this.#now()
    const isLive = (other: Cookie) => expiryOf(other) > now
    const shadows =
      cookie.secure || site.isSecure
        ? false
        : andThen(this.store.secured(cookie.key), (secured) => wouldShadow(cookie, [...secured].filter(isLive)))
    return andThen(shadows, (refused) => {
      if (refused) return 'a Secure cookie of that name exists, and http must not touch it'
      return andThen(this.store.find(cookie), (old) => this.#replace(cookie, old, from, now))
    })
  }

  #replace(cookie: Cookie, old: Cookie | undefined, from: 'response' | 'caller', now: number): Maybe<string | undefined> {
    if (expiryOf(cookie) <= now) return old && andThen(this.store.remove(old), () => this.#tell([], [old]))
    if (old && expiryOf(old) > now) {
      // Section 5.7: the creation time survives an update, and with it the place in the Cookie header.
      cookie.creation = old.creation
      cookie.creationIndex = old.creationIndex
    }
    this.#touch([cookie], now)
    return andThen(this.store.put(cookie, old), () => {
      this.#victims.note(cookie)
      // What takes another's place needs no more room.
      if (old) return this.#tell([cookie], [])
      return andThen(this.#makeRoom(cookie, from, now), (evicted) => {
        const isKept = !evicted.includes(cookie)
        this.#tell(
          isKept ? [cookie] : [],
          evicted.filter((one) => one !== cookie),
        )
        return isKept ? undefined : 'there is no room: every other cookie goes before it'
      })
    })
  }

  /** Section 5.7, "remove excess cookies". How many there are in all, only our own store can tell cheaply. */
  #makeRoom({ domain }: Cookie, from: 'response' | 'caller', now: number): Maybe<readonly Cookie[]> {
    const memory = this.#memory
    const inDomain = memory
      ? memory.inDomain(domain ?? '')
      : andThen(this.store.forHost(domain ?? ''), (all) => all.filter((one) => one.domain === domain))
    return andThen(inDomain, (cookies) => {
      const tooMany = cookies.length > MAX_PER_DOMAIN ? firstToGo(cookies, now) : []
      return andThen(
        inTurn(tooMany, (cookie) => this.store.remove(cookie)),
        () => {
          if (!memory || from !== 'response' || memory.size <= MAX_IN_ALL) return tooMany
          const first = this.#victims.next(memory, now)
          for (const cookie of first) memory.remove(cookie)
          return [...tooMany, ...first]
        },
      )
    })
  }

  /** Those that live; the others are removed, unless somebody has set them anew in the meantime. */
  #withoutExpired(cookies: readonly Cookie[], now: number): readonly Cookie[] {
    const isOver = (cookie: Cookie) => expiryOf(cookie) <= now
    if (!cookies.some(isOver)) return cookies
    const expired = cookies.filter(isOver)
    try {
      const removed = this.#inRow(() =>
        inTurn(expired, (cookie) =>
          andThen(this.store.find(cookie), (current) => (current && isOver(current) ? this.#removeAll([current]) : undefined)),
        ),
      )
      if (removed instanceof Promise) removed.catch(() => undefined)
    } catch {
      // A store that cannot remove still can be read.
    }
    return cookies.filter((cookie) => !isOver(cookie))
  }

  /** The order of use, exact also within a millisecond. A Max-Age of another library's making would slide; see `expiryOf`. */
  #touch(cookies: readonly Cookie[], now: number): void {
    if (cookies.length === 0) return
    if (now !== this.#time.getTime()) this.#time = new Date(now)
    const time = this.#time
    const use = ++this.#uses
    for (const cookie of cookies as readonly Kept[]) {
      if (cookie.maxAge === null) cookie.lastAccessed = time
      if (this.#memory) cookie.lastUse = use
    }
  }

  #tell(changed: Cookie[], deleted: Cookie[]): undefined {
    this.onChange?.({ changed, deleted })
  }

  /** One write after the other on an async store. */
  #inRow<T>(work: () => Maybe<T>): Maybe<T> {
    if (this.store.synchronous) return work()
    const result = this.#row.then(work)
    this.#row = result.catch(() => undefined)
    return result
  }
}

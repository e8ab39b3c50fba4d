/**
 * The jar: RFC 6265bis in front of tough-cookie's dates, suffix list and stores.
 *
 * Theory of operation
 * - `cookies/set-cookie.ts` reads a line, `rules.ts` says whether the cookie may be kept, a store keeps it, `eviction.ts` says
 *   which cookies go when there are too many; this file puts them together.
 * - An in-memory store answers at once. A user's store may be async: then writes wait in a row, since a
 *   read-modify-write of one cookie loses updates otherwise.
 * - A Cookie header is remembered until the jar changes or one of the host's cookies ends: a read of the jar costs
 *   3 µs in a loop but 30 to 50 µs between real requests. Only our own store can tell that it has not changed.
 * - Names and values are byte strings (see `cookies/bytes.ts`).
 * - The clock is a parameter.
 */

import type { Cookie } from '../../cookies/tough.ts'
import { andThen, inTurn, isPromise, type Maybe } from '../maybe.ts'
import { Limits, Uses } from './eviction.ts'
import { HeaderMemory, inSendingOrder } from './header-memory.ts'
import { MemoryStore } from './memory-store.ts'
import { expiryOf, judge, type Verdict, wouldShadow } from './rules.ts'
import type { Site } from './site.ts'
import type { Store } from './store.ts'
import { checkedHeader } from './tough-store.ts'

/** Who sets a cookie: only what responses set is limited in all. */
export type Setter = 'response' | 'caller'

/** The cookies of a session. */
export class Jar {
  readonly store: Store
  /** Milliseconds since the epoch. */
  readonly now: () => number
  onChange: ((changes: { changed: Cookie[]; deleted: Cookie[] }) => void) | undefined
  readonly #memory: MemoryStore | undefined
  readonly #remembered = new HeaderMemory()
  readonly #limits: Limits
  readonly #uses: Uses
  #row: Promise<unknown> = Promise.resolve()

  constructor(store: Store, now: () => number = () => Date.now()) {
    this.store = store
    this.#memory = store instanceof MemoryStore ? store : undefined
    this.#limits = new Limits(store)
    this.now = now
    this.#uses = new Uses(this.#memory)
  }

  /** All cookies, if that can be told at once. */
  snapshot(): readonly Cookie[] | undefined {
    try {
      const all = this.store.synchronous ? this.all() : undefined
      return isPromise(all) ? undefined : all
    } catch {
      return undefined
    }
  }

  /** The Cookie header for a site, `''` for none. */
  header(site: Site): Maybe<string> {
    const memory = this.#memory
    if (!memory) return andThen(this.cookies(site), checkedHeader)
    const now = this.now()
    let known = this.#remembered.get(site, memory.revision, now)
    if (!known) {
      const candidates = memory.forHost(site.host)
      // A listener that hears of an expired cookie may have set another one, so the store is asked again.
      const live = this.#withoutExpired(candidates, now) === candidates ? candidates : memory.forHost(site.host)
      known = this.#remembered.set(site, live, memory.revision)
    }
    this.#uses.note(known.cookies, now)
    return known.header
  }

  /** What would be sent to a site. */
  cookies(site: Site): Maybe<readonly Cookie[]> {
    const now = this.now()
    return andThen(this.store.forHost(site.host), (candidates) => {
      const sent = inSendingOrder(this.#withoutExpired(candidates, now), site)
      this.#uses.note(sent, now)
      return sent
    })
  }

  /** All cookies, in creation order. */
  all(): Maybe<readonly Cookie[]> {
    return andThen(this.store.all(), (cookies) => this.#withoutExpired(cookies, this.now()))
  }

  /**
   * Stores the Set-Cookie lines of one response, and gives for each the reason if it was refused.
   * @param date the response's own Date header: an Expires is measured from it where the two clocks are a day apart
   */
  putAll(lines: readonly string[], site: Site, date?: string | null): Maybe<readonly (string | undefined)[]> {
    const now = this.now()
    const verdicts = lines.map((line) => judge(line, site, now, date))
    return this.addJudged(verdicts, site.isSecure)
  }

  /** Stores those that may be kept, in one go, and gives for each the reason if it was refused. */
  addJudged(verdicts: readonly Verdict[], isSecure: boolean): Maybe<readonly (string | undefined)[]> {
    const cookies: Cookie[] = []
    for (const verdict of verdicts) if ('cookie' in verdict) cookies.push(verdict.cookie)
    return andThen(this.addAll(cookies, isSecure, 'response'), (reasons) => {
      if (cookies.length === verdicts.length) return reasons
      const left = [...reasons]
      return verdicts.map((verdict) => ('reason' in verdict ? verdict.reason : left.shift()))
    })
  }

  /** Stores cookies that were judged; gives for each the reason if it was refused all the same. */
  addAll(cookies: readonly Cookie[], isSecure: boolean, from: Setter): Maybe<readonly (string | undefined)[]> {
    const reasons: (string | undefined)[] = []
    const added = inTurn(cookies, (cookie) => andThen(this.add(cookie, isSecure, from), (reason) => reasons.push(reason)))
    return andThen(added, () => reasons)
  }

  /** Resolves when what outlives the process is safe, if anything does. */
  async flush(): Promise<void> {}

  /**
   * Stores a cookie that was judged; gives the reason if it was refused all the same. An expired one removes the one it names.
   */
  add(cookie: Cookie, isSecure: boolean, from: Setter): Maybe<string | undefined> {
    return this.#inRow(() => this.#insert(cookie, isSecure, from))
  }

  /** Removes the cookies that fit, in one step: one that is set while this waits for a store is not touched. */
  removeWhere(fits: (cookie: Cookie) => boolean, host?: string): Maybe<unknown> {
    return this.#inRow(() =>
      andThen(host === undefined ? this.store.all() : this.store.forHost(host), (cookies) =>
        this.#removeAll(cookies.filter(fits)),
      ),
    )
  }

  #removeAll(cookies: readonly Cookie[]): Maybe<unknown> {
    const removed = inTurn(cookies, (cookie) => this.store.remove(cookie))
    return andThen(removed, () => cookies.length > 0 && this.#tell([], [...cookies]))
  }

  #insert(cookie: Cookie, isSecure: boolean, from: Setter): Maybe<string | undefined> {
    const now = this.now()
    const isLive = (other: Cookie) => expiryOf(other) > now
    const shadows =
      cookie.secure || isSecure
        ? false
        : andThen(this.store.secured(cookie.key), (secured) => wouldShadow(cookie, [...secured].filter(isLive)))
    return andThen(shadows, (refused) => {
      if (refused) return 'a Secure cookie of that name exists, and http must not touch it'
      return andThen(this.store.find(cookie), (old) => this.#replace(cookie, old, from, now))
    })
  }

  #replace(cookie: Cookie, old: Cookie | undefined, from: Setter, now: number): Maybe<string | undefined> {
    if (expiryOf(cookie) <= now) return old && andThen(this.store.remove(old), () => this.#tell([], [old]))
    if (old && expiryOf(old) > now) {
      // Section 5.7: the creation time survives an update, and with it the place in the Cookie header.
      cookie.creation = old.creation
      cookie.creationIndex = old.creationIndex
    }
    this.#uses.note([cookie], now)
    return andThen(this.store.put(cookie, old), () => {
      // A cookie that takes another's place needs no more room.
      const evicted = old ? this.#limits.note(cookie) : this.#limits.makeRoom(cookie, now, from === 'response')
      return andThen(evicted, (gone) => {
        const isKept = !gone.includes(cookie)
        this.#tell(
          isKept ? [cookie] : [],
          gone.filter((one) => one !== cookie),
        )
        return isKept ? undefined : 'there is no room: every other cookie goes before it'
      })
    })
  }

  /** Gives the cookies that have not expired, and removes the others, unless they have been set anew in the meantime. */
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
      if (isPromise(removed)) removed.catch(() => undefined)
    } catch {
      // A store that fails to remove can still be read.
    }
    return cookies.filter((cookie) => !isOver(cookie))
  }

  #tell(changed: Cookie[], deleted: Cookie[]): undefined {
    this.onChange?.({ changed, deleted })
  }

  /** Does the work: at once on a sync store, on an async one when the writes before it are done. */
  #inRow<T>(work: () => Maybe<T>): Maybe<T> {
    if (this.store.synchronous) return work()
    const result = this.#row.then(work)
    this.#row = result.catch(() => undefined)
    return result
  }
}

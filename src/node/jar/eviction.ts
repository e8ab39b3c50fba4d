/**
 * Which cookies go when there are too many. RFC 6265bis sections 5.7 and 6.1: expired ones, then those not Secure, then the
 * least recently used. An insertion never lets a domain grow beyond 180 cookies, and a response never lets the jar grow beyond
 * 3,000. A jar that was restored with more, or filled by the caller, does not grow further, and is not cut.
 */

import type { Cookie } from '../../cookies/tough.ts'
import { andThen, inTurn, type Maybe } from '../maybe.ts'
import { MemoryStore } from './memory-store.ts'
import { expiryOf } from './rules.ts'
import type { Store } from './store.ts'

const MAX_PER_DOMAIN = 180
const MAX_IN_ALL = 3000

/**
 * A cookie of our own store, with the number of its last use: `lastAccessed` counts milliseconds, and many requests fit into
 * one.
 */
export interface Kept extends Cookie {
  lastUse?: number
}

/** Notes the order in which cookies are used, exact also within a millisecond. */
export class Uses {
  readonly #isCounted: boolean
  #count: number
  #time = new Date(0)

  /** @param memory the store if it is our own, whose cookies have room for the number of their last use */
  constructor(memory: MemoryStore | undefined) {
    this.#isCounted = memory !== undefined
    this.#count = memory?.size ?? 0
  }

  /** Notes that cookies were sent or set. The time of one with a Max-Age stays: it would slide (see `expiryOf`). */
  note(cookies: readonly Kept[], now: number): void {
    if (cookies.length === 0) return
    if (now !== this.#time.getTime()) this.#time = new Date(now)
    const use = ++this.#count
    for (const cookie of cookies) {
      if (cookie.maxAge === null) cookie.lastAccessed = this.#time
      if (this.#isCounted) cookie.lastUse = use
    }
  }
}

/**
 * Keeps a store within the limits. The limit for the whole jar holds for our own store only: others cannot be counted cheaply.
 */
export class Limits {
  readonly #store: Store
  readonly #memory: MemoryStore | undefined
  readonly #victims = new Victims()

  constructor(store: Store) {
    this.#store = store
    this.#memory = store instanceof MemoryStore ? store : undefined
  }

  /** Notes a cookie that took another's place, and so needs no more room: nothing is removed. */
  note(cookie: Cookie): readonly Cookie[] {
    this.#victims.note(cookie)
    return []
  }

  /** Removes the cookies that are too many now that this one is there, and gives the removed ones. */
  makeRoom(cookie: Cookie, now: number, isInAll: boolean): Maybe<readonly Cookie[]> {
    this.#victims.note(cookie)
    const domain = cookie.domain ?? ''
    const inDomain = this.#memory
      ? this.#memory.inDomain(domain)
      : andThen(this.#store.forHost(domain), (all) => all.filter((one) => one.domain === domain))
    return andThen(inDomain, (cookies) => {
      const tooMany = cookies.length > MAX_PER_DOMAIN ? firstToGo(cookies, now) : []
      const removed = inTurn(tooMany, (one) => this.#store.remove(one))
      return andThen(removed, () => (isInAll ? [...tooMany, ...this.#makeRoomInAll(now)] : tooMany))
    })
  }

  #makeRoomInAll(now: number): readonly Cookie[] {
    const memory = this.#memory
    if (!memory || memory.size <= MAX_IN_ALL) return []
    const first = this.#victims.next(memory, now)
    for (const cookie of first) memory.remove(cookie)
    return first
  }
}

/** The cookies to remove: all that have expired, or else the one that goes first. */
function firstToGo(candidates: readonly Kept[], now: number): readonly Kept[] {
  const expired = candidates.filter((cookie) => expiryOf(cookie) <= now)
  if (expired.length > 0) return expired
  return candidates.length > 0 ? [candidates.reduce((first, cookie) => (byEviction(cookie, first) < 0 ? cookie : first))] : []
}

function byEviction(a: Kept, b: Kept): number {
  return Number(a.secure) - Number(b.secure) || byUse(a, b)
}

/** The least recently used first. */
function byUse(a: Kept, b: Kept): number {
  if (a.lastUse !== undefined && b.lastUse !== undefined && a.lastUse !== b.lastUse) return a.lastUse - b.lastUse
  return accessOf(a) - accessOf(b) || (a.creationIndex ?? 0) - (b.creationIndex ?? 0)
}

function accessOf({ lastAccessed }: Cookie): number {
  return lastAccessed instanceof Date ? lastAccessed.getTime() : 0
}

/**
 * The cookies that go next from a full jar, in order. Sorting 100,000 cookies for each new one would cost 60 ms, so the first
 * tenth of the order is remembered. One of them is passed over if it was used or replaced since: it is the youngest now.
 */
class Victims {
  #queue: { readonly cookie: Kept; readonly lastUse: number | undefined }[] = []
  /** When the next cookie of the jar expires: an expired one goes before the queue. */
  #goodUntil = Number.POSITIVE_INFINITY
  #isSecure = false

  /** Notes a new cookie: one that goes before all in the queue makes the queue useless. */
  note(cookie: Kept): void {
    if (this.#isSecure && !cookie.secure) this.#queue = []
    this.#goodUntil = Math.min(this.#goodUntil, expiryOf(cookie))
  }

  next(memory: MemoryStore, now: number): readonly Kept[] {
    if (now < this.#goodUntil) {
      for (let first = this.#queue.pop(); first; first = this.#queue.pop()) {
        if (first.cookie.lastUse === first.lastUse && memory.find(first.cookie) === first.cookie) return [first.cookie]
      }
    }
    const all = [...memory] as Kept[]
    const expired = all.filter((cookie) => expiryOf(cookie) <= now)
    if (expired.length > 0) {
      this.#queue = []
      this.#goodUntil = now
      return expired
    }
    return this.#line(all)
  }

  /** Sorts the cookies that are not Secure, or all if there are none; gives the first and remembers the next ones. */
  #line(all: readonly Kept[]): readonly Kept[] {
    const loose = all.filter(({ secure }) => !secure)
    const ordered = (loose.length > 0 ? loose : [...all]).sort(byEviction)
    const [first, ...rest] = ordered.slice(0, Math.max(1, ordered.length / 10))
    this.#isSecure = loose.length === 0
    this.#goodUntil = all.reduce((end, cookie) => Math.min(end, expiryOf(cookie)), Number.POSITIVE_INFINITY)
    this.#queue = rest.reverse().map((cookie) => ({ cookie, lastUse: cookie.lastUse }))
    return first ? [first] : []
  }
}

/** Makes a store from cookies that were checked, in their order of use. */
export function memoryStoreOf(cookies: readonly Kept[]): MemoryStore {
  const store = new MemoryStore()
  for (const cookie of cookies) store.put(cookie, store.find(cookie))
  for (const [index, cookie] of ([...store] as Kept[]).sort(byUse).entries()) cookie.lastUse = index
  return store
}

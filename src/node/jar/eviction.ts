/** Which cookies go when there are too many. RFC 6265bis section 5.7: expired ones, then those not Secure, then the least recently used. */

import type { Cookie } from '../../cookies/tough.ts'
import { MemoryStore } from './memory-store.ts'
import { expiryOf } from './rules.ts'

/** A cookie of our own store. `lastAccessed` has milliseconds, and many requests fit into one. */
export interface Kept extends Cookie {
  lastUse?: number
}

/** All that have expired, or else the one that goes first. */
export function firstToGo(candidates: readonly Kept[], now: number): readonly Kept[] {
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
 * The victims of a jar that is full, in order. Sorting 100,000 cookies for each new one would cost 60 ms; so the first tenth is
 * kept. A victim counts only if it has not been used or replaced since: what was used since then is younger than them all.
 */
export class Victims {
  #queue: { readonly cookie: Kept; readonly lastUse: number | undefined }[] = []
  /** When a cookie of the jar ends, and so goes before the queue. */
  #goodUntil = Number.POSITIVE_INFINITY
  #isSecure = false

  /** A new cookie may go before those in the queue. */
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

  /** Lines up the class that goes first, and takes the first of it. */
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

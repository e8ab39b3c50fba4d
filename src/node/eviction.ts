/** Which cookies go when there are too many. RFC 6265bis section 5.7: expired ones, then those not Secure, then the least recently used. */
import { expiryOf } from './cookie-rules.ts'
import type { MemoryShelf } from './shelf.ts'
import type { Cookie } from './tough.ts'

/** A cookie of our own shelf. `lastAccessed` has milliseconds, and many requests fit into one. */
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
  return (
    Number(a.secure) - Number(b.secure) || (a.lastUse ?? 0) - (b.lastUse ?? 0) || (a.creationIndex ?? 0) - (b.creationIndex ?? 0)
  )
}

/**
 * The victims of a jar that is full, in order. Sorting 100,000 cookies for each new one would cost 60 ms; so the first tenth is
 * kept, and a victim counts only if it has not been used or replaced since. What was used since then is younger than them all.
 */
export class Victims {
  #queue: { readonly cookie: Kept; readonly lastUse: number | undefined }[] = []

  next(memory: MemoryShelf, now: number): readonly Kept[] {
    for (let round = 0; round < 2; round++) {
      for (let first = this.#queue.pop(); first; first = this.#queue.pop()) {
        if (first.cookie.lastUse === first.lastUse && memory.find(first.cookie) === first.cookie) return [first.cookie]
      }
      const all = [...memory] as Kept[]
      const expired = all.filter((cookie) => expiryOf(cookie) <= now)
      if (expired.length > 0) return expired
      // Only of the class that goes first: a newcomer that is not Secure goes before every Secure one.
      const loose = all.filter(({ secure }) => !secure)
      const ordered = (loose.length > 0 ? loose : all).sort(byEviction)
      this.#queue = ordered
        .slice(0, Math.max(1, ordered.length / 10))
        .reverse()
        .map((cookie) => ({ cookie, lastUse: cookie.lastUse }))
    }
    return []
  }
}

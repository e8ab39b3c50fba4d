/** `sessionfetch/stores/testing`: what every `JarStore` must do, as cases for any test runner. */
import type { JarStore, MaybePromise } from '../contract/jar-store.ts'
import { CASES } from './cases.ts'

export type { JarStore, StoreChange, StoredCookie } from '../contract/jar-store.ts'

/** Opens a store at a place. Two stores at the same place behave like those of two processes. */
export type OpenStore = (place: string) => MaybePromise<JarStore>

/** One thing that a store must do. */
export interface StoreCase {
  /** What the store has to do, for a test's title. */
  readonly name: string
  /** Resolves if the store does it, and rejects with what it did instead. */
  run(): Promise<void>
}

/**
 * Makes the cases that a store must pass. Each works at a place of its own, whose name has letters, digits and `-`.
 *
 * @example
 * ```ts
 * for (const { name, run } of storeCases((place) => myStore(place))) test(name, run)
 * ```
 */
export function storeCases(open: OpenStore): StoreCase[] {
  if (typeof open !== 'function') throw new TypeError('storeCases: give a function that opens a store at a place')
  const run = Math.random().toString(36).slice(2, 10)
  return Object.entries(CASES).map(([name, work], index) => ({
    name,
    run: () => work((part = '') => open(`cases-${run}-${index}${part}`)),
  }))
}

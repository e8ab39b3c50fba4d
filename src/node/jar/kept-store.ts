/**
 * The copy in memory of what a `JarStore` keeps.
 *
 * - What is put and removed inside a batch is a change, and the batch is one write. Outside of a batch nothing is told: an
 *   expired cookie of an old copy may have been set anew by another process.
 * - An answer of the store replaces the copy of its domains. A change of ours that was told after the store was asked, or that
 *   the store has not confirmed, is applied over it, or it would vanish until the next answer.
 * - A write that failed is undone in the copy.
 */
import type { StoreChange, StoredCookie } from '../../contract/jar-store.ts'
import { StoreError } from '../../contract/store-error.ts'
import type { Cookie } from '../../cookies/tough.ts'
import { keyOf, MemoryStore } from './memory-store.ts'
import { expiryOf } from './rules.ts'
import { readEntry } from './saved.ts'
import { storedOf } from './stored.ts'

type Place = Pick<StoredCookie, 'domain' | 'id'>

interface Change {
  /** Counts changes, so that an answer knows which are later than its question. */
  readonly number: number
  readonly what: StoreChange
  readonly undo: () => void
  isSafe: boolean
}

/** The copy in memory of what a store keeps, with the changes that the store has yet to confirm. */
export class KeptStore extends MemoryStore {
  readonly #now: () => number
  /** What the store has for a cookie of the copy: its text, and an id that may be of another's making. */
  readonly #kept = new WeakMap<Cookie, StoredCookie>()
  /** Changes that an answer which is under way may not know. */
  #changes: Change[] = []
  #batch: Change[] | undefined
  #number = 0
  #questions = 0
  /** For each domain the number of the question whose answer it has. */
  readonly #answered = new Map<string, number>()
  #underWay = 0

  constructor(now: () => number) {
    super()
    this.#now = now
  }

  override put(cookie: Cookie, old: Cookie | undefined): void {
    super.put(cookie, old)
    if (!this.#batch) return
    const stored = storedOf(cookie)
    if (old) this.#removeOtherId(old, stored)
    this.#kept.set(cookie, stored)
    this.#record({ put: stored }, () => this.#undoPut(cookie, old))
  }

  override remove(cookie: Cookie): void {
    super.remove(cookie)
    if (!this.#batch || expiryOf(cookie) <= this.#now()) return
    this.#record({ remove: this.#placeOf(cookie) }, () => this.find(cookie) ?? super.put(cookie, undefined))
  }

  /** Tells the store that a cookie has ended which the copy may not have: another process may have set it since. */
  end(cookie: Cookie): void {
    const place = this.#placeOf(cookie)
    const isTold = this.#batch?.some(({ what }) => 'remove' in what && isSamePlace(what.remove, place))
    if (!isTold) this.#record({ remove: place }, () => undefined)
  }

  /**
   * Runs `work` and gives the changes that it made, which are one write. What a listener changes meanwhile is a write of its
   * own.
   */
  collect(work: () => void): readonly Change[] {
    const [outer, batch]: [Change[] | undefined, Change[]] = [this.#batch, []]
    this.#batch = batch
    try {
      work()
    } finally {
      this.#batch = outer
    }
    return batch
  }

  confirm(changes: readonly Change[]): void {
    for (const change of changes) change.isSafe = true
    this.#forgetChanges()
  }

  undo(changes: readonly Change[]): void {
    for (const change of [...changes].reverse()) change.undo()
    this.#changes = this.#changes.filter((change) => !changes.includes(change))
  }

  /** Notes that the store is being asked; gives the function that takes its answer. */
  ask(domains: readonly string[] | undefined): (answer: readonly StoredCookie[] | undefined) => void {
    const [question, since] = [++this.#questions, this.#number]
    this.#underWay++
    return (answer) => {
      this.#underWay--
      const unknown = this.#changes.filter(({ number, isSafe }) => number > since || !isSafe)
      this.#forgetChanges()
      if (answer) this.#take(answer, domains ?? this.#allDomains(answer), question, unknown)
      if (this.#underWay === 0) this.#answered.clear()
    }
  }

  #take(answer: readonly StoredCookie[], domains: readonly string[], question: number, unknown: readonly Change[]): void {
    const kept = new Map<string, Map<string, StoredCookie>>()
    for (const domain of domains) if ((this.#answered.get(domain) ?? 0) < question) kept.set(domain, new Map())
    for (const cookie of answer) kept.get(cookie.domain)?.set(cookie.id, cookie)
    for (const { what } of unknown) {
      if ('put' in what) kept.get(what.put.domain)?.set(what.put.id, what.put)
      else kept.get(what.remove.domain)?.delete(what.remove.id)
    }
    const taken: Cookie[] = []
    for (const [domain, cookies] of kept) {
      taken.push(...this.#takeDomain(domain, cookies))
      this.#answered.set(domain, question)
    }
    this.#order(taken)
  }

  /** Replaces the cookies of a domain. Those that have not changed stay the same objects. */
  #takeDomain(domain: string, cookies: ReadonlyMap<string, StoredCookie>): Cookie[] {
    const current = new Map(this.inDomain(domain).map((cookie) => [this.#placeOf(cookie).id, cookie]))
    const isSame = (cookie: Cookie, id: string) => this.#kept.get(cookie)?.data === cookies.get(id)?.data
    // All are read before the first is put, so that a store that gives nonsense changes nothing.
    const next = [...cookies].map(([id, stored]) => {
      const known = current.get(id)
      return known && isSame(known, id) ? known : this.#read(stored)
    })
    for (const [id, cookie] of current) if (!cookies.has(id)) super.remove(cookie)
    return next.filter((cookie) => {
      const old = this.find(cookie)
      if (old === cookie) return true
      if (expiryOf(cookie) <= this.#now()) {
        if (old) super.remove(old)
        return false
      }
      // The same cookie with another value stays where it was.
      if (old && createdAt(old) === createdAt(cookie)) cookie.creationIndex = old.creationIndex
      super.put(cookie, old)
      return true
    })
  }

  #read(stored: StoredCookie): Cookie {
    const verdict = readEntry(parse(stored.data), this.#now())
    if ('reason' in verdict)
      throw new StoreError(
        'damaged',
        `the cookie store gave what is no cookie, of ${stored.domain}: ${verdict.reason}: remove it there`,
      )
    this.#kept.set(verdict.cookie, stored)
    return verdict.cookie
  }

  /**
   * Gives cookies their place in the Cookie header: by creation time, and in the order of the store's answer within a
   * millisecond.
   */
  #order(cookies: readonly Cookie[]): void {
    const ordered = [...cookies].sort((one, other) => createdAt(one) - createdAt(other))
    const numbers = ordered.map(({ creationIndex }) => creationIndex ?? 0).sort((one, other) => one - other)
    for (const [index, cookie] of ordered.entries()) {
      const number = numbers[index] ?? 0
      if (cookie.creationIndex === number) continue
      cookie.creationIndex = number
      this.revision++
    }
  }

  #allDomains(answer: readonly StoredCookie[]): string[] {
    return [...new Set([...[...this].map(({ domain }) => domain ?? ''), ...answer.map(({ domain }) => domain)])]
  }

  #placeOf(cookie: Cookie): Place {
    const { domain, id } = this.#kept.get(cookie) ?? { domain: cookie.domain ?? '', id: keyOf(cookie) }
    return { domain, id }
  }

  #removeOtherId(old: Cookie, stored: StoredCookie): void {
    const place = this.#placeOf(old)
    if (!isSamePlace(place, stored)) this.#record({ remove: place }, () => undefined)
  }

  #record(what: StoreChange, undo: () => void): void {
    const change = { number: ++this.#number, what, undo, isSafe: false }
    this.#batch?.push(change)
    this.#changes.push(change)
  }

  #undoPut(cookie: Cookie, old: Cookie | undefined): void {
    if (this.find(cookie) !== cookie) return
    if (old) super.put(old, cookie)
    else super.remove(cookie)
  }

  /** Forgets confirmed changes when no question is under way: only the answer to an earlier question may lack them. */
  #forgetChanges(): void {
    this.#changes = this.#underWay > 0 ? this.#changes : this.#changes.filter(({ isSafe }) => !isSafe)
  }
}

function isSamePlace(one: Place, other: Place): boolean {
  return one.domain === other.domain && one.id === other.id
}

function createdAt({ creation }: Cookie): number {
  return creation instanceof Date ? creation.getTime() : 0
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a store has answered its one reader, so that it can say when nothing has changed since. */

/** Domains remembered at most, since a crawler asks for ever new ones; then all are forgotten. */
const MOST_REMEMBERED = 10_000

/** Remembers when the store last answered for each domain, and when the domain last changed. Time is a count of both. */
export class Answered {
  #time = 0
  /** When the store last answered for all domains, and when all of them last changed. */
  #allTold = -1
  #allChanged = 0
  #told = new Map<string, number>()
  #changed = new Map<string, number>()
  #lastChange = 0

  /** Notes an answer for these domains; for all if none are named. */
  note(domains: readonly string[] | undefined): void {
    const now = ++this.#time
    if (!domains) {
      this.#allTold = now
      this.#told.clear()
      this.#changed.clear()
      return
    }
    if (this.#told.size > MOST_REMEMBERED) this.#told.clear()
    for (const domain of domains) this.#told.set(domain, now)
  }

  /** Reports whether nothing has changed since the last answer for each of these domains. */
  isUnchanged(domains: readonly string[] | undefined): boolean {
    if (!domains) return this.#allTold > this.#lastChange
    return domains.every((domain) => {
      const told = Math.max(this.#allTold, this.#told.get(domain) ?? -1)
      return told > this.#allChanged && told > (this.#changed.get(domain) ?? 0)
    })
  }

  change(domain: string): void {
    this.#lastChange = ++this.#time
    this.#changed.set(domain, this.#lastChange)
  }

  changeAll(): void {
    this.#lastChange = ++this.#time
    this.#allChanged = this.#lastChange
    this.#changed.clear()
  }
}

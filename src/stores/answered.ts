/** What a store's one reader has been told, so that it is told nothing twice. */

/** Domains that are remembered; a crawler asks for ever new ones. */
const MOST_REMEMBERED = 10_000

/** Remembers what a store has told of which domains, so that it can say that nothing has changed since. */
export class Answered {
  #time = 0
  /** When the whole was last told, and last changed. */
  #allTold = -1
  #allChanged = 0
  #told = new Map<string, number>()
  #changed = new Map<string, number>()
  #lastChange = 0

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

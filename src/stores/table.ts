/** Stored cookies by domain and id, in the order in which they first came. */
import type { StoreChange, StoredCookie } from '../contract/jar-store.ts'

/** Stored cookies by domain and id. */
export class Table {
  readonly #all = new Map<string, StoredCookie>()
  readonly #domains = new Map<string, Map<string, StoredCookie>>()

  constructor(cookies: Iterable<StoredCookie> = []) {
    for (const put of cookies) this.apply({ put })
  }

  apply(change: StoreChange): void {
    if ('put' in change) this.#put(change.put)
    else this.#remove(change.remove)
  }

  all(): StoredCookie[] {
    return [...this.#all.values()]
  }

  ofDomains(domains: readonly string[]): StoredCookie[] {
    return [...new Set(domains)].flatMap((domain) => [...(this.#domains.get(domain)?.values() ?? [])])
  }

  #put(cookie: StoredCookie): void {
    this.#all.set(keyOf(cookie), cookie)
    const ofDomain = this.#domains.get(cookie.domain)
    if (ofDomain) ofDomain.set(cookie.id, cookie)
    else this.#domains.set(cookie.domain, new Map([[cookie.id, cookie]]))
  }

  #remove(cookie: { readonly domain: string; readonly id: string }): void {
    this.#all.delete(keyOf(cookie))
    const ofDomain = this.#domains.get(cookie.domain)
    if (ofDomain?.delete(cookie.id) && ofDomain.size === 0) this.#domains.delete(cookie.domain)
  }
}

/** The key of a cookie: no domain and no id holds a NUL. */
function keyOf({ domain, id }: { readonly domain: string; readonly id: string }): string {
  return `${domain}\0${id}`
}

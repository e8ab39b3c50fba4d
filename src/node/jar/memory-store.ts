/** Cookies in memory. */

import type { Cookie } from '../../cookies/tough.ts'
import type { Store } from './store.ts'

/** Cookies by domain. Cost depends on the host's own cookies, not on how many others there are. */
export class MemoryStore implements Store {
  readonly synchronous = true
  /** Grows whenever a Cookie header might come out differently. */
  revision = 0
  size = 0
  readonly #domains = new Map<string, Map<string, Cookie>>()
  readonly #secured = new Map<string, Set<Cookie>>()

  forHost(host: string): Cookie[] {
    const found: Cookie[] = []
    // A host and its parents: a.b.c, b.c, c. An IP address has cookies only under its own name.
    for (let domain = host; ; domain = domain.slice(domain.indexOf('.') + 1)) {
      for (const cookie of this.#domains.get(domain)?.values() ?? []) found.push(cookie)
      if (!domain.includes('.')) return found
    }
  }

  /** In creation order, which is the order of a saved state. */
  all(): Cookie[] {
    return [...this].sort((a, b) => (a.creationIndex ?? 0) - (b.creationIndex ?? 0))
  }

  *[Symbol.iterator](): Generator<Cookie, void, undefined> {
    for (const cookies of this.#domains.values()) yield* cookies.values()
  }

  inDomain(domain: string): Cookie[] {
    return [...(this.#domains.get(domain)?.values() ?? [])]
  }

  secured(name: string): Iterable<Cookie> {
    return this.#secured.get(name) ?? []
  }

  find(cookie: Cookie): Cookie | undefined {
    return this.#domains.get(cookie.domain ?? '')?.get(keyOf(cookie))
  }

  put(cookie: Cookie, old: Cookie | undefined): void {
    const domain = cookie.domain ?? ''
    const cookies = this.#domains.get(domain)
    if (cookies) cookies.set(keyOf(cookie), cookie)
    else this.#domains.set(domain, new Map([[keyOf(cookie), cookie]]))
    if (old) this.#unsecure(old)
    else this.size++
    if (cookie.secure) this.#secured.set(cookie.key, (this.#secured.get(cookie.key) ?? new Set()).add(cookie))
    this.revision++
  }

  /** Removes this very cookie, and not one that has taken its place. */
  remove(cookie: Cookie): void {
    const domain = cookie.domain ?? ''
    const cookies = this.#domains.get(domain)
    if (cookies?.get(keyOf(cookie)) !== cookie) return
    cookies.delete(keyOf(cookie))
    if (cookies.size === 0) this.#domains.delete(domain)
    this.#unsecure(cookie)
    this.size--
    this.revision++
  }

  #unsecure(cookie: Cookie): void {
    if (!cookie.secure) return
    const named = this.#secured.get(cookie.key)
    if (named?.delete(cookie) && named.size === 0) this.#secured.delete(cookie.key)
  }
}

/** RFC 6265bis section 5.7: a cookie is known by name, domain, host-only-flag and path. */
export function keyOf({ hostOnly, path, key }: Cookie): string {
  return `${hostOnly ? 'h' : 'd'}${path};${key}`
}

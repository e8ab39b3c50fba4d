/** Where a jar's cookies lie: in memory, or in a tough-cookie store of the user's. */
import type { Cookie, Store } from './tough.ts'

type Maybe<T> = T | Promise<T>

/** The few things that a jar needs of a place for cookies. */
export interface Shelf {
  /** Whether answers come at once; an async shelf's writes are put in a row by the jar. */
  readonly synchronous: boolean
  /** Cookies whose domain is the host or a parent of it. */
  forHost(host: string): Maybe<readonly Cookie[]>
  all(): Maybe<readonly Cookie[]>
  /** Secure cookies of that name, on whatever domain. */
  secured(name: string): Maybe<Iterable<Cookie>>
  find(cookie: Cookie): Maybe<Cookie | undefined>
  put(cookie: Cookie, old: Cookie | undefined): Maybe<unknown>
  remove(cookie: Cookie): Maybe<unknown>
}

/** Cookies by domain. Cost depends on the host's own cookies, not on how many others there are. */
export class MemoryShelf implements Shelf {
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

  countInDomain(domain: string): number {
    return this.#domains.get(domain)?.size ?? 0
  }

  secured(name: string): Iterable<Cookie> {
    return this.#secured.get(name) ?? []
  }

  find(cookie: Cookie): Cookie | undefined {
    return this.#domains.get(cookie.domain ?? '')?.get(keyOf(cookie))
  }

  put(cookie: Cookie, old: Cookie | undefined): void {
    if (old) this.remove(old)
    const domain = cookie.domain ?? ''
    const cookies = this.#domains.get(domain) ?? new Map<string, Cookie>()
    this.#domains.set(domain, cookies.set(keyOf(cookie), cookie))
    if (cookie.secure) this.#secured.set(cookie.key, (this.#secured.get(cookie.key) ?? new Set()).add(cookie))
    this.size++
    this.revision++
  }

  /** Removes this very cookie, and not one that has taken its place. */
  remove(cookie: Cookie): void {
    const domain = cookie.domain ?? ''
    const cookies = this.#domains.get(domain)
    if (cookies?.get(keyOf(cookie)) !== cookie) return
    cookies.delete(keyOf(cookie))
    if (cookies.size === 0) this.#domains.delete(domain)
    const named = this.#secured.get(cookie.key)
    if (named?.delete(cookie) && named.size === 0) this.#secured.delete(cookie.key)
    this.size--
    this.revision++
  }
}

/** RFC 6265bis section 5.7: a cookie is known by name, domain, host-only-flag and path. */
function keyOf({ hostOnly, path, key }: Cookie): string {
  return `${hostOnly ? 'h' : 'd'}${path};${key}`
}

/**
 * A store of the user's behind promises. Stores answer by callback, by promise, by both, or throw; tough-cookie's own
 * jar hangs on some of these. A store that never answers is for the call's timeout to end.
 */
export class StoreShelf implements Shelf {
  readonly synchronous: boolean
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
    this.synchronous = store.synchronous === true
  }

  forHost(host: string): Maybe<Cookie[]> {
    try {
      // `null` for the path means all paths; tough-cookie's type forgets it.
      return this.#ask<Cookie[]>('findCookies', [host, null, true], [])
    } catch (error) {
      // tough-cookie's memory store throws for hosts like `test` and `example`.
      if (host.includes('.') || !/special use domain/.test(String((error as Error).cause))) throw error
      const all = this.all()
      const ofHost = (cookies: Cookie[]) => cookies.filter(({ domain }) => domain === host)
      return all instanceof Promise ? all.then(ofHost) : ofHost(all)
    }
  }

  all(): Maybe<Cookie[]> {
    return this.#ask<Cookie[]>('getAllCookies', [], [])
  }

  secured(): Maybe<Cookie[]> {
    return this.all()
  }

  find({ domain, path, key }: Cookie): Maybe<Cookie | undefined> {
    return this.#ask<Cookie | undefined>('findCookie', [domain, path, key], undefined)
  }

  put(cookie: Cookie, old: Cookie | undefined): Maybe<unknown> {
    const updates = old && typeof this.#store.updateCookie === 'function'
    return updates ? this.#ask('updateCookie', [old, cookie], undefined) : this.#ask('putCookie', [cookie], undefined)
  }

  remove({ domain, path, key }: Cookie): Maybe<unknown> {
    return this.#ask('removeCookie', [domain, path, key], undefined)
  }

  #ask<T>(method: keyof Store, args: readonly unknown[], none: T): Maybe<T> {
    const outcome: { answer?: { readonly value: T }; failure?: { readonly error: unknown } } = {}
    const asked = new Promise<T>((resolve, reject) => {
      const fail = (error: unknown) => {
        outcome.failure ??= { error }
        reject(error)
      }
      const callback = (error: unknown, value?: T | null) => {
        if (error) return fail(error)
        outcome.answer ??= { value: value ?? none }
        resolve(value ?? none)
      }
      try {
        const member = this.#store[method] as unknown as ((...given: unknown[]) => unknown) | undefined
        if (typeof member !== 'function') throw new TypeError(`the cookie store has no method ${method}`)
        const returned = member.call(this.#store, ...args, callback)
        // Any thenable, and a rejection without a reason is one too.
        if (typeof (returned as PromiseLike<T> | undefined)?.then === 'function') {
          ;(returned as PromiseLike<T>).then(
            (value) => callback(null, value),
            (error) => fail(error ?? new Error('rejected')),
          )
        }
      } catch (error) {
        fail(error)
      }
    })
    asked.catch(() => undefined)
    if (outcome.failure) throw storeError(method, outcome.failure.error)
    if (outcome.answer && this.synchronous) return outcome.answer.value
    return asked.catch((error: unknown) => {
      throw storeError(method, error)
    })
  }
}

function storeError(method: string, cause: unknown): Error {
  return new Error(`the cookie store failed in ${method}`, { cause })
}

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
  clear(): Maybe<unknown>
}

/** Cookies by domain. Cost depends on the host's own cookies, not on how many others there are. */
export class MemoryShelf implements Shelf {
  readonly synchronous = true
  /** Grows whenever a Cookie header might come out differently. */
  revision = 0
  size = 0
  #domains = new Map<string, Map<string, Cookie>>()
  #secured = new Map<string, Set<Cookie>>()

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
    const cookies = [...this.#domains.values()].flatMap((domain) => [...domain.values()])
    return cookies.sort((a, b) => (a.creationIndex ?? 0) - (b.creationIndex ?? 0))
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
    const domain = cookie.domain ?? ''
    let cookies = this.#domains.get(domain)
    if (!cookies) {
      cookies = new Map()
      this.#domains.set(domain, cookies)
    }
    if (old) this.#forget(old)
    else this.size++
    cookies.set(keyOf(cookie), cookie)
    if (cookie.secure) {
      const named = this.#secured.get(cookie.key)
      if (named) named.add(cookie)
      else this.#secured.set(cookie.key, new Set([cookie]))
    }
    if (!old || changesHeader(old, cookie)) this.revision++
  }

  remove(cookie: Cookie): void {
    const cookies = this.#domains.get(cookie.domain ?? '')
    if (!cookies?.delete(keyOf(cookie))) return
    if (cookies.size === 0) this.#domains.delete(cookie.domain ?? '')
    this.#forget(cookie)
    this.size--
    this.revision++
  }

  clear(): void {
    this.#domains.clear()
    this.#secured.clear()
    this.size = 0
    this.revision++
  }

  #forget(cookie: Cookie): void {
    const named = this.#secured.get(cookie.key)
    if (named?.delete(cookie) && named.size === 0) this.#secured.delete(cookie.key)
  }
}

/** RFC 6265bis section 5.7: a cookie is known by name, domain, host-only-flag and path. */
function keyOf({ hostOnly, path, key }: Cookie): string {
  return `${hostOnly ? 'h' : 'd'}${path};${key}`
}

function changesHeader(old: Cookie, cookie: Cookie): boolean {
  const sameEnd = String(old.expires) === String(cookie.expires)
  return old.value !== cookie.value || old.secure !== cookie.secure || !sameEnd
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
    // `null` for the path means all paths; tough-cookie's type forgets it.
    return this.#ask<Cookie[]>('findCookies', [host, null, true], [])
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

  clear(): Maybe<unknown> {
    return this.#ask('removeAllCookies', [], undefined)
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
        if (returned instanceof Promise) returned.then((value: T) => callback(null, value), fail)
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

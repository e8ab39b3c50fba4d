/** What a jar needs of a place that outlives the process: `docs/stores.md` shows how to write one. */

/** A value, or a promise of one. */
export type MaybePromise<T> = T | Promise<T>

/** A cookie as a store keeps it. */
export interface StoredCookie {
  /** The host, or the Domain that it is sent to. */
  readonly domain: string
  /** Unique in its domain; follows from `data`. */
  readonly id: string
  /** Milliseconds since the epoch; `null` for a session cookie. */
  readonly expires: number | null
  /** The cookie as JSON text, to be given back as it was. */
  readonly data: string
}

/** One step of what happened to a jar. */
export type StoreChange =
  | {
      /** A cookie that is new, or takes the place of the one with its domain and id. */
      readonly put: StoredCookie
    }
  | {
      /** The cookie that is there no more. */
      readonly remove: { readonly domain: string; readonly id: string }
    }

/**
 * Where a jar is loaded from, and where its changes go. A store is never told a whole jar, so that what another process did
 * in the meantime stays.
 *
 * @example
 * ```ts
 * const session = createSession({ baseURL: 'https://shop.example', jar: myStore })
 * ```
 */
export interface JarStore {
  /**
   * What is kept for these domains, all if none are named. `undefined`: nothing has changed since an answer that covered all
   * of these domains. A plain value, not a promise, costs no tick.
   */
  read(domains?: readonly string[]): MaybePromise<readonly StoredCookie[] | undefined>
  /** Applies all changes, in order, or none. */
  write(changes: readonly StoreChange[]): MaybePromise<void>
  /** Resolves when every change told before is safe; rejects with the reason it is not. */
  flush?(): Promise<void>
}

/** The options of a session: those of its calls, and what only a session has. How they merge: `session/option-table.ts`. */
import type { PoolOptions, ProxyOption, TLSOptions } from './connections.ts'
import type { SharedOptions } from './options.ts'
import type { ConcurrencyOptions, MountHandler } from './settings.ts'

/** Options of `createSession`, `extend` and `fork`. */
export interface SessionOptions extends SharedOptions {
  /** Of calls that name none. @default 'GET' */
  readonly method?: string | undefined
  /** Ends each call of the session that has no signal of its own. */
  readonly signal?: AbortSignal | null | undefined
  /**
   * A live tough-cookie `CookieJar` (is written to), a saved state (is not), `{ store }`, a `JarStore` such as `fileStore` of
   * `sessionfetch/stores` (is written to), what a format has read, or `false` for none.
   */
  readonly jar?: object | false | undefined
  /**
   * At most so many calls on their way, first come first served; `{ perOrigin }` counts by the origin of the call's URL.
   * @default no limit
   */
  readonly concurrency?: number | ConcurrencyOptions | undefined
  /** Instead of the platform's fetch, which is otherwise looked up at each call. */
  readonly fetch?: ((input: string, init?: RequestInit) => Promise<Response>) | undefined
  /** `{ prefix: handler }`, as `session.mount`. */
  readonly mounts?: Readonly<Record<string, MountHandler | null>> | undefined
  /** Node's own connections; see `docs/connections.md`. */
  readonly pool?: boolean | PoolOptions | undefined
  /** A URL, or a table by `scheme://host`, scheme or `all`, with `noProxy`; `null` for none. */
  readonly proxy?: ProxyOption | undefined
  /** Whom to trust over https, and the client's certificate. Node only. */
  readonly tls?: TLSOptions | undefined
  /** Path of a Unix socket that every request goes through. */
  readonly socketPath?: string | undefined
  /** Proxies, authorities and `.netrc` of the environment, under what the session says. @default false */
  readonly trustEnv?: boolean | undefined
}

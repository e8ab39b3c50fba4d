/** Where a jar's cookies lie: in memory (`memory-store.ts`), or in a tough-cookie store of the user's (`tough-store.ts`). */

import type { Cookie } from '../../cookies/tough.ts'
import type { Maybe } from '../maybe.ts'

/** The few things that a jar needs of a place for cookies. */
export interface Store {
  /** Whether answers come at once; the writes of an async store are put in a row by the jar. */
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

/** The `jar` option: a live jar, a saved state, what a format has read, a store, or none. */

import type { SessionOptions } from '../../contract/session-options.ts'
import type { UserStore } from '../../cookies/tough.ts'
import { memoryStoreOf } from './eviction.ts'
import { cookiesIn } from './forms.ts'
import { Jar } from './jar.ts'
import { isJarStore, keptJar } from './kept-jar.ts'
import { MemoryStore } from './memory-store.ts'
import { readEntries } from './saved.ts'
import { ToughStore } from './tough-store.ts'

/** Makes the jar of a session; `undefined` for `jar: false`. A saved state is read, never written to. */
export function openJar(option: SessionOptions['jar'] | string, now: () => number = () => Date.now()): Jar | undefined {
  if (option === false) return undefined
  if (option === undefined || option === null) return new Jar(new MemoryStore(), now)
  const { store } = option as { store?: UserStore }
  if (typeof store?.findCookies === 'function') return new Jar(new ToughStore(store), now)
  if (typeof option === 'object' && isJarStore(option)) return keptJar(option, now)
  const given = cookiesIn(option, 'jar')
  if (given && !given.isList) return new Jar(memoryStoreOf(readEntries(given.entries, now())), now)
  const isOurs = given !== undefined && given.entries.length > 0 && given.entries.every((entry) => typeof entry === 'object')
  throw new TypeError(
    isOurs
      ? 'jar: this is an array of cookies: give { cookies: array }'
      : 'jar: give a tough-cookie CookieJar, a saved state ({ cookies: […] }), { store }, a store of sessionfetch/stores or false',
  )
}

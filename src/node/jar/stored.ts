/** A cookie of the jar as a `JarStore` keeps it. */
import type { StoredCookie } from '../../contract/jar-store.ts'
import type { Cookie } from '../../cookies/tough.ts'
import { keyOf } from './memory-store.ts'
import { expiryOf } from './rules.ts'
import { entryOf } from './saved.ts'

/** Makes the stored form of a cookie. */
export function storedOf(cookie: Cookie): StoredCookie {
  const end = expiryOf(cookie)
  return {
    domain: cookie.domain ?? '',
    id: keyOf(cookie),
    expires: end === Number.POSITIVE_INFINITY ? null : end,
    data: JSON.stringify(entryOf(cookie)),
  }
}

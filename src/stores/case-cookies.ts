/** Cookies and changes of the store cases. */
import type { StoreChange, StoredCookie } from '../contract/jar-store.ts'

/** The domain that most cases are about. */
export const SHOP = 'shop.example'
/** A domain that must be left alone. */
export const OTHER = 'other.example'
/** A day from now, in milliseconds and whole seconds. */
export const LATER = Math.floor(Date.now() / 1000) * 1000 + 86_400_000

interface Attributes {
  readonly domain?: string
  readonly expires?: number | null
}

/** Makes a stored cookie as the jar makes it: host-only, with the path `/`. */
export function cookieOf(name: string, value = '', { domain = SHOP, expires = null }: Attributes = {}): StoredCookie {
  const end = expires === null ? {} : { expires: new Date(expires).toISOString() }
  const fields = { key: name, value, ...end, domain, path: '/', hostOnly: true, creation: '2026-01-01T00:00:00.000Z' }
  if (value === '') Reflect.deleteProperty(fields, 'value')
  return { domain, id: `h/;${name}`, expires, data: JSON.stringify(fields) }
}

/** The change that keeps a cookie. */
export function put(cookie: StoredCookie): StoreChange {
  return { put: cookie }
}

/** The change that removes it. */
export function remove({ domain, id }: StoredCookie): StoreChange {
  return { remove: { domain, id } }
}

/** Steps and checks of the store cases. */
import type { JarStore, StoreChange, StoredCookie } from '../contract/jar-store.ts'

/** Writes changes to a store, and waits until they are safe. */
export async function tell(store: JarStore, changes: readonly StoreChange[]): Promise<void> {
  await store.write(changes)
  await store.flush?.()
}

/**
 * Reads what a store keeps. It must answer with a list: the case has changed something, or not asked for these domains before.
 */
export async function list(store: JarStore, domains?: readonly string[]): Promise<readonly StoredCookie[]> {
  const cookies = await store.read(domains)
  const asked = `read(${domains ? JSON.stringify(domains) : ''})`
  if (!Array.isArray(cookies)) throw new Error(`${asked} gave ${String(cookies)}, and not what is kept`)
  return cookies
}

/** The cookies by their id, since a store may give them in any order. */
export function byId(cookies: readonly StoredCookie[]): StoredCookie[] {
  return [...cookies].sort((one, other) => (one.id < other.id ? -1 : 1))
}

/** The domain and id of each cookie, sorted. */
export function byDomain(cookies: readonly (StoredCookie | undefined)[]): string[] {
  return cookies.map((cookie) => `${cookie?.domain} ${cookie?.id}`).sort()
}

/** The bytes of a character as UTF-8, each as a character: the form in which a jar keeps them. */
export function latin(character: string): string {
  return String.fromCharCode(...new TextEncoder().encode(character))
}

/** Throws an error that shows both if what was found is not what was wanted. */
export function same(found: unknown, wanted: unknown, what: string): void {
  const [is, should] = [found, wanted].map(shown)
  if (is !== should) throw new Error(`${what}: ${is}, and not ${should}`)
}

/** Fields in one order, whatever order a store gives them in. */
function shown(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value)
  return JSON.stringify(value.map((one) => (isStored(one) ? [one.domain, one.id, one.expires, one.data] : one)))
}

function isStored(value: unknown): value is StoredCookie {
  return typeof value === 'object' && value !== null && 'data' in value
}

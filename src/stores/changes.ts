/** Changes as a store is given them, checked before the first is applied: all or none. */
import type { StoreChange, StoredCookie } from '../contract/jar-store.ts'

/** Copies of the changes, so that nobody can alter them before they are saved. */
export function checkedChanges(changes: readonly StoreChange[]): StoreChange[] {
  if (!Array.isArray(changes)) throw wrong('give a list of changes')
  return changes.map(checkedChange)
}

function checkedChange(change: StoreChange): StoreChange {
  const { put, remove } = (change ?? {}) as { put?: unknown; remove?: unknown }
  if (isStored(put)) {
    const { domain, id, expires, data } = put
    return { put: { domain, id, expires, data } }
  }
  if (put === undefined && isPlace(remove)) return { remove: { domain: remove.domain, id: remove.id } }
  throw wrong('a change is { put: { domain, id, expires, data } } or { remove: { domain, id } }')
}

function isPlace(value: unknown): value is { domain: string; id: string } {
  const { domain, id } = (value ?? {}) as Record<string, unknown>
  return typeof domain === 'string' && domain !== '' && typeof id === 'string' && !/\0/.test(domain + id)
}

function isStored(value: unknown): value is StoredCookie {
  if (!isPlace(value)) return false
  const { expires, data } = value as unknown as Record<string, unknown>
  return (expires === null || Number.isFinite(expires)) && typeof data === 'string' && isJSON(data)
}

function isJSON(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

function wrong(why: string): TypeError {
  return new TypeError(`store.write: ${why}`)
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { JarStore, StoreChange, StoredCookie } from '../../src/contract/jar-store.ts'
import { fileStore } from '../../src/stores/file.ts'
import { storeCases } from '../../src/stores/testing.ts'
import { rejection } from '../support/memory.ts'

const folder = mkdtempSync(join(tmpdir(), 'sessionfetch-cases-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('fileStore', () => {
  test.each(storeCases((place) => fileStore(join(folder, place))))('$name', ({ run }) => run())
})

describe('fileStore with a key', () => {
  const key = new Uint8Array(32).fill(7)
  test.each(storeCases((place) => fileStore(join(folder, `sealed-${place}`), { key })))('$name', ({ run }) => run())
})

type Places = Map<string, Map<string, StoredCookie>>

const keyOf = ({ domain, id }: { domain: string; id: string }) => `${domain} ${id}`

/** Each fault that a store may have, with the case that must find it. */
const FAULTS = {
  'says undefined': /a new place is empty/,
  'gives all domains': /only those that were asked for/,
  'unescapes data': /data: /,
  'writes its whole jar': /two stores/,
  'turns the order': /order: /,
  'applies half': /all or none/,
  'forgets the domain': /another domain/,
  'never removes': /remove: /,
  'compares as some databases do': /differ by the case/,
}

/** A store over a Map, with a fault in it. */
function mapStore(places: Places, place: string, fault?: keyof typeof FAULTS): JarStore {
  const kept = () => places.get(place) ?? new Map<string, StoredCookie>()
  const own = new Map(kept())
  function apply(map: Map<string, StoredCookie>, change: StoreChange) {
    const cookie = 'put' in change ? change.put : change.remove
    const key = fault === 'compares as some databases do' ? keyOf(cookie).toLowerCase() : keyOf(cookie)
    if ('put' in change) map.set(fault === 'forgets the domain' ? change.put.id : key, change.put)
    else if (fault !== 'never removes') map.delete(key)
    if (fault === 'applies half') places.set(place, map)
  }
  return {
    read(domains) {
      if (fault === 'says undefined') return undefined
      const all = [...kept().values()]
      const found = domains && fault !== 'gives all domains' ? all.filter(({ domain }) => domains.includes(domain)) : all
      return fault === 'unescapes data' ? found.map((one) => ({ ...one, data: one.data.replace(/\\/g, '') })) : found
    },
    write(changes) {
      const start = fault === 'writes its whole jar' ? own : kept()
      const next = fault === 'applies half' ? start : new Map(start)
      for (const change of fault === 'turns the order' ? [...changes].reverse() : changes) apply(next, change)
      places.set(place, next)
      if (fault === 'writes its whole jar') for (const change of changes) apply(own, change)
    },
  }
}

describe('storeCases', () => {
  test('pass for a Map', async () => {
    const places: Places = new Map()
    for (const { run } of storeCases((place) => mapStore(places, place))) await run()
  })

  test.each(Object.entries(FAULTS))('find a store that %s', async (fault, name) => {
    const places: Places = new Map()
    const failed: string[] = []
    // The cast: keys of the table.
    for (const one of storeCases((place) => mapStore(places, place, fault as keyof typeof FAULTS))) {
      await one.run().catch(() => failed.push(one.name))
    }
    expect(failed.join('\n')).toMatch(name)
  })

  test('refuse what opens no store', async () => {
    expect(() => storeCases(undefined as never)).toThrow(TypeError)
    const [first] = storeCases(() => ({ read: () => undefined, write: () => undefined }))
    expect((await rejection(first?.run() ?? Promise.resolve())).message).toBe('read() gave undefined, and not what is kept')
  })
})

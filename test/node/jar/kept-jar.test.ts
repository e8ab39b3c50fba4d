import { describe, expect, test } from 'vitest'
import { FetchError } from '../../../src/contract/errors.ts'
import type { JarStore, StoreChange, StoredCookie } from '../../../src/contract/jar-store.ts'
import type { SessionOptions } from '../../../src/contract/session-options.ts'
import { createSession } from '../../../src/index.ts'
import { StoreError } from '../../../src/stores/error.ts'
import { Table } from '../../../src/stores/table.ts'
import { memory, rejection } from '../../support/memory.ts'

const URL_OF = 'https://www.shop.example/'
const HOST = ['www.shop.example', 'shop.example', 'example']

interface Fake extends JarStore {
  readonly table: Table
  readonly reads: (readonly string[] | undefined)[]
  readonly writes: (readonly StoreChange[])[]
  flushes: number
  fail: { read?: unknown; write?: unknown; flush?: unknown }
}

/** A store in memory; with `isAsync` it answers at the end of the turn with what it had when it was asked. */
function fakeStore({ isAsync = false, table = new Table() } = {}): Fake {
  const answer = <T>(value: T): T | Promise<T> => (isAsync ? new Promise((resolve) => setImmediate(() => resolve(value))) : value)
  const store: Fake = {
    table,
    reads: [],
    writes: [],
    flushes: 0,
    fail: {},
    read(domains) {
      store.reads.push(domains)
      if (store.fail.read) return isAsync ? Promise.reject(store.fail.read) : raise(store.fail.read)
      return answer(domains ? table.ofDomains(domains) : table.all())
    },
    write(changes) {
      store.writes.push(changes)
      if (store.fail.write) return isAsync ? Promise.reject(store.fail.write) : raise(store.fail.write)
      for (const change of changes) table.apply(change)
      return answer(undefined)
    },
    async flush() {
      store.flushes++
      if (store.fail.flush) raise(store.fail.flush)
    },
  }
  return store
}

function raise(error: unknown): never {
  throw error
}

const stored = (name: string, value: string, more: object = {}): StoredCookie => ({
  domain: 'www.shop.example',
  id: `h/;${name}`,
  expires: null,
  data: JSON.stringify({ key: name, value, domain: 'www.shop.example', path: '/', hostOnly: true, ...more }),
})
const put = (cookie: StoredCookie) => ({ put: cookie })
const sessionOver = (jar: object, cookies: (url: string) => readonly string[] = () => [], more: SessionOptions = {}) => {
  const wire = memory(({ url }) => ({ cookies: cookies(new URL(url).pathname) }))
  return { session: createSession({ baseURL: URL_OF, jar, fetch: wire.fetch, ...more }), wire }
}
const names = (changes: readonly StoreChange[]) =>
  changes.map((change) => ('put' in change ? `+${change.put.id}` : `-${change.remove.id}`))

describe.each([{ isAsync: false }, { isAsync: true }])('a session over a store, async: $isAsync', ({ isAsync }) => {
  test('asks for the host and its parents, and sends what is kept', async () => {
    const store = fakeStore({ isAsync })
    store.table.apply(put(stored('sid', '1')))
    store.table.apply(put({ ...stored('other', '2'), id: 'an id of its own' }))
    store.table.apply(put(stored('old', '3', { expires: '2001-01-01T00:00:00.000Z' })))
    const { session, wire } = sessionOver(store)
    await session.fetch('/')
    expect(store.reads).toEqual([HOST])
    expect(wire.last.headers.get('cookie')).toBe('sid=1; other=2')
  })

  test('asks for an IP address as it is', async () => {
    const store = fakeStore({ isAsync })
    await sessionOver(store, undefined, { baseURL: 'http://127.0.0.1:8080/' }).session.fetch('/')
    expect(store.reads).toEqual([['127.0.0.1']])
  })

  test('tells all cookies of one response in one write', async () => {
    const store = fakeStore({ isAsync })
    const lines = ['a=1', 'b=2; Domain=shop.example', 'bad=1; Domain=other.example', 'a=3']
    const { session } = sessionOver(store, () => lines)
    await session.fetch('/')
    expect(store.writes.map(names)).toEqual([['+h/;a', '+d/;b', '+h/;a']])
    expect(store.table.all().map(({ domain, expires, data }) => [domain, expires, JSON.parse(data).value])).toEqual([
      ['www.shop.example', null, '3'],
      ['shop.example', null, '2'],
    ])
  })

  test('tells that the server has ended a cookie, also one that it does not know', async () => {
    const store = fakeStore({ isAsync })
    const { session } = sessionOver(store, (path) => (path === '/out' ? ['a=; Max-Age=0', 'b=; Max-Age=0'] : ['a=1']))
    await session.fetch('/in')
    await session.fetch('/out')
    expect(store.writes.slice(1).map(names)).toEqual([['-h/;a', '-h/;b']])
  })

  test('tells what session.cookies does before its promise resolves', async () => {
    const store = fakeStore({ isAsync })
    const { session } = sessionOver(store)
    await session.cookies.set('a', '1', { maxAge: 60 })
    await session.cookies.import([
      { name: 'b', value: '2', path: '/', hostOnly: true },
      { name: 'c', value: '3', path: '/', hostOnly: true },
      { name: 'bad;', value: '', path: '/' },
    ])
    await session.cookies.delete('a')
    expect(store.writes.map(names)).toEqual([['+h/;a'], ['+h/;b', '+h/;c'], ['-h/;a']])
    store.table.apply(put(stored('theirs', '1', { domain: 'www.shop.example' })))
    await session.cookies.clear()
    expect(store.table.all()).toEqual([])
  })

  test('takes over what another process has changed', async () => {
    const store = fakeStore({ isAsync })
    const { session, wire } = sessionOver(store, (path) => (path === '/in' ? ['a=1', 'b=1'] : []))
    await session.fetch('/in')
    store.table.apply({ remove: { domain: 'www.shop.example', id: 'h/;b' } })
    store.table.apply(put(stored('a', '2')))
    store.table.apply(put(stored('c', '3')))
    await session.fetch('/')
    expect(wire.last.headers.get('cookie')).toBe('a=2; c=3')
    expect(store.writes).toHaveLength(1)
  })

  test('keeps what a store calls unchanged', async () => {
    const store = fakeStore({ isAsync })
    const { session, wire } = sessionOver(store, (path) => (path === '/in' ? ['a=1'] : []))
    await session.fetch('/in')
    store.read = () => (isAsync ? Promise.resolve(undefined) : undefined)
    await session.fetch('/')
    expect(wire.last.headers.get('cookie')).toBe('a=1')
  })

  test('shares one copy with every session of the same store, and its events', async () => {
    const store = fakeStore({ isAsync })
    const [one, other] = [sessionOver(store), sessionOver(store)]
    const heard: string[] = []
    one.session.cookies.addEventListener('change', ({ changed }) => heard.push(...changed.map(({ name }) => name)))
    await other.session.cookies.set('a', '1')
    store.read = () => undefined
    await one.session.fetch('/')
    expect([one.wire.last.headers.get('cookie'), heard]).toEqual(['a=1', ['a']])
  })

  test('a child shares the store, a fork with a state does not', async () => {
    const store = fakeStore({ isAsync })
    const { session } = sessionOver(store)
    await session.extend().cookies.set('a', '1')
    const fork = session.fork({ jar: await session.cookies.export() })
    await fork.cookies.set('b', '1')
    expect(store.writes.map(names)).toEqual([['+h/;a']])
    expect((await fork.cookies.getAll()).map(({ name }) => name)).toEqual(['a', 'b'])
  })

  test('a failed read rejects the call before anything is sent, and the next call tries anew', async () => {
    const store = fakeStore({ isAsync })
    const { session, wire } = sessionOver(store, () => [], { retry: { limit: 3, delay: 1 } })
    // A path with a word in it by which the platform's own failures are told.
    const error = new StoreError('encrypted', '/unlocked/jar.json: encrypted: give its key')
    store.fail = { read: error }
    expect(await rejection(session.fetch('/'))).toBe(error)
    const wrapped = await rejection(session.get('/'))
    expect([wrapped instanceof FetchError, wrapped.cause]).toEqual([true, error])
    expect(wrapped.message).toBe(`GET ${URL_OF}: the cookie store failed: /unlocked/jar.json: encrypted: give its key`)
    expect(await rejection(session.cookies.getAll())).toBe(error)
    expect(wire.sent).toHaveLength(0)
    store.fail = {}
    await session.fetch('/')
    expect(wire.sent).toHaveLength(1)
  })

  test('a failed write rejects the call that brought the cookie, which is not kept', async () => {
    const store = fakeStore({ isAsync })
    store.table.apply(put(stored('a', 'old')))
    const { session, wire } = sessionOver(store, (path) => (path === '/in' ? ['a=new', 'b=1'] : []))
    const error = new StoreError('unavailable', 'Redis at x: no answer')
    store.fail = { write: error }
    expect(await rejection(session.fetch('/in'))).toBe(error)
    expect((await rejection(session.get('/in'))).cause).toBe(error)
    expect(await rejection(session.cookies.set('c', '1'))).toBe(error)
    expect(await rejection(session.cookies.delete('a'))).toBe(error)
    store.read = () => undefined
    await session.fetch('/')
    expect(wire.last.headers.get('cookie')).toBe('a=old')
    store.fail = {}
    await session.fetch('/in')
    expect(store.table.all()).toHaveLength(2)
  })

  test('close() awaits flush() and rejects if it fails; the store stays usable', async () => {
    const store = fakeStore({ isAsync })
    const { session } = sessionOver(store)
    void session.cookies.set('a', '1')
    await session.close()
    expect([store.flushes, store.table.all().length]).toEqual([1, 1])
    const again = sessionOver(store)
    store.fail = { flush: new StoreError('locked', 'x') }
    expect(await rejection(again.session.close())).toBe(store.fail.flush)
  })

  test.each([
    ['no list', 5, 'TypeError'],
    ['null', null, 'TypeError'],
    ['data that is no JSON', [{ ...stored('a', '1'), data: '{' }], 'damaged'],
    ['data that is no cookie', [{ ...stored('a', '1'), data: '{"key":"a"}' }], 'damaged'],
  ])('an answer with %s is an error, and nothing is sent', async (_, answer, kind) => {
    const store = fakeStore({ isAsync })
    store.read = () => (isAsync ? Promise.resolve(answer as never) : (answer as never))
    const { session, wire } = sessionOver(store)
    const error = await rejection(session.fetch('/'))
    expect(error.message).toMatch(/^the cookie store gave /)
    expect(error.code ?? error.name).toBe(kind)
    expect(wire.sent).toHaveLength(0)
  })
})

describe('a sync store', () => {
  test('keeps toJSON() and fork() sync', async () => {
    const store = fakeStore()
    const { session } = sessionOver(store)
    await session.cookies.set('a', '1')
    expect(session.cookies.toJSON().cookies).toHaveLength(1)
    await session.fork().cookies.set('b', '1')
    expect(store.table.all()).toHaveLength(1)
  })
})

describe('an async store', () => {
  test('has no sync toJSON() and fork()', async () => {
    const { session } = sessionOver(fakeStore({ isAsync: true }))
    for (let times = 0; times < 2; times++) {
      expect(() => session.cookies.toJSON()).toThrow(/this store is async/)
      expect(() => session.fork()).toThrow(/this store is async/)
    }
  })

  test('is asked once by hops that begin together, and again by a later one', async () => {
    const store = fakeStore({ isAsync: true })
    const { session } = sessionOver(store)
    await Promise.all(Array.from({ length: 10 }, () => session.get('/')))
    expect(store.reads).toHaveLength(1)
    const first = session.fetch('/')
    await Promise.resolve()
    await new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)))
    await Promise.all([first, session.fetch('/')])
    expect(store.reads).toHaveLength(3)
  })

  test('what was set while an answer was under way stays', async () => {
    const store = fakeStore({ isAsync: true })
    const { session, wire } = sessionOver(store)
    await session.fetch('/')
    const late = session.fetch('/')
    for (let steps = 0; steps < 30; steps++) await undefined
    expect(store.reads).toHaveLength(2)
    await Promise.all([late, session.cookies.set('a', '1')])
    store.read = () => undefined
    await session.fetch('/')
    expect(wire.last.headers.get('cookie')).toBe('a=1')
  })

  test('an answer that comes late does not undo a later one', async () => {
    const answers: ((cookies: readonly StoredCookie[] | undefined) => void)[] = []
    const store: JarStore = { read: () => new Promise((resolve) => answers.push(resolve)), write: () => undefined }
    const { session, wire } = sessionOver(store)
    const calls = [session.fetch('/1')]
    await new Promise(setImmediate)
    calls.push(session.fetch('/2'))
    await new Promise(setImmediate)
    answers[1]?.([stored('a', 'new')])
    await calls[1]
    answers[0]?.([stored('a', 'old')])
    await calls[0]
    expect(wire.sent.map(({ headers }) => headers.get('cookie'))).toEqual(['a=new', 'a=new'])
  })

  test('writes go one after the other', async () => {
    const store = fakeStore({ isAsync: true })
    const { session } = sessionOver(store)
    await Promise.all([1, 2, 3].map((value) => session.cookies.set('a', String(value))))
    expect(JSON.parse(store.table.all()[0]?.data ?? '').value).toBe('3')
    expect(store.writes).toHaveLength(3)
  })
})

describe('cookies of one millisecond', () => {
  test('are sent in the order of the store, also after another process has changed one', async () => {
    const table = new Table()
    const creation = '2026-01-01T00:00:00.000Z'
    for (const name of ['c', 'a', 'b']) table.apply(put(stored(name, '1', { creation })))
    const store = fakeStore({ table })
    const { session, wire } = sessionOver(store)
    await session.fetch('/')
    table.apply(put(stored('c', '2', { creation })))
    await session.fetch('/')
    expect(wire.sent.map(({ headers }) => headers.get('cookie'))).toEqual(['c=1; a=1; b=1', 'c=2; a=1; b=1'])
    expect((await session.cookies.export()).cookies.map((cookie) => (cookie as { key?: string }).key)).toEqual(['c', 'a', 'b'])
  })
})

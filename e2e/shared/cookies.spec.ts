/** `session.cookies`: one suite for the jar in Node and for the browser's cookies in a page. */
import { type CookieChangeEvent, createSession, type Session } from 'sessionfetch'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'

const inPage = typeof location !== 'undefined'
/** In a page the only cookies to be seen are the page's own. */
const base = inPage ? location.origin : inject('a')

let session: Session
beforeEach(async () => {
  session = createSession({ baseURL: base })
  await session.cookies.clear()
})
afterEach(() => session.cookies.clear())

describe('session.cookies', () => {
  test('set, get, getAll, delete, clear', async () => {
    await session.cookies.set('a', '1')
    await session.cookies.set({ name: 'b', value: '"quoted"', maxAge: 60 })
    expect((await session.cookies.get('a'))?.value).toBe('1')
    expect((await session.cookies.getAll()).map(({ name }) => name).sort()).toEqual(['a', 'b'])
    expect((await session.cookies.getAll(base)).map(({ value }) => value).sort()).toEqual(['"quoted"', '1'])
    await session.cookies.delete('a')
    expect(await session.cookies.get('a')).toBeNull()
    await session.cookies.clear()
    expect(await session.cookies.getAll()).toEqual([])
  })

  test('set replaces a value, and a past end deletes', async () => {
    await session.cookies.set('a', '1')
    await session.cookies.set('a', '2')
    expect((await session.cookies.getAll()).map(({ value }) => value)).toEqual(['2'])
    await session.cookies.set('a', '3', { expires: Date.now() - 1000 })
    expect(await session.cookies.get('a')).toBeNull()
  })

  test('two cookies of one name never throw', async () => {
    const path = inPage ? location.pathname : '/x'
    await session.cookies.set('a', '1')
    await session.cookies.set('a', '2', { path })
    const found = await session.cookies.get('a', base + path)
    expect(['1', '2']).toContain(found?.value)
    await session.cookies.delete('a', { path })
    await session.cookies.delete('a', { path: '/' })
    expect(await session.cookies.get('a')).toBeNull()
  })

  test.each([
    ['a=b', '1', {}, /the name 'a=b' must be/],
    ['', '', {}, /named '' needs a value/],
    ['', '__Host-x', {}, /named '' needs a value/],
    ['a', 'x;y', {}, /the value of 'a' must be/],
    ['a', 'x;y ', {}, /the value of 'a' must be/],
    ['a', '\ud83c', {}, /the value of 'a' must be/],
    ['a', '1', { expires: 0 }, /'a': expires must be .*milliseconds/],
    ['a', '1', { expires: -1 }, /'a': expires must be .*milliseconds/],
    ['a', '1', { expires: 1_900_000_000 }, /'a': expires must be .*milliseconds/],
    ['a', '1', { path: 'x' }, /'a': path must begin/],
    ['a', '1', { sameSite: 'maybe' }, /'a': sameSite/],
    ['a', '1', { expires: Number.NaN }, /'a': expires/],
    ['a', '1', { domain: 'x;y' }, /'a': domain/],
  ])('%j=%j %j is a TypeError that does not tell the value', async (name, value, options, message) => {
    const error = await session.cookies.set(name, value, options as never).catch((thrown: unknown) => thrown as Error)
    expect(error).toBeInstanceOf(TypeError)
    expect((error as Error).message).toMatch(message)
    expect((error as Error).message).not.toContain('x;y')
  })

  test.each([
    ['text', 'größe', 'grün 🍪'],
    ['JSON', 'login', '{"u":1,"r":["a","b c"]}'],
    ['brackets', 'user[name]', 'a, b'],
    ['no name', '', 'token'],
  ])('what a server may send can be set, read and ended: %s', async (_, name, value) => {
    await session.cookies.set(name, value)
    const cookie = await session.cookies.get(name)
    expect(cookie?.value).toBe(value)
    await session.cookies.clear()
    await session.cookies.set(cookie ?? { name: 'none', value: '' })
    expect((await session.cookies.getAll()).map(({ value }) => value)).toEqual([value])
    await session.cookies.delete(name)
    expect(await session.cookies.getAll()).toEqual([])
  })

  test('import takes what getAll() gives, and says what it refused', async () => {
    await session.cookies.set('a', '1')
    await session.cookies.set('b', 'é', { maxAge: 600 })
    const cookies = await session.cookies.getAll()
    await session.cookies.clear()
    const prefixed = { ...cookies[0], name: '__Secure-c', value: '3', secure: false }
    const refused = await session.cookies.import([...cookies, prefixed])
    expect(refused.map(({ name }) => name)).toEqual(['__Secure-c'])
    expect((await session.cookies.getAll()).map(({ name, value }) => `${name}=${value}`).sort()).toEqual(['a=1', 'b=é'])
  })

  test('import of a cookie that a page may not set throws there, and sets none', async () => {
    const own = { value: '1', domain: new URL(base).hostname, path: '/', expires: null, secure: false, hostOnly: true }
    const given = [
      { ...own, name: 'a' },
      { ...own, name: 'b', httpOnly: true },
    ]
    if (inPage) await expect(session.cookies.import(given)).rejects.toThrow(/^cookies: 'b': a page cannot set an HttpOnly/)
    else expect(await session.cookies.import(given)).toEqual([])
    expect(await session.cookies.getAll()).toHaveLength(inPage ? 0 : 2)
  })

  test('a change event tells of sets and deletions', async () => {
    const seen: string[] = []
    const listener = ({ changed, deleted }: CookieChangeEvent) => {
      seen.push(...changed.map(({ name }) => `+${name}`), ...deleted.map(({ name }) => `-${name}`))
    }
    session.cookies.addEventListener('change', listener)
    await session.cookies.set('a', '1')
    await session.cookies.delete('a')
    await expect.poll(() => seen).toEqual(['+a', '-a'])
    session.cookies.removeEventListener('change', listener)
    await session.cookies.set('b', '1')
    expect(seen).toEqual(['+a', '-a'])
  })

  test('what a page may not do throws there, and works in Node', async () => {
    const { cookies } = session
    const attempts = [
      () => cookies.set('a', '1', { httpOnly: true }),
      () => cookies.set('a', '1', { url: 'https://other.example/' }),
      () => cookies.getAll('https://other.example/'),
      () => cookies.export(),
      async () => cookies.toJSON(),
    ]
    for (const attempt of attempts) {
      if (inPage) await expect(attempt()).rejects.toThrow(/^cookies: /)
      else await attempt()
    }
  })
})

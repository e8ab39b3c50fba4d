/** What a format has read is taken by a session, and what a session has is written. */
import { describe, expect, test } from 'vitest'
import { cookieHeader, cookiesTxt, har, storageState } from '../../src/formats/index.ts'
import { createSession } from '../../src/index.ts'

const URL_SENT = 'https://www.shop.example/cart'
const ENTRY = { name: 'sid', value: '42', domain: '.shop.example' }
const ANSWER = {
  request: { url: URL_SENT },
  response: { headers: [{ name: 'Set-Cookie', value: 'sid=42; Domain=shop.example' }] },
}

describe.each([
  ['cookiesTxt', () => cookiesTxt.read('.shop.example\tTRUE\t/\tTRUE\t0\tsid\t42\n')],
  ['storageState', () => storageState.read({ cookies: [ENTRY, {}], origins: [] })],
  ['har', () => har.read({ log: { entries: [ANSWER] } })],
  ['cookieHeader', () => cookieHeader.read('sid=42', URL_SENT)],
])('what %s has read', (_, read) => {
  const sent = { fetch: async (_url: unknown, init?: RequestInit) => new Response(new Headers(init?.headers).get('cookie')) }

  test('is a jar', async () => {
    const session = createSession({ jar: read(), ...sent })
    expect(await (await session.fetch(URL_SENT)).text()).toBe('sid=42')
  })

  test('is imported', async () => {
    const session = createSession(sent)
    expect(await session.cookies.import(read().cookies)).toEqual([])
    expect(await (await session.fetch(URL_SENT)).text()).toBe('sid=42')
    expect(cookieHeader.write(await session.cookies.getAll(URL_SENT))).toBe('sid=42')
    expect(cookiesTxt.write(await session.cookies.getAll())).toContain('\tsid\t42\n')
    expect(storageState.write(await session.cookies.getAll()).cookies).toMatchObject([{ name: 'sid', sameSite: 'Lax' }])
  })
})

test('a browser that says None of cookies without SameSite makes no cookie that is refused, in a jar or by import', async () => {
  const read = storageState.read([{ ...ENTRY, sameSite: 'None', secure: false }])
  expect(await createSession({ jar: read }).cookies.getAll()).toMatchObject([{ name: 'sid', secure: false }])
  expect(await createSession().cookies.import(read.cookies)).toEqual([])
})

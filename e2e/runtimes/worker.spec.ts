/** What is different in a web worker and in a service worker. */
import { createSession } from 'sessionfetch'
import { describe, expect, inject, test } from 'vitest'

const a = inject('a')
const hasStore = 'cookieStore' in globalThis

interface Echo {
  readonly headers: Readonly<Record<string, string>>
}

describe('in a worker', () => {
  test('an input without baseURL is relative to the worker', async () => {
    expect((await createSession().fetch('/nothing')).url).toBe(`${location.origin}/nothing`)
  })

  test.each(['getAll', 'get', 'set', 'delete', 'clear'] as const)('cookies.%s without cookieStore says so', async (method) => {
    const { cookies } = createSession()
    const call = async () => (cookies[method] as (...args: string[]) => Promise<unknown>)('a', '1')
    if (!hasStore) await expect(call()).rejects.toThrow(/^cookies: .*no cookieStore/)
  })

  test('csrf by cookie works by cookieStore, and without one says what to do', async () => {
    const byCookie = createSession({ baseURL: location.origin, csrf: true })
    if (hasStore) expect((await byCookie.fetch('/nothing', { method: 'POST' })).status).toBe(200)
    else await expect(byCookie.post('/nothing')).rejects.toThrow(/^csrf: .*give \{ header, token \}/)
  })

  test('csrf by token works', async () => {
    const byToken = createSession({ baseURL: a, csrf: { header: 'x-token', token: () => 'right' } })
    expect((await byToken.post<Echo>('/echo')).headers['x-token']).toBe('right')
  })
})

/** What is different in a page. */
import { createSession, digest } from 'sessionfetch'
import { describe, expect, inject, test } from 'vitest'

const a = inject('a')

describe('what a browser cannot do is a TypeError that says why', () => {
  const options = {
    pool: { connections: 1 },
    proxy: 'http://127.0.0.1:1',
    tls: { ca: '' },
    socketPath: '/tmp/x',
    trustEnv: true,
    sensitiveHeaders: ['x-key'],
    maxRedirects: 5,
    cookies: { a: '1' },
    jar: { cookies: [] },
  }
  for (const [name, value] of Object.entries(options)) {
    test(name, () => {
      expect(() => createSession({ [name]: value })).toThrow(new RegExp(`^${name}: not in a browser: .{10,}`))
    })
  }

  test('cookies and a Cookie header of one call, digest, fork', async () => {
    const session = createSession({ baseURL: a })
    await expect(session.get('/echo', { cookies: { a: '1' } })).rejects.toThrow(/^cookies: not in a browser/)
    await expect(session.get('/echo', { headers: { cookie: 'a=1' } })).rejects.toThrow(/not in a browser/)
    expect(() => digest({ username: 'u', password: 'p' })).toThrow(TypeError)
    expect(() => session.fork()).toThrow(/jar: false/)
    expect(session.fork({ jar: false })).toBeTypeOf('function')
  })
})

describe('in a page', () => {
  test.each(['/api', './', './api/', `//${location.host}/api`, 'api'])('a baseURL may be relative: %s', async (baseURL) => {
    const base = new URL(baseURL, document.baseURI)
    const expected = `${base.href.replace(/\/$/, '')}/x`
    const prepared = await createSession({ baseURL }).prepare('/x')
    const ofCall = await createSession().prepare('/x', { baseURL })
    const ofChild = await createSession().extend({ baseURL }).prepare('x')
    expect([prepared.url.href, ofCall.url.href, ofChild.url.href]).toEqual([expected, expected, expected])
  })

  test("credentials: 'include' fails against Access-Control-Allow-Origin: *, the error hints at it, and 'omit' works", async () => {
    const session = createSession({ baseURL: a })
    await expect(session.fetch('/echo?star=1')).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/credentials 'include'/) },
    })
    expect((await session.fetch('/echo?star=1', { credentials: 'omit' })).status).toBe(200)
    expect((await createSession({ baseURL: a, jar: false }).fetch('/echo?star=1')).status).toBe(200)
  })

  test('an input without baseURL is relative to the page', async () => {
    const response = await createSession().fetch('/does-not-matter')
    expect(new URL(response.url).origin).toBe(location.origin)
  })

  test('a cookie of other characters than ASCII is taken whole, or refused and nothing changes', async () => {
    const { cookies } = createSession()
    const shown = async () => (await cookies.getAll()).map(({ name, value }) => `${name}=${value}`)
    const other = { name: 'größe', value: '1', domain: location.hostname, path: '/', expires: null, secure: false }
    const attempts: [whole: string[], attempt: () => Promise<unknown>][] = [
      [['a=é'], () => cookies.set('a', 'é', { maxAge: 60 })],
      [['a=1', 'größe=1'], () => cookies.set('größe', '1')],
      [['a=1', 'größe=1'], () => cookies.import([other])],
      [['a=1'], () => cookies.delete('größe')],
    ]
    for (const [whole, attempt] of attempts) {
      await cookies.clear()
      await cookies.set('a', '1')
      const refused = await attempt().catch((error: unknown) => error)
      const isRefused = refused instanceof TypeError || (Array.isArray(refused) && refused.length > 0)
      expect((await shown()).sort()).toEqual(isRefused ? ['a=1'] : whole)
    }
    await cookies.clear()
  })

  test("a body function's stream is never sent as text: an engine that sends none refuses it first", async () => {
    const id = `stream-${performance.now()}`
    const session = createSession({ baseURL: a, query: { id } })
    const body = () => new Blob(['streamed']).stream()
    const error = await session.fetch('/echo', { method: 'POST', body }).catch((thrown: unknown) => thrown)
    // Chromium sends streams, by HTTP/2.
    if (navigator.userAgent.includes('Chrome')) expect(error).toMatchObject({ message: 'Failed to fetch' })
    else expect(error).toMatchObject({ message: expect.stringMatching(/^body: not in a browser: .*give a Blob$/) })
    expect(await session.get('/log')).toEqual([])
  })

  test('HttpOnly cookies are kept and not shown', async () => {
    const session = createSession({ baseURL: a })
    await session.get('/set', { query: { cookie: 'hidden=1; Path=/; HttpOnly' } })
    const { headers } = await session.get<{ headers: { cookie?: string } }>('/echo')
    expect(headers.cookie).toContain('hidden=1')
    expect(await session.cookies.get('hidden')).toBeNull()
  })

  test('csrf: true reads the cookies of the page, but not for another origin', async () => {
    // biome-ignore lint/suspicious/noDocumentCookie: the page's own cookie, as a server would have set it
    document.cookie = 'XSRF-TOKEN=a%20b; Path=/'
    const own = await createSession({ baseURL: a, csrf: true }).post<{ headers: Record<string, string> }>('/echo')
    const other = await createSession({ csrf: true }).post<{ headers: Record<string, string> }>(`${a}/echo`)
    expect(own.headers['x-xsrf-token']).toBe('a b')
    expect(other.headers['x-xsrf-token']).toBeUndefined()
  })
})

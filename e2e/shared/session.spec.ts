/**
 * One spec for Node and for browsers, on the built package. `inPage` marks what only one of them can do; the reason
 * stands beside it.
 */
import {
  BodyTooLargeError,
  createSession,
  FetchError,
  paginate,
  raiseForStatus,
  refreshable,
  SessionClosedError,
  TimeoutError,
} from 'sessionfetch'
import { describe, expect, inject, test } from 'vitest'

const a = inject('a')
const b = inject('b')
const inPage = typeof location !== 'undefined'

interface Echo {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const unique = () => `n${Math.random().toString(36).slice(2)}`

describe('doors', () => {
  test('session.get gives parsed data, session.fetch an unread Response of the platform', async () => {
    const session = createSession({ baseURL: a })
    const data = await session.get<Echo>('/echo', { query: { q: 1 } })
    const response = await session.fetch('/echo')
    expect(data.query).toEqual({ q: '1' })
    expect(response).toBeInstanceOf(Response)
    expect(response.bodyUsed).toBe(false)
    expect(((await response.json()) as Echo).path).toBe('/echo')
  })

  test('a plain object goes out as JSON, a form urlencoded, FormData as multipart', async () => {
    const session = createSession({ baseURL: a })
    const form = new FormData()
    form.set('x', '1')
    const json = await session.post<Echo>('/echo', { body: { a: 1 } })
    const urlencoded = await session.post<Echo>('/echo', { form: { a: [1, 2] } })
    const multipart = await session.post<Echo>('/echo', { body: form })
    expect([json.body, json.headers['content-type']]).toEqual(['{"a":1}', 'application/json'])
    expect(urlencoded.body).toBe('a=1&a=2')
    expect(multipart.headers['content-type']).toMatch(/^multipart\/form-data; *boundary=/)
  })

  test('a 404 resolves in session.fetch and is a FetchError without the query in the data door', async () => {
    const session = createSession({ baseURL: a })
    const response = await session.fetch('/status?code=404')
    const error = await session.get('/status?code=404&token=s3cret').catch((thrown: unknown) => thrown as FetchError)
    expect(response.status).toBe(404)
    expect(() => raiseForStatus(response)).toThrow(FetchError)
    expect(error).toBeInstanceOf(FetchError)
    expect((error as FetchError).data).toEqual({ status: 404 })
    expect(String((error as FetchError).stack)).not.toContain('s3cret')
  })

  test('Request objects keep method, headers and body', async () => {
    const request = new Request(`${a}/echo`, { method: 'POST', body: 'hello', headers: { 'x-own': '1' } })
    const echo = (await (await createSession({ headers: { 'x-own': '0', 'x-default': '1' } }).fetch(request)).json()) as Echo
    expect([echo.method, echo.body, echo.headers['x-own'], echo.headers['x-default']]).toEqual(['POST', 'hello', '1', '1'])
  })
})

describe('cookies', () => {
  test('what the server sets is sent back, HttpOnly or not', async () => {
    const session = createSession({ baseURL: a })
    const name = unique()
    await session.get('/set', { query: { cookie: `${name}=1; Path=/; HttpOnly|${name}b=2; Path=/` } })
    const { headers } = await session.get<Echo>('/echo')
    expect(headers.cookie).toContain(`${name}=1`)
    expect(headers.cookie).toContain(`${name}b=2`)
  })

  test('cookies are shared by the ports of a host, and not with another host', async () => {
    const session = createSession()
    const name = unique()
    await session.get(`${a}/set`, { query: { cookie: `${name}=1; Path=/` } })
    const samePort = await session.get<Echo>(`${b}/echo`)
    const otherHost = await session.get<Echo>(`${b.replace('localhost', '127.0.0.1')}/echo`)
    expect(samePort.headers.cookie).toContain(`${name}=1`)
    expect(otherHost.headers.cookie ?? '').not.toContain(name)
  })

  test("credentials: 'omit' sends none", async () => {
    const session = createSession({ baseURL: a })
    const name = unique()
    await session.get('/set', { query: { cookie: `${name}=1; Path=/` } })
    const { headers } = await session.get<Echo>('/echo', { credentials: 'omit' })
    expect(headers.cookie ?? '').not.toContain(name)
  })

  test('jar: false keeps none', async () => {
    const session = createSession({ baseURL: a, jar: false })
    const name = unique()
    await session.get('/set', { query: { cookie: `${name}=1; Path=/` } })
    expect((await session.get<Echo>('/echo')).headers.cookie ?? '').not.toContain(name)
  })
})

describe('redirects', () => {
  test('a redirect is followed, and response.redirected says so', async () => {
    const session = createSession({ baseURL: a })
    const response = await session.fetch('/redirect?to=/echo')
    expect([response.redirected, response.status, new URL(response.url).pathname]).toEqual([true, 200, '/echo'])
    // A browser follows by itself and hides the hops.
    expect(response.history.length).toBe(inPage ? 0 : 1)
  })

  test('a token does not reach another origin', async () => {
    const session = createSession({ baseURL: a, auth: { token: 'abc' } })
    const own = await session.get<Echo>('/echo')
    const crossed = await session.get<Echo>('/redirect', { query: { to: `${b}/echo` } })
    expect(own.headers.authorization).toBe('Bearer abc')
    expect(crossed.headers.authorization).toBeUndefined()
  })
})

describe('time and retries', () => {
  test('timeout.attempt, total and idle end a call with an error that says which', async () => {
    const session = createSession({ baseURL: a })
    const limits = { attempt: '/slow?ms=3000', total: '/slow?ms=3000', idle: '/drip?ms=3000' } as const
    for (const [limit, path] of Object.entries(limits)) {
      const error = await session.get(path, { timeout: { [limit]: 100 } }).catch((thrown: unknown) => thrown as FetchError)
      expect((error as FetchError).cause).toBeInstanceOf(TimeoutError)
      expect((error as FetchError).message).toContain(`timeout.${limit}`)
    }
  })

  test("an abort in mid-body rejects with the signal's own reason, in both doors", async () => {
    const session = createSession({ baseURL: a })
    const reason = new Error('enough')
    for (const read of [(signal: AbortSignal) => session.get('/drip?ms=3000', { signal }), readFetch]) {
      const controller = new AbortController()
      setTimeout(() => controller.abort(reason), 150)
      await expect(read(controller.signal)).rejects.toBe(reason)
    }
    async function readFetch(signal: AbortSignal) {
      return (await session.fetch('/drip?ms=3000', { signal })).text()
    }
  })

  test('a 503 is retried as often as asked', async () => {
    const session = createSession({ baseURL: a, retry: { limit: 2, delay: 1 } })
    const attempts: number[] = []
    const data = await session.get('/flaky', {
      query: { key: unique(), times: 2 },
      onRetry: ({ attempt }) => attempts.push(attempt),
    })
    expect([data, attempts]).toEqual([{ left: 0 }, [1, 2]])
  })

  test('maxBytes ends a large body', async () => {
    const session = createSession({ baseURL: a, maxBytes: 1000 })
    const small = await session.fetch('/bytes?size=1000')
    const large = await session.fetch('/bytes?size=1001')
    expect((await small.arrayBuffer()).byteLength).toBe(1000)
    await expect(large.arrayBuffer()).rejects.toBeInstanceOf(BodyTooLargeError)
  })
})

describe('the rest', () => {
  test('an interceptor sees the request on its way out and the response on its way back', async () => {
    const seen: string[] = []
    const session = createSession({ baseURL: a }).use(async (request, next) => {
      seen.push(`> ${request.method} ${request.url.pathname}`)
      request.headers.set('x-intercepted', '1')
      const response = await next(request)
      seen.push(`< ${response.status}`)
      return response
    })
    const { headers } = await session.get<Echo>('/echo')
    expect(seen).toEqual(['> GET /echo', '< 200'])
    expect(headers['x-intercepted']).toBe('1')
  })

  test('a mounted handler answers instead of the network', async () => {
    const session = createSession({ mounts: { 'mock://api': () => Response.json({ mocked: true }) } })
    expect(await session.get('mock://api/x')).toEqual({ mocked: true })
  })

  test('csrf goes with unsafe methods, explicit headers win', async () => {
    const session = createSession({ baseURL: a, csrf: { header: 'x-csrf', token: () => 'tok' } })
    const get = await session.get<Echo>('/echo')
    const post = await session.post<Echo>('/echo')
    const own = await session.post<Echo>('/echo', { headers: { 'x-csrf': 'mine' } })
    expect([get.headers['x-csrf'], post.headers['x-csrf'], own.headers['x-csrf']]).toEqual([undefined, 'tok', 'mine'])
  })

  test('twenty parallel 401s share one refresh', async () => {
    let token = 'old'
    let refreshes = 0
    const refresh = async () => {
      refreshes++
      token = 'new'
    }
    const session = createSession({ auth: refreshable({ token: () => token, refresh }) })
    session.mount('https://api.test', (request) =>
      request.headers.get('authorization') === 'Bearer new' ? Response.json({ ok: 1 }) : new Response(null, { status: 401 }),
    )
    const all = await Promise.all(Array.from({ length: 20 }, () => session.get('https://api.test/x')))
    expect([all.length, refreshes]).toEqual([20, 1])
  })

  test('paginate follows rel=next', async () => {
    const pages: unknown[] = []
    for await (const page of paginate(createSession({ baseURL: a }), '/links')) pages.push(await page.json())
    expect(pages).toEqual([{ page: 1 }, { page: 2 }, { page: 3 }])
  })

  test('a closed session rejects', async () => {
    const session = createSession({ baseURL: a })
    await session.close()
    await expect(session.fetch('/echo')).rejects.toBeInstanceOf(SessionClosedError)
  })

  test('a network failure is a TypeError without the query', async () => {
    const error = await createSession()
      .fetch('http://localhost:1/x?token=s3cret')
      .catch((thrown: unknown) => thrown as Error)
    expect(error).toBeInstanceOf(TypeError)
    const cause = (error as Error).cause as Error
    expect(cause.message).toMatch(/^GET http:\/\/localhost:1\/x: /)
    expect(`${(error as Error).message}${(error as Error).stack}${cause.stack}`).not.toContain('s3cret')
  })
})

/** The session as a whole, over a fetch in memory: options in layers, the chain, children, prepared requests. */
import { Cookie, MemoryCookieStore } from 'tough-cookie'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  createSession,
  FetchError,
  type Interceptor,
  paginate,
  raiseForStatus,
  refreshable,
  type SessionRequest,
  type TooManyRedirectsError,
} from '../../src/index.ts'
import { type Answer, memory, rejection, texts } from '../support/memory.ts'

const A = 'https://a.example/'
const B = 'https://b.example/'
const redirect = (location: string, status = 302): Answer => ({ status, body: '', headers: { location } })
const never = () => new Promise<Response>(() => undefined)
const broken = () =>
  new ReadableStream({
    pull(controller) {
      controller.error(new TypeError('terminated'))
    },
  })
/** A body that begins and never ends. */
const endless = () =>
  new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('x')) }))

afterEach(() => vi.restoreAllMocks())

describe('wrong options are a TypeError that names the option, before anything is sent', () => {
  test.each([
    [{ form: {}, body: 'x', method: 'POST' }, /^form: give either/],
    [{ schema: {} }, /^schema: /],
    [{ method: 'BAD METHOD' }, /^method: /],
    [{ method: 'CONNECT' }, /^method: /],
    [{ signal: {} }, /^signal: /],
    [{ credentials: 'always' }, /^credentials: /],
    [{ redirect: 'maybe' }, /^redirect: /],
    [{ headers: { 'a b': '1' } }, /^headers: a header name/],
    [{ headers: { a: 's3cret\nx' } }, /^headers: the value of 'a' (?!.*s3cret)/],
    [{ headers: { a: {} } }, /^headers: the value of 'a' is of type object/],
    [{ headers: [['a']] }, /^headers: a pair/],
    [{ query: 5 }, /^query: /],
    [{ cookies: 'a=1' }, /^cookies: give an object/],
    [{ cookies: { a: 's3cret;' } }, /^cookies: the value of 'a' (?!.*s3cret)/],
    [{ auth: { user: 'x' } }, /^auth: /],
    [{ auth: { token: 'with blank' } }, /^auth: the token/],
    [{ timeout: 0 }, /^timeout: attempt/],
    [{ timeout: { total: -1 } }, /^timeout: total/],
    [{ timeout: { idle: 2 ** 31 } }, /^timeout: idle/],
    [{ timeout: [] }, /^timeout: /],
    [{ retry: 1.5 }, /^retry: the limit/],
    [{ retry: { limit: 1, methods: 'GET' } }, /^retry: methods/],
    [{ csrf: { header: 'x' } }, /^csrf: /],
    [{ maxRedirects: -1 }, /^maxRedirects: /],
    [{ maxBytes: 0 }, /^maxBytes: /],
    [{ sensitiveHeaders: 'x' }, /^sensitiveHeaders: /],
    [{ interceptors: ['x'] }, /^interceptors: /],
    [{ onRequest: 5 }, /^onRequest: /],
    [{ context: 5 }, /^context: /],
    [{ baseURL: 'ftp:' }, /^baseURL: /],
  ])('%j', async (options, message) => {
    const { fetch, sent } = memory()
    const error = await rejection(createSession({ fetch })(A, options as never))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toMatch(message)
    expect(() => createSession({ fetch, ...options } as never)).toThrow(message)
    expect(sent).toEqual([])
  })

  test.each([
    ['an option of a session', { jar: false }, /^jar: belongs to createSession/],
    ['schema in session.fetch', { schema: {} }, /^schema: (session\.fetch does not parse|give)/],
    ['a plain object in session.fetch', { method: 'POST', body: { a: 1 } }, /^body: a plain object/],
    ['a body of a GET', { body: 'x' }, /^body: a GET request/],
  ])('%s', async (_, options, message) => {
    const { fetch, sent } = memory()
    expect((await rejection(createSession({ fetch }).fetch(A, options as never))).message).toMatch(message)
    expect(sent).toEqual([])
  })

  test('nothing is read from a polluted Object.prototype', async () => {
    const { fetch, sent } = memory()
    const polluted = { headers: { 'x-evil': '1' }, baseURL: B, query: { evil: 1 }, onRequest: () => fail() }
    const fail = () => {
      throw new Error('a hook of the prototype')
    }
    for (const [name, value] of Object.entries(polluted))
      Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: true, writable: true })
    try {
      await createSession({ fetch }).fetch(A)
    } finally {
      for (const name of Object.keys(polluted)) delete (Object.prototype as Record<string, unknown>)[name]
    }
    expect([sent[0]?.url, sent[0]?.headers.get('x-evil')]).toEqual([A, null])
  })
})

describe('secrets stay at their origin', () => {
  const secrets = { auth: { token: 'tok' }, cookies: { c: '1' }, headers: { 'x-key': 'k' }, sensitiveHeaders: ['x-key'] }
  const seen = ({ headers }: { headers: Headers }) => ['authorization', 'cookie', 'x-key'].filter((name) => headers.has(name))

  test.each([
    ['an absolute URL elsewhere', (session: ReturnType<typeof createSession>) => session.get(B)],
    ["a call's own baseURL elsewhere", (session: ReturnType<typeof createSession>) => session.get('/x', { baseURL: B })],
    ['a child with another origin', (session: ReturnType<typeof createSession>) => session.extend({ baseURL: B }).get('/x')],
    [
      'an interceptor that changes the origin',
      (session: ReturnType<typeof createSession>) => session.get('/x', { interceptors: [toB] }),
    ],
    ['a hop interceptor that does', (session: ReturnType<typeof createSession>) => session.get('/x', { hopInterceptors: [toB] })],
    ['a hook that does', (session: ReturnType<typeof createSession>) => session.get('/x', { onRequest: hookToB })],
    [
      'a call that names other sensitive headers',
      (session: ReturnType<typeof createSession>) => session.get(B, { sensitiveHeaders: ['x-other'] }),
    ],
    [
      'a prepared request that was changed',
      async (session: ReturnType<typeof createSession>) => {
        const prepared = await session.prepare('/x')
        prepared.url = new URL(B)
        await session.send(prepared)
      },
    ],
  ])('%s does not get them', async (_, call) => {
    const { fetch, sent } = memory()
    await call(createSession({ baseURL: A, fetch, ...secrets }))
    expect(sent.map(seen)).toEqual([[]])
  })

  test('hop interceptors, mounted handlers and the wire see the cookies of the jar; another origin does not', async () => {
    const { fetch, sent } = memory()
    const session = createSession({ baseURL: A, fetch })
    await session.cookies.set('sid', '1')
    const seenByHop: (string | null)[] = []
    const look: Interceptor = (request, next) => {
      seenByHop.push(request.headers.get('cookie'))
      return next(request)
    }
    await session.get('/x', { hopInterceptors: [look] })
    await session.get('/x', { hopInterceptors: [toB] })
    session.mount(A, (request) => Response.json(request.headers.get('cookie')))
    expect(await session.get('/x')).toBe('sid=1')
    expect(seenByHop).toEqual(['sid=1'])
    expect(sent.map(({ headers }) => headers.get('cookie'))).toEqual(['sid=1', null])
  })

  test('cookies of an answer belong to who has answered', async () => {
    const { fetch } = memory([{ cookies: ['fromB=1'] }])
    const session = createSession({ baseURL: A, fetch })
    await session.get('/x', { hopInterceptors: [toB] })
    expect([await session.cookies.getAll(A), (await session.cookies.getAll(B)).length]).toEqual([[], 1])
  })

  test('who only looks on does not change whose cookies they are', async () => {
    const fetch = async () => {
      const response = new Response('{}', { headers: { 'set-cookie': 'a=1' } })
      return Object.defineProperty(response, 'url', { value: 'https://behind.example/' })
    }
    const session = createSession({ baseURL: A, fetch })
    await session.get('/x', { hopInterceptors: [(request, next) => next(request)] })
    expect((await session.cookies.getAll(A)).map(({ name }) => name)).toEqual(['a'])
  })

  test('they do not come back on A, B, A', async () => {
    const { fetch, sent } = memory([redirect(B), redirect(A), {}])
    await createSession({ baseURL: A, fetch, ...secrets }).get('/x')
    expect(sent.map(seen)).toEqual([['authorization', 'cookie', 'x-key'], [], []])
  })

  test('without a baseURL they go to the URL of each call', async () => {
    const { fetch, sent } = memory()
    const session = createSession({ fetch, auth: { token: 'tok' } })
    await session.get(A)
    await session.get(B)
    expect(sent.map(seen)).toEqual([['authorization'], ['authorization']])
  })

  test('paginate takes none to another server, not even on the way back', async () => {
    const next = (url: string): Answer => ({ headers: { link: `<${url}>; rel="next"` } })
    const { fetch, sent } = memory([next(`${B}2`), next(`${A}3`), {}])
    for await (const _ of paginate(createSession({ fetch, ...secrets }), `${A}1`));
    expect(sent.map(seen)).toEqual([['authorization', 'cookie', 'x-key'], [], []])
  })

  test('paginate adds the query once, and ends on a page it has seen', async () => {
    const { fetch, sent } = memory(({ url }) => ({ headers: { link: `<${url.includes('p=2') ? url : `${A}?p=2`}>; rel=next` } }))
    for await (const _ of paginate(createSession({ fetch, query: { k: 'v' } }), A));
    expect(sent.map(({ url }) => url)).toEqual([`${A}?k=v`, `${A}?p=2`])
  })

  test('userinfo of a URL becomes Basic auth, wherever it turns up', async () => {
    const { fetch, sent } = memory()
    await createSession({ fetch }).get('https://u:p@a.example/')
    await createSession({ fetch, baseURL: 'https://u:p@a.example/' }).get('/')
    await createSession({ fetch }).get('/', { baseURL: 'https://u:p@a.example/' })
    await createSession({ fetch }).get(A, {
      interceptors: [(request, next) => next({ ...request, url: new URL('https://u:p@a.example/') })],
    })
    expect(sent.map(({ url, headers }) => [url, headers.get('authorization')])).toEqual(
      Array(4).fill([A, `Basic ${btoa('u:p')}`]),
    )
  })
})

function hookToB(context: { request: unknown }): void {
  context.request = B
}

function toB(request: SessionRequest, next: (request: SessionRequest) => Promise<Response>) {
  request.url = new URL(B)
  return next(request)
}

describe('time', () => {
  test.each([
    ['waiting', () => never(), {}],
    ['in a body', async () => endless(), {}],
    ['in backoff', async () => new Response(null, { status: 503 }), { retry: { limit: 5, delay: () => 10_000 } }],
    ['in token()', () => never(), { auth: { token: () => new Promise<string>(() => undefined) } }],
    ['in an interceptor', () => never(), { interceptors: [() => never()] }],
    ['in a hook', () => never(), { onRequest: () => new Promise<void>(() => undefined) }],
    ['in onResponse', async () => Response.json({}), { onResponse: () => new Promise<void>(() => undefined) }],
    [
      'in a schema',
      async () => Response.json({}),
      { schema: { '~standard': { version: 1, vendor: 'test', validate: () => new Promise(() => undefined) } } },
    ],
    ['in a mounted handler', () => never(), { mounts: { 'https://a.example': () => never() } }],
    ['in the body of a handler', () => never(), { mounts: { 'https://a.example': () => endless() } }],
  ])("total and the caller's signal end a call %s", async (_, fetch, options) => {
    const { mounts, ...callOptions } = options as { mounts?: Record<string, () => Promise<Response> | Response> }
    const session = createSession({ fetch, ...(mounts ? { mounts } : {}) })
    const late = await rejection(session.get(A, { ...callOptions, timeout: { total: 20 } }))
    expect([late.name, (late.cause as Error).name, late.message]).toEqual([
      'FetchError',
      'TimeoutError',
      expect.stringContaining('timeout.total'),
    ])
    const controller = new AbortController()
    setTimeout(() => controller.abort('enough'), 20)
    const outcome = await session.get(A, { ...callOptions, signal: controller.signal }).catch((reason: unknown) => reason)
    expect(outcome).toBe('enough')
  })

  test('attempt lasts to the last byte in the data door, and is anew for each try', async () => {
    const slow = await rejection(createSession({ fetch: async () => endless() }).get(A, { timeout: 20 }))
    expect((slow.cause as Error).message).toMatch(/timeout\.attempt/)
    let tries = 0
    const fetch = async () => {
      if (++tries === 1) return new Response('busy', { status: 503 })
      await new Promise((resolve) => setTimeout(resolve, 30))
      return Response.json({ tries })
    }
    expect(await createSession({ fetch }).get(A, { timeout: 60, retry: { limit: 1, delay: () => 40 } })).toEqual({ tries: 2 })
  })

  test('maxBytes and idle hold for a response of an interceptor too', async () => {
    const session = createSession({ interceptors: [async () => new Response('12345678')] })
    await expect((await session.fetch(A, { maxBytes: 3 })).text()).rejects.toThrow(/larger than maxBytes/)
    const silent = createSession({ interceptors: [async () => endless()] })
    await expect((await silent.fetch(A, { timeout: { idle: 20 } })).text()).rejects.toThrow(/timeout\.idle/)
  })

  test('calls that share a signal share one listener, and leave none', async () => {
    const { signal } = new AbortController()
    const add = vi.spyOn(signal, 'addEventListener')
    const remove = vi.spyOn(signal, 'removeEventListener')
    const session = createSession({ fetch: memory().fetch })
    await Promise.all(Array.from({ length: 20 }, () => session.get(A, { signal })))
    await Promise.all(Array.from({ length: 20 }, async () => (await session.fetch(A, { signal })).text()))
    expect(add.mock.calls.length).toBe(remove.mock.calls.length)
    expect(add.mock.calls.length).toBeLessThanOrEqual(2)
  })
})

describe('what is thrown away gives its connection back', () => {
  const throws = () => {
    throw new Error('mine')
  }
  test.each([
    ['refresh fails', 401, { auth: refreshable({ token: () => 'old', refresh: throws }) }],
    ['shouldRetry throws', 503, { retry: { limit: 1, shouldRetry: throws } }],
    ['a csrf token cannot be had again', 403, { method: 'POST', csrf: { header: 'x', token: onceThenThrow(), retry: true } }],
    ['a stream would have to be sent twice', 307, { method: 'POST', body: new Response('x').body }],
  ])('%s', async (_, status, options) => {
    const response = new Response('x'.repeat(1000), { status, headers: { location: '/next' } })
    await rejection(createSession({ fetch: async () => response }).fetch(A, options as never))
    expect(response.bodyUsed).toBe(true)
  })

  function onceThenThrow() {
    let asked = 0
    return () => (++asked === 1 ? 'token' : throws())
  }
})

describe('a call goes before its session', () => {
  test.each([
    ['auth', { headers: { authorization: 'S' } }, A, { auth: { token: 'call' } }, 'authorization', 'Bearer call'],
    ['userinfo', { headers: { authorization: 'S' } }, 'https://u:p@a.example/', {}, 'authorization', 'Basic dTpw'],
    ['auth: null', { headers: { authorization: 'S' } }, A, { auth: null }, 'authorization', 'S'],
    [
      'its own header',
      { headers: { authorization: 'S' } },
      A,
      { auth: { token: 'x' }, headers: { authorization: 'C' } },
      'authorization',
      'C',
    ],
    ['a Cookie header', { cookies: { a: 's', b: 's' } }, A, { headers: { cookie: 'a=call' } }, 'cookie', 'a=call; b=s'],
    ['a Cookie header, over null', { cookies: { a: null } }, A, { headers: { cookie: 'a=call' } }, 'cookie', 'a=call'],
    ['cookies', { headers: { cookie: 'a=s' } }, A, { cookies: { a: 'call' } }, 'cookie', 'a=call'],
    [
      'cookies, over its own Cookie header',
      { cookies: { a: 's' } },
      A,
      { cookies: { a: '1' }, headers: { cookie: 'a=2' } },
      'cookie',
      'a=1',
    ],
  ])('%s', async (_, options, url, given, name, expected) => {
    const wire = memory()
    await createSession({ fetch: wire.fetch, ...options }).fetch(url, given)
    expect(wire.last.headers.get(name)).toBe(expected)
  })

  test('the userinfo of a base stays at its origin when an absolute input wins', async () => {
    const wire = memory()
    await createSession({ fetch: wire.fetch }).fetch(B, { baseURL: 'https://u:p@a.example/' })
    expect(wire.last.headers.get('authorization')).toBeNull()
  })

  test('headers may be an iterator, which can be read once', async () => {
    const wire = memory()
    const headers = new Headers({ cookie: 'a=call', 'x-one': '1' }).entries()
    await createSession({ fetch: wire.fetch, cookies: { a: 's' } }).fetch(A, { headers })
    expect([wire.last.headers.get('cookie'), wire.last.headers.get('x-one')]).toEqual(['a=call', '1'])
  })
})

describe('refreshable()', () => {
  test('a refresh that calls the outer session at once fails clearly', async () => {
    const session: ReturnType<typeof createSession> = createSession({
      fetch: memory(() => ({ status: 401 })).fetch,
      auth: refreshable({ token: () => 'old', refresh: () => session.fetch(A) }),
    })
    expect((await rejection(session.fetch(A))).message).toContain('would wait for itself')
  })

  const answer = ({ headers }: { headers: Headers }): Answer => ({
    status: headers.get('authorization') === 'Bearer good' ? 200 : 401,
  })

  test('a failure is told to all who wait, once, and then forgotten', async () => {
    let token = 'bad'
    let refreshes = 0
    const refresh = async () => {
      if (++refreshes === 1) throw new Error('no')
      token = 'good'
    }
    const session = createSession({ fetch: memory(answer).fetch, auth: refreshable({ token: () => token, refresh }) })
    const all = await Promise.allSettled([1, 2, 3].map(() => session.fetch(A)))
    expect([refreshes, all.map(({ status }) => status)]).toEqual([1, ['rejected', 'rejected', 'rejected']])
    expect((await session.fetch(A)).status).toBe(200)
  })

  test('a token that was renewed elsewhere is used without a refresh; one that is refused again ends in its 401', async () => {
    const tokens = ['bad', 'good', 'good']
    const refresh = vi.fn()
    expect(
      (
        await createSession({
          fetch: memory(answer).fetch,
          auth: refreshable({ token: () => tokens.shift() ?? '', refresh }),
        }).fetch(A)
      ).status,
    ).toBe(200)
    expect(refresh).not.toHaveBeenCalled()
    const { fetch, sent } = memory(() => ({ status: 401 }))
    expect((await createSession({ fetch, auth: refreshable({ token: () => 'bad', refresh }) }).fetch(A)).status).toBe(401)
    expect([sent.length, refresh.mock.calls.length]).toEqual([2, 1])
  })

  test('a call of the outer session from inside fails clearly, one of the session that refresh is given works', async () => {
    let inside: Error | undefined
    const session = createSession({
      fetch: memory(({ headers }) => ({ status: headers.has('authorization') ? 401 : 200 })).fetch,
      auth: refreshable({
        token: () => 'bad',
        refresh: async (quiet) => {
          expect((await quiet.fetch(A)).status).toBe(200)
          inside = await rejection(session.fetch(A))
        },
      }),
    })
    await session.fetch(A)
    expect(inside?.message).toMatch(/use the session that refresh is given/)
  })

  test('an aborted caller stops waiting, and the refresh goes on for the others', async () => {
    let token = 'bad'
    const refresh = async () => {
      await new Promise((resolve) => setTimeout(resolve, 30))
      token = 'good'
    }
    const session = createSession({ fetch: memory(answer).fetch, auth: refreshable({ token: () => token, refresh }) })
    const controller = new AbortController()
    const aborted = session.fetch(A, { signal: controller.signal }).catch((reason: unknown) => reason)
    const other = session.fetch(A)
    setTimeout(() => controller.abort('enough'), 10)
    expect([await aborted, (await other).status]).toEqual(['enough', 200])
  })
})

describe('retry', () => {
  test('network errors and temporary statuses, idempotent methods only', async () => {
    let calls = 0
    const failing = async () => {
      calls++
      throw new TypeError('fetch failed')
    }
    const session = createSession({ fetch: failing, retry: { limit: 2, delay: 0 } })
    const error = await rejection(session.get(A))
    expect([calls, error.message]).toEqual([3, `GET ${A}: the request failed (attempt 3 of 3)`])
    await rejection(session.post(A))
    expect(calls).toBe(4)
    await rejection(session.post(A, { retry: { limit: 1, delay: 0, methods: ['POST'] } }))
    expect(calls).toBe(6)
  })

  test('a status that stays says how often it was tried', async () => {
    const error = await rejection(
      createSession({ fetch: memory(() => ({ status: 503 })).fetch, retry: { limit: 1, delay: 0 } }).get(A),
    )
    expect(error.message).toBe(`GET ${A}: 503 (attempt 2 of 2)`)
  })

  test('Retry-After is obeyed, and too long a wait gives up', async () => {
    const { fetch, sent } = memory(() => ({ status: 503, headers: { 'retry-after': '3600' } }))
    expect((await createSession({ fetch, retry: 3 }).fetch(A)).status).toBe(503)
    expect(sent.length).toBe(1)
  })

  test('shouldRetry decides last, and cannot change the request', async () => {
    const { fetch, sent } = memory(() => ({ status: 404 }))
    const shouldRetry = ({ request, attempt }: { request: SessionRequest; attempt: number }) => {
      request.headers.set('x-evil', '1')
      request.url.pathname = '/evil'
      return attempt < 3
    }
    await createSession({ fetch, retry: { limit: 9, delay: 0, shouldRetry } }).fetch(A)
    expect(sent.map(({ url, headers }) => [url, headers.get('x-evil')])).toEqual(Array(3).fill([A, null]))
  })

  test('a hop interceptor sees each try anew', async () => {
    const { fetch, sent } = memory([{ status: 503 }, redirect('/next'), {}])
    const sign = (request: SessionRequest, next: (request: SessionRequest) => Promise<Response>) => {
      request.headers.append('x-n', '1')
      request.url.searchParams.append('n', '1')
      return next(request)
    }
    await createSession({ fetch, retry: { limit: 1, delay: 0 }, hopInterceptors: [sign] }).get(A)
    expect(sent.map(({ url, headers }) => [url, headers.get('x-n')])).toEqual([
      [`${A}?n=1`, '1'],
      [`${A}?n=1`, '1'],
      [`${A}next?n=1`, '1'],
    ])
  })
})

describe('errors', () => {
  test('a failure has its place in its message and nothing secret anywhere', async () => {
    const failing = async () => {
      throw Object.assign(new TypeError('fetch failed'), {
        cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      })
    }
    const error = await rejection(createSession({ fetch: failing, auth: { token: 't0ken' } }).get(`${A}x?q=s3cret`))
    expect(error).toBeInstanceOf(FetchError)
    expect(error.message).toBe(`GET ${A}x: connection refused: is the server running? (ECONNREFUSED)`)
    expect(texts(error)).not.toMatch(/s3cret|t0ken/)
    expect(Object.keys(error)).toEqual([])
  })

  test('a response that ends a chain of redirects badly says that it was redirected', async () => {
    const ends: readonly [string, string, number][] = [
      ['TooManyRedirectsError', '/loop', 1],
      ['InvalidRedirectError', 'ftp://a.example/', 2],
    ]
    for (const [name, location, maxRedirects] of ends) {
      const { fetch } = memory((_, number) => redirect(number === 1 ? '/next' : location))
      const error = (await rejection(createSession({ fetch, maxRedirects }).fetch(A))) as unknown as TooManyRedirectsError
      expect([error.name, error.response?.history.length, error.response?.redirected]).toEqual([name, 1, true])
    }
  })

  test("a mock's response gets its URL and its links, whatever type it says", async () => {
    const headers = new Headers({ 'content-type': 'application/json', link: '</n>; rel=next' })
    const mock = { status: 200, ok: true, type: 'basic', url: '', headers, text: async () => '{}', body: {} }
    const response = await createSession({ baseURL: A, fetch: async () => mock as never }).raw('/x')
    expect([response.url, response.links.next?.url]).toEqual([`${A}x`, `${A}n`])
  })

  test.each([200, 500])('a response of %i that a hook puts in place has the members of a session', async (status) => {
    const { fetch } = memory()
    const onResponse = (context: { response?: Response }) => {
      context.response = new Response(null, { status })
    }
    const session = createSession({ baseURL: A, fetch, onResponse: onResponse as never })
    const outcome = await session.raw('/x').catch((error: FetchError) => error.response)
    expect([outcome?.status, outcome?.history, outcome?.links, outcome?.url]).toEqual([status, [], {}, `${A}x`])
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['something with a response', { response: { status: 418 } }],
  ])('a body that breaks off with %s leaves the status', async (_, reason) => {
    const body = () => new ReadableStream({ pull: (controller) => controller.error(reason) })
    const fetch = async () => new Response(body(), { headers: { 'content-type': 'text/plain' } })
    const error = (await rejection(createSession({ fetch }).get(A))) as unknown as FetchError
    expect([error.name, error.status, error.message]).toEqual(['FetchError', 200, `GET ${A}: the body broke off`])
  })

  test('a cookie that no header can carry is named, and its value is not', async () => {
    const store = new MemoryCookieStore()
    await store.putCookie(new Cookie({ key: 'sid', value: 'T0P\r\nx: 1', domain: 'a.example', path: '/', hostOnly: true }))
    const { fetch, sent } = memory()
    const error = await rejection(createSession({ fetch, jar: { store } }).fetch(A))
    expect(error.message).toBe(`GET ${A}: the cookie store failed in findCookies`)
    expect(String(error.cause)).toBe("TypeError: its cookie 'sid' holds what no header can carry")
    expect([texts(error).includes('T0P'), sent.length]).toEqual([false, 0])
  })

  test.each([
    ['broken off', {}, () => new Response(broken(), { status: 201 })],
    ['too large', { maxBytes: 3 }, () => new Response('12345', { status: 201 })],
  ])('a body that is %s leaves the status and the response', async (_, options, answer) => {
    const error = (await rejection(createSession({ fetch: async () => answer() }).get(A, options))) as unknown as FetchError
    expect(error).toBeInstanceOf(FetchError)
    expect([error.status, error.statusCode, error.response?.status]).toEqual([201, 201, 201])
  })

  test('the request of an error is a copy: changing it touches no other call', async () => {
    const { fetch, sent } = memory([{ status: 500 }, {}])
    const session = createSession({ fetch })
    const error = (await rejection(session.get(`${A}x`))) as unknown as FetchError
    if (error.request) error.request.url.pathname = '/evil'
    await session.get(`${A}x`)
    expect(sent.map(({ url }) => url)).toEqual([`${A}x`, `${A}x`])
  })

  test('a cause that quotes the query is left out', async () => {
    const failing = async (url: string) => {
      throw new TypeError(`cannot load ${url}`)
    }
    vi.stubGlobal('fetch', failing)
    expect(texts(await rejection(createSession().fetch(`${A}?q=s3cret`)))).not.toContain('s3cret')
    vi.unstubAllGlobals()
  })

  test('what user code threw comes out as it went in', async () => {
    const boom = new Error('boom')
    const throws = () => {
      throw boom
    }
    const { fetch } = memory()
    for (const options of [
      { onRequest: throws },
      { onResponse: throws },
      { parseResponse: throws },
      { interceptors: [throws] },
      { auth: { token: throws } },
    ]) {
      expect(await rejection(createSession({ fetch }).get(A, options as never))).toBe(boom)
    }
  })

  test("redirect: 'error' is a FetchError in the data door, a TypeError in the other", async () => {
    const session = createSession({ fetch: memory(() => redirect('/x')).fetch, redirect: 'error' })
    const wrapped = await rejection(session.get(A))
    expect([wrapped.name, (wrapped.cause as Error).name, (await rejection(session.fetch(A))).name]).toEqual([
      'FetchError',
      'TypeError',
      'TypeError',
    ])
  })

  test('raiseForStatus() throws from 400 on, without the query', async () => {
    const { fetch } = memory([{ status: 399 }, { status: 404 }])
    const session = createSession({ fetch })
    expect(raiseForStatus(await session.fetch(A)).status).toBe(399)
    const missing = await session.fetch(`${A}?q=s3cret`)
    expect(() => raiseForStatus(missing)).toThrow(new FetchError(`${A}: 404`))
  })

  test('console.log shows a session without its secrets', async () => {
    const { inspect } = await import('node:util')
    const session = createSession({
      baseURL: A,
      headers: { authorization: 's3cret', 'x-a': 's3cret', accept: 'text/html' },
      query: { key: 's3cret' },
      auth: { token: 's3cret' },
    })
    await session.cookies.set('sid', 's3cret')
    expect(inspect(session)).toMatch(/Session \{ baseURL: https:\/\/a\.example\/, .*accept: text\/html.*x-a: \*\*\*/)
    expect(inspect(session.cookies)).toContain('sid=***')
    expect(inspect(session) + inspect(session.cookies)).not.toContain('s3cret')
  })
})

describe('options in layers', () => {
  test('null is "not given" for lists, method and schema', async () => {
    const { fetch, sent } = memory()
    const nothing = { onRequest: null, onResponse: null, interceptors: null, onRetry: null, method: null, schema: null } as never
    await createSession({ fetch, ...(nothing as object) }).get(A, nothing)
    await createSession({ fetch }).fetch(A, nothing)
    expect(sent.length).toBe(2)
  })

  test('a form of the call takes the place of a body of the session, and the other way round', async () => {
    const { fetch, sent } = memory()
    await createSession({ fetch, body: { z: 1 } }).post(A, { form: { a: 1 } })
    await createSession({ fetch, form: { z: 1 } }).post(A, { body: 'text' })
    expect(sent.map(({ body }) => body)).toEqual(['a=1', 'text'])
  })

  test('query and params of a session are both there', async () => {
    const { fetch, sent } = memory()
    await createSession({ fetch, query: { a: 1 }, params: { b: 2 } }).get(A)
    expect(sent[0]?.url).toBe(`${A}?b=2&a=1`)
  })

  test('a body function that makes a plain object is a TypeError', async () => {
    const { fetch } = memory()
    const body = (() => ({ a: 1 })) as never
    expect((await rejection(createSession({ fetch }).fetch(A, { method: 'POST', body }))).message).toMatch(
      /^body: a plain object/,
    )
  })

  test('data: goes straight to the platform, without a secret', async () => {
    const { fetch, sent } = memory()
    const session = createSession({ fetch, auth: { token: 'tok' }, headers: { cookie: 'a=1' } })
    expect(await (await session.fetch('data:,hi')).text()).toBe('hi')
    expect(sent).toEqual([])
    await using pooled = createSession({ pool: true })
    expect(await pooled.get('data:,hi')).toBe('hi')
  })

  test('an auth flow that leaves the origin takes no secrets along', async () => {
    const { fetch, sent } = memory()
    const flow = async function* (request: SessionRequest) {
      yield { ...request, url: `${B}token` as never, method: 'get' }
      yield request
    }
    await createSession({
      fetch,
      baseURL: A,
      headers: { cookie: 'a=1', 'x-key': 'k' },
      sensitiveHeaders: ['x-key'],
      auth: flow,
    }).get('/')
    expect(sent.map(({ url, method, headers }) => [url, method, headers.has('cookie'), headers.has('x-key')])).toEqual([
      [`${B}token`, 'GET', false, false],
      [A, 'GET', true, true],
    ])
  })
})

describe('children and prepared requests', () => {
  test('a child has a snapshot of the defaults', async () => {
    const { fetch, sent } = memory()
    const parent = createSession({ fetch, baseURL: A, headers: { 'x-a': '1' } })
    const child = parent.extend({ headers: { 'x-b': '2' } })
    parent.headers.set('x-a', 'later')
    parent.use((request, next) => next({ ...request, headers: new Headers({ changed: '1' }) }))
    await child.get('/')
    expect([sent[0]?.headers.get('x-a'), sent[0]?.headers.get('x-b'), sent[0]?.headers.get('changed')]).toEqual(['1', '2', null])
  })

  test('a prepared request is sent with the cookies and the auth of the session that sends it', async () => {
    const { fetch, sent } = memory()
    const session = createSession({ fetch, baseURL: A })
    await session.cookies.set('who', 'parent')
    const fork = session.fork({ auth: { token: 'forked' } })
    await fork.cookies.set('who', 'fork')
    const prepared = await session.prepare('/x', { method: 'POST', body: 'old' })
    prepared.body = 'new'
    await fork.send(prepared)
    await session.send({ ...prepared, method: 'put' })
    expect(sent.map(({ method, body, headers }) => [method, body, headers.get('cookie'), headers.get('authorization')])).toEqual([
      ['POST', 'new', 'who=fork', 'Bearer forked'],
      ['PUT', 'new', 'who=parent', null],
    ])
  })
})

describe('mounts', () => {
  const table: readonly [string, string, string | undefined][] = [
    ['https://h.example', 'https://h.example/x', 'https://h.example'],
    ['HTTPS://H.EXAMPLE', 'https://h.example/x', 'HTTPS://H.EXAMPLE'],
    ['https://h.example:443', 'https://h.example/x', 'https://h.example:443'],
    ['https://h.example', 'https://h.example.evil/x', undefined],
    ['https://h.example', 'https://h.example:8443/x', undefined],
    ['https://h.example', 'http://h.example/x', undefined],
    ['https://h.example/api', 'https://h.example/api/x', 'https://h.example/api'],
    ['https://h.example/api', 'https://h.example/apiary', undefined],
    ['mock://', 'mock://any/x', 'mock://'],
  ]
  test.each(table)('%s and %s', async (prefix, url, expected) => {
    const { fetch } = memory(() => ({ body: '{"from":"network"}' }))
    const session = createSession({ fetch }).mount(prefix, () => Response.json({ from: prefix }))
    expect(await session.get(url)).toEqual({ from: expected ?? 'network' })
  })

  test('the longest prefix wins, and null unmounts', async () => {
    const session = createSession({ mounts: { 'https://h/': () => Response.json(1), 'https://h/a': () => Response.json(2) } })
    expect(await session.get('https://h/a/b')).toBe(2)
    expect(await session.mount('https://h/a', null).get('https://h/a/b')).toBe(1)
  })
})

/** What a trace records of a session, over a fetch in memory. */
import { describe, expect, test } from 'vitest'
import { createSession, type Next, refreshable, type Session, type SessionRequest } from '../../src/index.ts'
import { type Trace, trace } from '../../src/trace/trace.ts'
import { memory, rejection } from '../support/memory.ts'
import { hopsOfOnly, only, traced } from './recording.ts'

const header = (headers: readonly { name: string; value: string }[] | undefined, name: string) =>
  headers?.find((one) => one.name === name)?.value

describe('trace() records', () => {
  test('a call with its request and its response', async () => {
    const { t, session } = traced([{ status: 201, headers: { 'x-count': '3' }, body: '{"a":1}' }])
    expect(await session.post('/cart?page=2', { body: { id: 7 } })).toEqual({ a: 1 })
    const entry = only(t.entries)
    expect(entry).toMatchObject({ id: 1, method: 'POST', url: 'https://shop.example/cart?page=2', state: 'done', status: 201 })
    const hop = only(hopsOfOnly(t.entries))
    expect(hop).toMatchObject({ cause: 'call', error: undefined, request: { method: 'POST', hasBody: true } })
    expect(hop.response).toMatchObject({ status: 201, bytes: 7 })
    expect(hop.response).not.toHaveProperty('body')
    expect(header(hop.response?.headers, 'x-count')).toBe('3')
    expect(header(hop.request.headers, 'content-type')).toBe('application/json')
  })

  test.each<[what: string, options: object, type: string | undefined]>([
    ['a form', { form: { a: '1' } }, 'application/x-www-form-urlencoded;charset=UTF-8'],
    ['a Blob', { body: new Blob(['x'], { type: 'image/png' }) }, 'image/png'],
    ['a Blob without a type', { body: new Blob(['x']) }, undefined],
    ['bytes', { body: new Uint8Array(1) }, undefined],
    ['text', { body: 'x' }, 'text/plain;charset=UTF-8'],
    ['text with a type of its own', { body: 'x', headers: { 'content-type': 'text/csv' } }, 'text/csv'],
    ['no body', {}, undefined],
  ])('the type that is sent with %s', async (_, options, type) => {
    const { t, session } = traced()
    await session.fetch('/x', { method: 'POST', ...options })
    expect(header(only(hopsOfOnly(t.entries)).request.headers, 'content-type')).toBe(type)
  })

  test('why the network failed, and not that a fetch failed', async () => {
    const cause = new TypeError('GET https://shop.example/x: connection refused (ECONNREFUSED)')
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }))
    const { t, session } = traced(undefined, {}, { fetch })
    await rejection(session.fetch('/x?token=abc'))
    expect(only(hopsOfOnly(t.entries)).error).toBe(`TypeError: ${cause.message}`)
    expect(t.toText()).toContain('  GET /x?token=•••  TypeError: connection refused (ECONNREFUSED)')
  })

  test('each redirect as a hop, with the cookies that were set on one and sent with the next', async () => {
    const { t, session } = traced([
      { status: 303, headers: { location: '/me?token=abc' }, cookies: ['sid=abcdef123; Path=/; HttpOnly; SameSite=Lax'] },
      {},
    ])
    await session.post('/login', { form: { user: 'ada' } })
    const [login, me] = hopsOfOnly(t.entries)
    expect(login?.response?.cookies).toEqual([
      { name: 'sid', value: '•••', path: '/', secure: false, httpOnly: true, sameSite: 'Lax', partitioned: false },
    ])
    expect(login?.response?.redirectURL).toBe('https://shop.example/me?token=•••')
    expect(me).toMatchObject({ cause: 'redirect', request: { method: 'GET', cookies: [{ name: 'sid', value: '•••' }] } })
  })

  test('the reason why a cookie was refused', async () => {
    const { t, session } = traced([{ cookies: ['ok=1', 'bad=2; Domain=elsewhere.example'] }])
    await session.get('/x')
    const [ok, bad] = only(hopsOfOnly(t.entries)).response?.cookies ?? []
    expect(ok?.refused).toBeUndefined()
    expect(bad?.refused).toMatch(/domain/i)
  })

  test('attempts, and why there was another', async () => {
    const { t, session } = traced([{ status: 503 }, {}], {}, { retry: { limit: 1, delay: 0 } })
    await session.get('/x')
    const { attempts } = only(t.entries)
    expect(attempts.map(({ retried }) => retried)).toEqual(['status 503', undefined])
    expect(attempts.map(({ hops }) => hops.map(({ cause }) => cause))).toEqual([['call'], ['retry']])
  })

  test('the request that answers a 401 as a hop of the same attempt', async () => {
    let token = 'old-token-1'
    const auth = refreshable({
      token: () => token,
      refresh: () => {
        token = 'new-token-2'
      },
    })
    const { t, session } = traced([{ status: 401 }, {}], {}, { auth })
    await session.get('/x')
    expect(hopsOfOnly(t.entries).map(({ cause, response }) => [cause, response?.status])).toEqual([
      ['call', 401],
      ['auth', 200],
    ])
    expect(JSON.stringify(t.entries)).not.toMatch(/old-token|new-token/)
    expect(only(only(t.entries).refreshes).took).toBeGreaterThanOrEqual(0)
  })

  test('a failure of the wire at the hop and at the call', async () => {
    const { t, session } = traced(() => {
      throw new RangeError('no route to https://user:pass@shop.example/x?token=123')
    })
    await rejection(session.get('/x'))
    const entry = only(t.entries)
    expect(entry).toMatchObject({ state: 'failed', status: undefined })
    expect(entry.error).toBe(only(hopsOfOnly(t.entries)).error)
    expect(entry.error).toMatch(/the request failed|no route/)
    expect(entry.error).not.toMatch(/pass|123/)
  })

  test('a call that an interceptor answers, without a hop', async () => {
    const { t, session } = traced()
    session.use(() => new Response('{}'))
    await session.fetch('/x')
    expect(only(t.entries)).toMatchObject({ state: 'done', status: 200, attempts: [] })
  })

  test('the calls that a refresh makes as calls of their own', async () => {
    let token = 'old'
    const auth = refreshable({
      token: () => token,
      refresh: async (inner) => {
        token = ((await inner.get('/token')) as { token: string }).token
      },
    })
    const { t, session } = traced([{ status: 401 }, { body: '{"token":"new"}' }, {}], {}, { auth })
    await session.get('/x')
    expect(t.entries.map(({ url, attempts }) => [url, attempts[0]?.hops.length])).toEqual([
      ['https://shop.example/x', 2],
      ['https://shop.example/token', 1],
    ])
  })

  test.each([
    ['fetch', {}],
    ['mount', { mounts: { 'https://shop.example': () => new Response('{}') } }],
  ])('that a hop went by %s', async (transport, options) => {
    const { t, session } = traced(() => ({}), {}, options)
    await session.get('/x')
    expect(only(hopsOfOnly(t.entries)).transport).toBe(transport)
  })

  test('the time that a call waited for its place', async () => {
    const { t, session } = traced(() => ({}), {}, { concurrency: 1 } as never)
    await Promise.all([session.get('/a'), session.get('/b')])
    const [first, second] = t.entries
    expect([first?.timings.queued, (second?.timings.queued ?? 0) > 0]).toEqual([0, true])
    expect(second?.attempts[0]?.hops[0]?.timings.queued).toBe(second?.timings.queued)
  })

  test('a call that waits for its place, and one that gives up while it does', async () => {
    const open: (() => void)[] = []
    const { t, session } = traced(() => new Promise((resolve) => open.push(() => resolve({}))), {}, { concurrency: 1 })
    const controller = new AbortController()
    const first = session.get('/a')
    const second = session.get('/b?token=abc', { signal: controller.signal }).catch((error: unknown) => error)
    const third = session.get('/c', { timeout: { total: 5 } }).catch((error: unknown) => error)
    const shown = () => t.entries.map(({ url, state }) => [url.slice(20), state]).sort()
    while (open.length === 0) await Promise.resolve()
    expect(shown()).toEqual([
      ['/a', 'pending'],
      ['/b?token=•••', 'pending'],
      ['/c', 'pending'],
    ])
    controller.abort()
    await Promise.all([second, third])
    const [aborted, late] = t.entries
    expect(aborted).toMatchObject({ state: 'failed', attempts: [], error: expect.stringContaining('AbortError') })
    expect(late).toMatchObject({ state: 'failed', attempts: [], error: expect.stringContaining('timeout.total') })
    expect(late?.timings).toEqual({ queued: expect.any(Number), waiting: undefined, receiving: undefined })
    expect(late?.timings.queued).toBeGreaterThan(0)
    open[0]?.()
    await first
  })

  test('no call that is answered further out when it leaves the queue', async () => {
    const { fetch } = memory()
    const t = trace()
    const answer = async (request: SessionRequest, next: Next) =>
      request.url.pathname === '/cached' ? new Response('{}') : next(request)
    const session = createSession({ baseURL: 'https://shop.example', fetch, concurrency: 1, interceptors: [answer] })
    t.attach(session)
    await Promise.all(['/a', '/cached', '/b'].map((path) => session.get(path)))
    expect(t.entries.map(({ url, state }) => [url.slice(20), state])).toEqual([
      ['/a', 'done'],
      ['/b', 'done'],
    ])
  })

  test('times: queued, until the headers, until the last byte', async () => {
    const { t, session } = traced()
    const response = await session.fetch('/x')
    const hop = only(hopsOfOnly(t.entries))
    expect(hop.timings).toEqual({ queued: 0, waiting: expect.any(Number), receiving: undefined })
    await response.text()
    expect(hop.timings.receiving).toBeGreaterThan(0)
    expect(only(t.entries).timings.receiving).toBe(hop.timings.receiving)
  })
})

describe('attach()', () => {
  test('records the later calls of a session, hops and cookies too, until it is detached', async () => {
    const answers = [
      {},
      { status: 503 },
      { status: 302, headers: { location: '/b' }, cookies: ['a=1', 'x=1; Domain=no.example'] },
    ]
    const { fetch } = memory((_, number) => answers[number - 1] ?? {})
    const t = trace()
    const session = createSession({ baseURL: 'https://shop.example', fetch, retry: { limit: 1, delay: 0 } })
    await session.get('/before')
    const detach = t.attach(session)
    await session.get('/a')
    detach()
    detach()
    await session.get('/after')
    const { url, attempts } = only(t.entries)
    expect(url).toBe('https://shop.example/a')
    expect(attempts.map(({ hops, retried }) => [hops.length, retried])).toEqual([
      [1, 'status 503'],
      [2, undefined],
    ])
    expect(attempts[1]?.hops[0]).toMatchObject({
      transport: 'fetch',
      response: { cookies: [{ name: 'a' }, { name: 'x', refused: expect.any(String) }] },
    })
  })

  test('records a call on its way to its end when it is detached', async () => {
    const open: (() => void)[] = []
    const { fetch } = memory(() => new Promise((resolve) => open.push(() => resolve({}))))
    const t = trace()
    const session = createSession({ baseURL: 'https://shop.example', fetch })
    const detach = t.attach(session)
    const call = session.get('/a')
    while (open.length === 0) await Promise.resolve()
    detach()
    open[0]?.()
    await call
    expect(only(t.entries)).toMatchObject({ state: 'done', status: 200 })
  })

  test('keeps several sessions in one trace, and one session in several traces', async () => {
    const { fetch } = memory()
    const [one, two] = [trace(), trace()]
    const [a, b] = ['https://a.example', 'https://b.example'].map((baseURL) => createSession({ baseURL, fetch }))
    for (const session of [a, b]) one.attach(session as never)
    two.attach(b as never)
    await a?.get('/x')
    await b?.get('/y')
    expect(one.entries.map(({ url }) => url)).toEqual(['https://a.example/x', 'https://b.example/y'])
    expect(two.entries.map(({ url, attempts }) => [url, attempts[0]?.hops.length])).toEqual([['https://b.example/y', 1]])
  })
})

describe('two traces of one session', () => {
  const ways: readonly (readonly [how: string, both: (session: Session, one: Trace, two: Trace) => Session])[] = [
    [
      'both attached',
      (session, one, two) => {
        one.attach(session)
        two.attach(session)
        return session
      },
    ],
    [
      'one by extend',
      (session, one, two) => {
        one.attach(session)
        return session.extend({ ...two.options })
      },
    ],
    [
      'the first detached and attached again',
      (session, one, two) => {
        const detach = one.attach(session)
        two.attach(session)
        detach()
        one.attach(session)
        return session
      },
    ],
  ]
  test.each(ways)('both see the queue, the refresh and the transport: %s', async (_, both) => {
    let token = 'old-token'
    const auth = refreshable({
      token: () => token,
      refresh: () => {
        token = 'new-token'
      },
    })
    const { fetch } = memory((_, number) => (number === 1 ? { status: 401 } : {}))
    const [one, two] = [trace(), trace()]
    const session = both(createSession({ baseURL: 'https://shop.example', fetch, auth, concurrency: 1 }), one, two)
    await Promise.allSettled([session.get('/a'), session.get('/b'), session.get('/c')])
    for (const { entries } of [one, two]) {
      expect(entries.map(({ url }) => url.slice(20)).sort()).toEqual(['/a', '/b', '/c'])
      expect(entries.map(({ refreshes }) => refreshes.length)).toEqual([1, 0, 0])
      expect(entries.find(({ url }) => url.endsWith('/b'))?.timings.queued).toBeGreaterThan(0)
      expect(entries[0]?.attempts[0]?.hops.map(({ transport }) => transport)).toEqual(['fetch', 'fetch'])
    }
  })

  test('one of them is detached, and the other goes on', async () => {
    const { fetch } = memory()
    const [one, two] = [trace(), trace()]
    const onRetry = () => undefined
    const session = createSession({ baseURL: 'https://shop.example', fetch, onRetry })
    const detach = one.attach(session)
    two.attach(session)
    detach()
    await session.get('/a')
    expect(one.entries).toEqual([])
    expect(hopsOfOnly(two.entries)[0]?.transport).toBe('fetch')
  })
})

describe('trace() keeps', () => {
  test('no more than limit calls, the newest', async () => {
    const { t, session } = traced(() => ({}), { limit: 2 })
    for (const path of ['/a', '/b', '/c']) await session.get(path)
    expect(t.entries.map(({ id, url }) => [id, url])).toEqual([
      [2, 'https://shop.example/b'],
      [3, 'https://shop.example/c'],
    ])
  })

  test('no more than limit hops of one call', async () => {
    const { t, session } = traced(() => ({ status: 302, headers: { location: '/again' } }), { limit: 3 })
    await rejection(session.get('/x'))
    expect(hopsOfOnly(t.entries)).toHaveLength(3)
  })

  test('nothing after clear(), in the same array', async () => {
    const { t, session } = traced()
    const { entries } = t
    await session.get('/x')
    t.clear()
    expect(entries).toEqual([])
    await session.get('/y')
    expect(only(entries).id).toBe(2)
  })

  test('calls apart when several run at once', async () => {
    const { t, session } = traced((sent) => ({ body: JSON.stringify(new URL(sent.url).pathname) }), { bodies: true })
    await Promise.all(['/a', '/b', '/c'].map((path) => session.get(path)))
    expect(t.entries.map(({ url, attempts }) => [url, attempts[0]?.hops[0]?.response?.body?.text])).toEqual(
      ['/a', '/b', '/c'].map((path) => [`https://shop.example${path}`, JSON.stringify(path)]),
    )
  })
})

describe('trace() leaves alone', () => {
  test('a session whose child is traced', async () => {
    const { fetch } = memory()
    const t = trace()
    const parent = createSession({ baseURL: 'https://shop.example', fetch })
    await parent.get('/x')
    await parent.extend({ ...t.options }).get('/y')
    await parent.get('/z')
    expect(t.entries.map(({ url }) => url)).toEqual(['https://shop.example/y'])
  })

  test('the calls of a session beside the one that was given its options', async () => {
    const { fetch } = memory()
    const t = trace()
    const session = createSession({ baseURL: 'https://shop.example', fetch })
    await session.get('/x', { ...t.options })
    await session.get('/y')
    expect(t.entries).toHaveLength(1)
  })

  test('a call that it records already', async () => {
    const { t, session } = traced([{ status: 302, headers: { location: '/y' } }, {}])
    await session.get('/x', { ...t.options })
    expect(hopsOfOnly(t.entries)).toHaveLength(2)
  })
})

describe('trace() refuses', () => {
  test.each([
    [{ limit: 0 }, /^trace: limit: give a whole number of calls above 0$/],
    [{ maxBodyBytes: 1.5 }, /^trace: maxBodyBytes: give a whole number of bytes above 0$/],
    [{ bodies: 'yes' }, /^trace: bodies: give true or false$/],
    [{ secret: true }, /^trace: there is no option secret: give limit, bodies, maxBodyBytes, secrets$/],
    [null, /^trace: give an object of options$/],
  ])('%j', (options, message) => {
    expect(() => trace(options as never)).toThrow(message)
  })

  test('to attach to what is no session', () => {
    expect(() => trace().attach({} as never)).toThrow('attach: give a session made by createSession')
  })
})

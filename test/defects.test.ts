/**
 * The defects of the obvious stack, `createFetch({ fetch: fetchCookie(fetch) })`: a test for each, named after it, that we have
 * not got it.
 */
import { type Cookie, CookieJar, MemoryCookieStore, Store } from 'tough-cookie'
import { describe, expect, test } from 'vitest'
import { createSession } from '../src/index.ts'
import { ownClock, passing } from './support/clock.ts'
import { type Answer, memory, rejection, texts } from './support/memory.ts'
import { seeded } from './support/random.ts'

const A = 'https://a.example/'
const redirect = (location: string, more: Answer = {}): Answer => ({
  status: 302,
  body: '',
  ...more,
  headers: { location, ...more.headers },
})

ownClock()

describe('fetch-cookie 3.2.0', () => {
  test('sends a rotated cookie twice after a redirect', async () => {
    const { fetch, sent } = memory([redirect('/next', { cookies: ['sid=new; Path=/'] }), {}])
    const session = createSession({ fetch, baseURL: A })
    await session.cookies.set('sid', 'old')
    await session.get('/')
    expect(sent.map(({ headers }) => headers.get('cookie'))).toEqual(['sid=old', 'sid=new'])
  })

  test('appends the cookie again on each retry', async () => {
    const { fetch, sent } = memory([{ status: 503 }, { status: 503 }, {}])
    const session = createSession({ fetch, baseURL: A, retry: { limit: 2, delay: 0 } })
    await session.cookies.set('a', '1')
    await passing(session.get('/'))
    expect(sent.map(({ headers }) => headers.get('cookie'))).toEqual(['a=1', 'a=1', 'a=1'])
  })

  test("sends one host's cookies to another when Headers are used again", async () => {
    const { fetch, last } = withLast()
    const session = createSession({ fetch })
    await session.cookies.set('a', '1', { url: A })
    const headers = new Headers({ 'x-a': '1' })
    await session.fetch(A, { headers })
    await session.fetch('https://b.example/', { headers })
    expect([last().headers.get('cookie'), [...headers]]).toEqual([null, [['x-a', '1']]])
  })

  test.each([
    'http://a.example:81/',
    'https://a.example:444/',
    'http://a.example/',
    'https://example/',
    'https://sub.a.example/',
  ])('keeps Authorization from https://a.example to %s, in every form of headers', async (target) => {
    for (const headers of [{ authorization: 's' }, [['Authorization', 's']], new Headers({ authorization: 's' })]) {
      const { fetch, sent } = memory([redirect(target), {}])
      await createSession({ fetch }).get(A, { headers: headers as Headers })
      expect(sent.map((one) => one.headers.get('authorization'))).toEqual(['s', null])
    }
  })

  test("turns a Request's 307 POST into a bare GET", async () => {
    const { fetch, sent } = memory([redirect('/next', { status: 307 }), {}])
    await createSession({ fetch }).fetch(new Request(A, { method: 'POST', body: 'text', headers: { 'x-a': '1' } }))
    expect(sent.map(({ method, body, headers }) => [method, body, headers.get('x-a')])).toEqual([
      ['POST', 'text', '1'],
      ['POST', 'text', '1'],
    ])
  })

  test("ignores a Request's redirect mode", async () => {
    const { fetch, sent } = memory([redirect('/next'), {}])
    const response = await createSession({ fetch }).fetch(new Request(A, { redirect: 'manual' }))
    expect([response.status, sent.length]).toEqual([302, 1])
  })

  test('turns HEAD and 303 into GET', async () => {
    const { fetch, sent } = memory([redirect('/next', { status: 303 }), {}])
    await createSession({ fetch }).head(A)
    expect(sent.map(({ method }) => method)).toEqual(['HEAD', 'HEAD'])
  })

  test('leaves content-type on a POST that became a GET', async () => {
    const { fetch, last } = withLast([redirect('/next'), {}])
    await createSession({ fetch }).post(A, { body: { a: 1 } })
    expect([last().method, last().headers.get('content-type'), last().body]).toEqual(['GET', null, ''])
  })

  test('never drains a hop', async () => {
    const hop = new Response('x'.repeat(1000), { status: 302, headers: { location: '/next' } })
    const { fetch } = memory((_, number) => (number === 1 ? hop : {}))
    await createSession({ fetch }).get(A)
    expect(hop.bodyUsed).toBe(true)
  })

  test('mangles a UTF-8 Location', async () => {
    const { fetch, last } = withLast([redirect('/\u00c5\u00a1'), {}])
    await createSession({ fetch }).get(A)
    expect(last().url).toBe(`${A}%C5%A1`)
  })

  test.each(['data:,x', 'blob:https://a.example/x'])('follows %s', async (target) => {
    const { fetch, sent } = memory([redirect(target), {}])
    const error = await rejection(createSession({ fetch }).fetch(A))
    expect([error.name, sent.length]).toEqual(['InvalidRedirectError', 1])
  })

  test('splits w=a, b=c at the comma', async () => {
    const { fetch } = memory([{ cookies: ['w=a, b=c; Path=/'] }])
    const session = createSession({ fetch })
    await session.get(A)
    expect((await session.cookies.getAll()).map(({ name, value }) => [name, value])).toEqual([['w', 'a, b=c']])
  })

  test('asks headers.getAll first, if there is one', async () => {
    const response = new Response('{}', { headers: { 'set-cookie': 'a=1; Path=/' } })
    Object.assign(response.headers, { getAll: () => ['wrong=1'] })
    const session = createSession({ fetch: async () => response })
    await session.fetch(A)
    expect((await session.cookies.getAll()).map(({ name }) => name)).toEqual(['a'])
  })

  test("ignores credentials: 'omit'", async () => {
    const { fetch, last } = withLast((): Answer => ({ cookies: ['b=2'] }))
    const session = createSession({ fetch, baseURL: A })
    await session.cookies.set('a', '1')
    await session.get('/', { credentials: 'omit' })
    expect([last().headers.get('cookie'), (await session.cookies.getAll()).length]).toEqual([null, 1])
  })

  test("joins a caller's cookie with a comma", async () => {
    const { fetch, last } = withLast()
    const session = createSession({ fetch, baseURL: A })
    await session.cookies.set('a', '1')
    await session.get('/', { headers: { cookie: 'b=2' } })
    expect(last().headers.get('cookie')).toBe('a=1; b=2')
  })

  test('crashes on a response without url', async () => {
    const session = createSession({ fetch: async () => new Response('{}', { headers: { 'set-cookie': 'a=1' } }) })
    expect((await session.fetch(A)).url).toBe(A)
    expect((await session.cookies.get('a', A))?.value).toBe('1')
  })
})

describe('tough-cookie 6.1.0', () => {
  test('hangs on a store that throws', async () => {
    class Throwing extends MemoryCookieStore {
      override findCookies(): never {
        throw new Error('broken')
      }
    }
    const session = createSession({ fetch: memory().fetch, jar: { store: new Throwing() } })
    expect(String(await rejection(session.fetch(A)))).toMatch(/the cookie store failed in findCookies/)
  })

  test('hangs on a store that only returns promises', async () => {
    const inner = new MemoryCookieStore()
    class Promising extends Store {
      override synchronous = false
      override findCookie = (async (...args: [string, string, string]) => inner.findCookie(...args)) as never
      override findCookies = (async (domain: string) => inner.findCookies(domain, '', true)) as never
      override putCookie = (async (cookie: Cookie) => inner.putCookie(cookie)) as never
      override updateCookie = (async (_: Cookie, cookie: Cookie) => inner.putCookie(cookie)) as never
    }
    const { fetch, last } = withLast((): Answer => ({ cookies: ['a=1; Path=/'] }))
    const session = createSession({ fetch, jar: { store: new Promising() } })
    await session.get(A)
    await session.get(A)
    expect(last().headers.get('cookie')).toBe('a=1')
  })

  test('never comes back from a store that never answers: a timeout ends the call', async () => {
    class Silent extends Store {
      override findCookies = (() => undefined) as never
    }
    const session = createSession({ fetch: memory().fetch, jar: { store: new Silent() } })
    const error = await passing(rejection(session.fetch(A, { timeout: { total: 20 } })))
    expect(error.name).toBe('TimeoutError')
  })

  test('loses writes of one cookie on an async store', async () => {
    const inner = new MemoryCookieStore()
    const slow = new MemoryCookieStore()
    slow.synchronous = false
    const random = seeded(1)
    const later = (work: () => unknown) => new Promise((resolve) => setTimeout(() => resolve(work()), random() * 3))
    slow.findCookie = ((...args: [string, string, string]) => later(() => inner.findCookie(...args))) as never
    slow.findCookies = ((domain: string) => later(() => inner.findCookies(domain, '', true))) as never
    slow.putCookie = ((cookie: Cookie) => later(() => inner.putCookie(cookie))) as never
    slow.updateCookie = ((_: Cookie, cookie: Cookie) => later(() => inner.putCookie(cookie))) as never
    const session = createSession({ baseURL: A, jar: { store: slow } })
    await passing(Promise.all(Array.from({ length: 20 }, (_, number) => session.cookies.set('n', String(number)))))
    expect((await passing(session.cookies.get('n')))?.value).toBe('19')
  })

  test('refuses Cookie objects of another copy', async () => {
    const jar = new CookieJar()
    await jar.setCookie('a=1', A)
    const { fetch, last } = withLast((): Answer => ({ cookies: ['b=2'] }))
    const session = createSession({ fetch, jar })
    await session.get(A)
    expect(last().headers.get('cookie')).toBe('a=1')
    expect(await jar.getCookieString(A)).toBe('a=1; b=2')
  })

  test('lets the Max-Age of a live jar slide with every read', async () => {
    const jar = new CookieJar()
    await jar.setCookie('a=1; Max-Age=100', A)
    const [before] = await jar.store.getAllCookies()
    const end = before?.expiryTime()
    const session = createSession({ fetch: memory().fetch, jar })
    await session.get(A)
    const [after] = await jar.store.getAllCookies()
    expect(after?.expiryTime()).toBe(end)
  })
})

describe('ofetch 1.5.1', () => {
  test('ignores timeout beside signal', async () => {
    const never = () => new Promise<Response>(() => undefined)
    const call = createSession({ fetch: never }).get(A, { timeout: 20, signal: new AbortController().signal })
    const error = await passing(rejection(call))
    expect((error.cause as Error).name).toBe('TimeoutError')
  })

  test('times out once and retries with the fired signal', async () => {
    let number = 0
    const fetch = async () => (++number === 1 ? new Promise<Response>(() => undefined) : Response.json({ ok: 1 }))
    const call = createSession({ fetch, timeout: 20, retry: { limit: 1, delay: 0 } }).get(A)
    expect(await passing(call)).toEqual({ ok: 1 })
  })

  test("retries a user's abort", async () => {
    const controller = new AbortController()
    const { fetch, sent } = memory(() => {
      controller.abort()
      return { status: 503 }
    })
    await rejection(createSession({ fetch, retry: { limit: 3, delay: 0 } }).get(A, { signal: controller.signal }))
    expect(sent.length).toBe(1)
  })

  test('counts any thrown error as status 500', async () => {
    const { fetch, sent } = memory()
    const boom = new Error('boom')
    const session = createSession({ fetch, retry: { limit: 3, delay: 0 } }).use(async (request, next) => {
      await next(request)
      throw boom
    })
    expect(await rejection(session.get(A))).toBe(boom)
    expect(sent.length).toBe(1)
  })

  test('retries POST when retry is explicit', async () => {
    const { fetch, sent } = memory(() => ({ status: 503 }))
    await rejection(createSession({ fetch }).post(A, { retry: 3 }))
    expect(sent.length).toBe(1)
  })

  test('loops for ever on a hook that sets options.retry', async () => {
    const { fetch, sent } = memory(() => ({ status: 503 }))
    const retry = ({ options }: { options: { retry: number } }) => {
      options.retry = 5
    }
    await rejection(createSession({ fetch, onRequest: retry, onResponse: retry, onResponseError: retry }).get(A))
    expect(sent.length).toBe(1)
  })

  test("overwrites the call's query with the default on retry", async () => {
    const { fetch, sent } = memory([{ status: 503 }, {}])
    await passing(createSession({ fetch, query: { a: 1 }, retry: { limit: 1, delay: 0 } }).get(A, { query: { a: 2 } }))
    expect(sent.map(({ url }) => url)).toEqual([`${A}?a=2`, `${A}?a=2`])
  })

  test('sends undefined headers as the text undefined', async () => {
    const { fetch, last } = withLast()
    await createSession({ fetch }).get(A, { headers: { 'x-a': undefined } })
    expect(last().headers.get('x-a')).toBeNull()
  })

  test('skips the query for a URL object', async () => {
    const { fetch, last } = withLast()
    await createSession({ fetch, query: { a: 1 } }).get(new URL(A))
    expect(last().url).toBe(`${A}?a=1`)
  })

  test("drops the session's hooks when the call has some", async () => {
    const seen: string[] = []
    const hook = (name: string) => () => void seen.push(name)
    await createSession({ fetch: memory().fetch, onRequest: hook('session') }).get(A, { onRequest: hook('call') })
    expect(seen).toEqual(['session', 'call'])
  })

  test("drops the parent's headers in a nested create", async () => {
    const { fetch, last } = withLast()
    await createSession({ fetch, headers: { 'x-a': '1' } })
      .create({ headers: { 'x-b': '2' } })
      .create({})(A)
    expect([last().headers.get('x-a'), last().headers.get('x-b')]).toEqual(['1', '2'])
  })

  test('puts the whole URL into its message', async () => {
    const { fetch } = memory(() => ({ status: 500 }))
    const error = await rejection(createSession({ fetch }).get(`${A}x?token=s3cret`))
    expect(error.message).toBe(`GET ${A}x: 500`)
    expect(texts(error)).not.toContain('s3cret')
  })
})

function withLast(answers?: Parameters<typeof memory>[0]) {
  const made = memory(answers)
  return { fetch: made.fetch, sent: made.sent, last: () => made.last }
}

/** Errors: their members, their words, and what comes out as it is. */
import { inspect } from 'node:util'
import { Cookie, MemoryCookieStore } from 'tough-cookie'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  createSession,
  FetchError,
  type Interceptor,
  raiseForStatus,
  type SessionRequest,
  type TooManyRedirectsError,
} from '../../src/index.ts'
import { A, broken, redirect } from '../support/answers.ts'
import { memory, rejection, texts } from '../support/memory.ts'

afterEach(() => vi.restoreAllMocks())

const leaving =
  (made: object): Interceptor =>
  (request, next) =>
    next({ ...request, ...made } as never)

async function* once(request: SessionRequest): AsyncGenerator<SessionRequest, void, Response> {
  yield request
}

/** What a hook leaves, in ofetch's words. */
function left(context: { request: unknown; options: object }, { url = context.request, ...options }: { url?: unknown }): void {
  context.request = url
  Object.assign(context.options, options)
}

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

  test("a code comes through a fetch of the caller's that hands on the platform's error", async () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const failing = () => Promise.reject(new TypeError('fetch failed', { cause }))
    expect(await rejection(createSession({ fetch: failing }).get(A))).toMatchObject({ name: 'FetchError', code: 'ECONNREFUSED' })
  })

  test.each([
    ['onDownloadProgress', {}],
    ['onUploadProgress', { method: 'POST', body: 'x' }],
    ['onRetry', { retry: { limit: 1, delay: 0 } }],
    ['onCookieRejected', {}],
  ])('what %s throws comes out as it is, in both doors', async (name, options) => {
    const boom = new Error('boom')
    const listener = () => {
      throw boom
    }
    const { fetch } = memory(() => (name === 'onRetry' ? { status: 503 } : { cookies: ['a=1; Domain=com'] }))
    const session = createSession({ fetch, baseURL: A, ...options, [name]: listener })
    expect(await rejection(session('/'))).toBe(boom)
    expect(await rejection(session.fetch('/').then((response) => response.text()))).toBe(boom)
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

  const leaves: readonly [what: string, made: object][] = [
    ['a URL', { url: 'https://ada:s3cret@[' }],
    ['a header', { headers: { 'x-key': 's3cret\0' } }],
    ['a method', { method: 's3cret s3cret' }],
  ]
  const makers: readonly [who: string, send: (made: object, fetch: typeof globalThis.fetch) => Promise<unknown>][] = [
    ['an interceptor', (made, fetch) => createSession({ fetch, interceptors: [leaving(made)] }).fetch(A)],
    ['a hop interceptor', (made, fetch) => createSession({ fetch, hopInterceptors: [leaving(made)] }).get(A)],
    ['an auth flow', (made, fetch) => createSession({ fetch, auth: (request) => once({ ...request, ...made } as never) }).get(A)],
    ['a hook', (made, fetch) => createSession({ fetch, onRequest: (context) => void left(context, made) }).get(A)],
    [
      'a prepared request',
      async (made, fetch) => {
        const session = createSession({ fetch })
        return session.send({ ...(await session.prepare(A)), ...made } as never)
      },
    ],
  ]
  test.each(makers.flatMap(([who, send]) => leaves.map(([what, made]) => [what, who, made, send] as const)))(
    '%s that %s has left, and that is none, is a TypeError which does not show it',
    async (_what, _who, made, send) => {
      const { fetch, sent } = memory()
      const error = await rejection(send(made, fetch as never))
      expect([error.name, sent.length]).toEqual(['TypeError', 0])
      expect(`${texts(error)} ${inspect(error)}`).not.toContain('s3cret')
    },
  )

  test('headers that a hook has put in place of its own count by the rules of the option', async () => {
    const mock = memory()
    const headers = { 'x-a': '1', 'x-b': null, 'x-c': undefined } as never
    await createSession({
      fetch: mock.fetch,
      headers: { 'x-d': '1' },
      onRequest: ({ options }) => void Object.assign(options, { headers }),
    }).get(A)
    expect([...mock.last.headers].filter(([name]) => name.startsWith('x-'))).toEqual([['x-a', '1']])
  })

  test('a failure of a blob: URL has its place once in its message', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')))
    const error = await rejection(createSession().get('blob:https://a.example/1'))
    expect(error.message).toBe('GET blob:: the request failed')
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

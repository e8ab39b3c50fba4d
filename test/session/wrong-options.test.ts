import { describe, expect, test } from 'vitest'
import { createSession, FetchError } from '../../src/index.ts'
import { A, B } from '../support/answers.ts'
import { memory, rejection } from '../support/memory.ts'

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
    [{ headers: { a: {} } }, /^headers: the value of 'a' must be latin-1 text/],
    [{ headers: [['a']] }, /^headers: a pair/],
    [{ query: 5 }, /^query: /],
    [{ query: { a: ['x', [new Blob(['s3cret'])]] } }, /^query: 'a': a Blob or File needs body: a FormData/],
    [{ form: new Blob(['s3cret']), method: 'POST' }, /^form: a Blob or File needs body: a FormData/],
    [{ cookies: 'a=1' }, /^cookies: give an object/],
    [{ cookies: { a: 's3cret;' } }, /^cookies: the value of 'a' (?!.*s3cret)/],
    [{ auth: { user: 'x' } }, /^auth: /],
    [{ auth: { token: 'with blank' } }, /^auth: the token/],
    [{ timeout: 0 }, /^timeout: attempt/],
    [{ timeout: { total: -1 } }, /^timeout: total/],
    [{ timeout: { idle: 2 ** 31 } }, /^timeout: idle/],
    [{ timeout: [] }, /^timeout: /],
    [{ retry: 1.5 }, /^retry: limit: give a whole number, 0 or more$/],
    [{ retry: { limit: 1, methods: 'GET' } }, /^retry: methods/],
    [{ retry: 'x' }, /^retry: limit: /],
    [{ retry: [] }, /^retry: give \{ limit, methods/],
    [{ retry: { limits: 1 } }, /^retry: 'limits' is no part of it; give \{ limit, /],
    [{ retryDelay: 'x' }, /^retryDelay: give milliseconds or a function/],
    [{ retryStatusCodes: [5, 'x'] }, /^retryStatusCodes: give an array of numbers/],
    [{ csrf: { header: 'x' } }, /^csrf: /],
    [{ csrf: { header: 'x', cookie: 5 } }, /^csrf: cookie: give the name/],
    [{ csrf: { header: 'x y', cookie: 'y' } }, /^csrf: header: give the name/],
    [{ csrf: { cookie: 'y' } }, /^csrf: give true/],
    [{ csrf: { header: 'x', cookie: 'y', retry: 'yes' } }, /^csrf: retry/],
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
    ['a plain object in session.fetch', { method: 'POST', body: { a: 1 } }, /^body: \[object Object\] would be sent as text/],
    ['a body of a GET', { body: 'x' }, /^body: a GET request/],
  ])('%s', async (_, options, message) => {
    const { fetch, sent } = memory()
    expect((await rejection(createSession({ fetch }).fetch(A, options as never))).message).toMatch(message)
    expect(sent).toEqual([])
  })

  const fail = () => {
    throw new Error('read from the prototype')
  }
  test.each<[string, unknown]>([
    ['credentials', 'omit'],
    ['maxAge', 0],
    ['secure', true],
    ['httpOnly', true],
    ['partitioned', true],
    ['sameSite', 'strict'],
    ['domain', 'evil.example'],
  ])('%s is not read from there for a cookie either', async (name, value) => {
    const mock = memory()
    const session = createSession({ fetch: mock.fetch })
    // Parsed now: a Request reads what it is made with from there.
    const request = new Request(A)
    Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: true, writable: true })
    try {
      await session.cookies.set('sid', '1', { url: A })
      await session.fetch(request)
    } finally {
      delete (Object.prototype as Record<string, unknown>)[name]
    }
    expect(mock.last.headers.get('cookie')).toBe('sid=1')
    expect(await session.cookies.get('sid', A)).toMatchObject({
      secure: false,
      httpOnly: false,
      partitioned: false,
      hostOnly: true,
    })
  })

  test.each<[string, unknown]>([
    ['headers', { 'x-evil': '1' }],
    ['baseURL', B],
    ['query', { evil: 1 }],
    ['body', 'evil'],
    ['form', { evil: 1 }],
    ['auth', { token: 'evil' }],
    ['cookies', { evil: '1' }],
    ['interceptors', [fail]],
    ['hopInterceptors', [fail]],
    ['onRequest', fail],
    ['onResponse', fail],
    ['responseType', 'text'],
    ['parseResponse', fail],
    ['ignoreResponseError', true],
    ['allowAbsoluteUrls', false],
    ['redirect', 'error'],
    ['retry', 3],
    ['maxBytes', 1],
    ['schema', {}],
    ['signal', AbortSignal.abort()],
  ])('%s is not read from a polluted Object.prototype', async (name, value) => {
    const seen: unknown[] = []
    const fetch = async (url: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers)
      seen.push([url, headers.get('x-evil'), headers.get('authorization'), headers.get('cookie')])
      return new Response('{}', { status: seen.length > 1 ? 500 : 200, headers: { 'content-type': 'application/json' } })
    }
    // A Request reads its own init from the prototype: it is made before.
    const request = name === 'body' || name === 'form' ? new Request(A, { method: 'POST', body: 'x' }) : undefined
    Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: true, writable: true })
    const outcomes: unknown[] = []
    try {
      const session = createSession({ fetch })
      outcomes.push(await session(request ?? A, {}), (await session.fetch(A, {})).status)
      outcomes.push(await session(A, {}).catch((error: unknown) => error instanceof FetchError))
      outcomes.push((await session.send(await session.prepare(A))).status)
    } finally {
      delete (Object.prototype as Record<string, unknown>)[name]
    }
    expect(outcomes).toEqual([{}, 500, true, 500])
    expect(seen).toEqual([1, 2, 3, 4].map(() => [A, null, null, null]))
  })

  test.each([5, true, {}, [], { url: A }, Symbol('x'), () => A])('the input %j', async (input) => {
    const { fetch, sent } = memory()
    const session = createSession({ fetch, baseURL: A })
    for (const door of [session, session.fetch, session.prepare])
      expect((await rejection(door(input as never))).message).toMatch(/^input: give/)
    expect(sent).toEqual([])
  })

  test.each([
    [{ trustEnv: 'yes' }, /^trustEnv: /],
    [{ ignoreResponseError: 1 }, /^ignoreResponseError: /],
  ])('createSession(%j)', (options, message) => {
    expect(() => createSession(options as never)).toThrow(message)
  })

  test.each([5, 'x', true, Symbol('x')])('the options %j', async (options) => {
    const { fetch, sent } = memory()
    const session = createSession({ fetch, baseURL: A })
    for (const door of [session, session.get, session.head, session.fetch, session.prepare])
      expect((await rejection(door('/', options as never))).message).toMatch(/^options: give an object/)
    expect(sent).toEqual([])
  })

  test('session.fetch does not look at what only parsing needs', async () => {
    const { fetch, sent } = memory()
    const options = { responseType: 'jsn', parseResponse: 5, onRequest: 5, onResponseError: 'x' }
    await createSession({ fetch }).fetch(A, options as never)
    expect(sent.length).toBe(1)
  })
})

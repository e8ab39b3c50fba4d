import { describe, expect, test } from 'vitest'
import { createSession, type Interceptor, paginate, type SessionRequest } from '../../src/index.ts'
import { A, B, redirect } from '../support/answers.ts'
import { type Answer, memory } from '../support/memory.ts'

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

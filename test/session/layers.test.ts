import { describe, expect, test } from 'vitest'
import { createSession, type SessionRequest } from '../../src/index.ts'
import { A, B } from '../support/answers.ts'
import { memory, rejection } from '../support/memory.ts'

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
      /^body: \[object Object\] would be sent as text/,
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

import { describe, expect, test } from 'vitest'
import { createSession } from '../../src/index.ts'
import { A } from '../support/answers.ts'
import { memory } from '../support/memory.ts'

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

  test('extend() shares the count of concurrency, fork() has its own', async () => {
    let running = 0
    const fetch = () => {
      running++
      return new Promise<Response>(() => undefined)
    }
    const parent = createSession({ fetch, baseURL: A, concurrency: 1 })
    for (const session of [parent, parent.extend(), parent.fork(), parent.fork().extend()]) void session.get('/')
    await new Promise((resolve) => setImmediate(resolve))
    expect(running).toBe(3)
  })
})

import { describe, expect, test } from 'vitest'
import { createSession, type SessionRequest } from '../../src/index.ts'
import { A, redirect } from '../support/answers.ts'
import { memory, rejection } from '../support/memory.ts'

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

import { describe, expect, test } from 'vitest'
import { createSession, refreshable } from '../../src/index.ts'
import { A } from '../support/answers.ts'
import { rejection } from '../support/memory.ts'

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

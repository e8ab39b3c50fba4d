import { afterEach, describe, expect, test, vi } from 'vitest'
import { createSession, refreshable } from '../../src/index.ts'
import { A } from '../support/answers.ts'
import { ownClock, passing } from '../support/clock.ts'
import { type Answer, memory, rejection } from '../support/memory.ts'

ownClock()
afterEach(() => vi.restoreAllMocks())

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
    expect([await passing(aborted), (await passing(other)).status]).toEqual(['enough', 200])
  })
})

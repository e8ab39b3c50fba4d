import { describe, expect, test, vi } from 'vitest'
import { createSession, FetchError, RefreshError, refreshable } from '../../src/index.ts'
import type { RefreshableOptions } from '../../src/layers/refreshable.ts'
import { ownClock } from '../support/clock.ts'
import { type Answer, memory, rejection } from '../support/memory.ts'

const A = 'https://a.example/x?secret=1'

/** A server that takes one token, and a client that keeps one. */
function world(first = 'old', good = 'new') {
  const state = { token: first as string | null | undefined, good }
  const answer = ({ headers }: { headers: Headers }): Answer => ({
    status: headers.get('authorization') === `Bearer ${state.good}` ? 200 : 401,
  })
  const wire = memory(answer)
  const open = (options: Partial<RefreshableOptions> = {}) =>
    createSession({
      fetch: wire.fetch,
      auth: refreshable({
        token: () => state.token,
        refresh: () => {
          state.token = state.good
        },
        ...options,
      }),
    })
  const sent = () => wire.sent.map(({ headers }) => headers.get('authorization'))
  return { state, open, sent }
}

/** A promise that the test settles. */
function deferred() {
  let resolve = () => {}
  let reject = () => {}
  const promise = new Promise<void>((done, fail) => {
    resolve = done
    reject = () => fail(new Error('late'))
  })
  return { promise, resolve, reject }
}

ownClock()

describe('refreshable()', () => {
  test('twenty calls in parallel share one refresh, and each is sent again once', async () => {
    const { state, open, sent } = world()
    const refresh = vi.fn(async () => {
      state.token = 'new'
    })
    const session = open({ refresh })
    const all = await Promise.all(Array.from({ length: 20 }, () => session.fetch(A)))
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect([refresh.mock.calls.length, sent().length]).toEqual([1, 40])
  })

  test('calls that begin while token() is awaited share it, those after it ask again', async () => {
    const { open } = world('new')
    const token = vi.fn(async () => 'new')
    const session = open({ token })
    await Promise.all(Array.from({ length: 20 }, () => session.fetch(A)))
    expect(token).toHaveBeenCalledTimes(1)
    await session.fetch(A)
    expect(token).toHaveBeenCalledTimes(2)
  })

  test.each([null, undefined, ''])('a token() that gives %j sends none, and a 401 then refreshes', async (none) => {
    const { state, open, sent } = world()
    state.token = none
    expect((await open().fetch(A)).status).toBe(200)
    expect(sent()).toEqual([null, 'Bearer new'])
  })

  test('a refresh that takes the token away sends none', async () => {
    const { state, open, sent } = world()
    const refresh = () => {
      state.token = null
    }
    expect((await open({ refresh }).fetch(A)).status).toBe(401)
    expect(sent()).toEqual(['Bearer old', null])
  })

  test('the token as it was refused is what counts: one that has changed is sent without a refresh', async () => {
    const { state, open, sent } = world()
    const refresh = vi.fn()
    const answers = ['old', 'new']
    expect((await open({ refresh, token: () => answers.shift() ?? state.good }).fetch(A)).status).toBe(200)
    expect([refresh.mock.calls.length, sent()]).toEqual([0, ['Bearer old', 'Bearer new']])
  })

  test('a stream cannot be sent again: its 401 is the answer', async () => {
    const { open, sent } = world()
    expect((await open().fetch(A, { method: 'POST', body: new Response('x').body })).status).toBe(401)
    expect(sent()).toHaveLength(1)
  })
})

describe('a refresh that fails', () => {
  const cause = new Error('refused, with secret=1')
  const failing = () => Promise.reject(cause)

  test('is a RefreshError with its cause, in every call that waits, and no status of the call’s', async () => {
    const { open } = world()
    const refresh = vi.fn(failing)
    const session = open({ refresh })
    const errors = await Promise.all([1, 2, 3].map(() => rejection(session.fetch(A))))
    expect(refresh).toHaveBeenCalledTimes(1)
    for (const error of errors) {
      expect(error).toBeInstanceOf(RefreshError)
      expect(error.message).toBe('GET https://a.example/x: the refresh of the token failed')
      expect([error.name, error.cause, error.response]).toEqual(['RefreshError', cause, undefined])
    }
  })

  test('is the cause of the data door’s error, which has no status either', async () => {
    const error = await rejection(world().open({ refresh: failing }).get(A))
    expect(error).toBeInstanceOf(FetchError)
    expect(error.message).toBe('GET https://a.example/x: the refresh of the token failed')
    expect([error.status, error.response, (error.cause as Error).name, (error.cause as Error).cause]).toEqual([
      undefined,
      undefined,
      'RefreshError',
      cause,
    ])
  })

  test('by a status of its own has that error as its cause', async () => {
    const { open } = world()
    const error = await rejection(open({ refresh: (session) => session.get('https://login.example/') }).fetch(A))
    expect([error.name, (error.cause as FetchError).status]).toEqual(['RefreshError', 401])
  })

  test('is forgotten: the next 401 begins a new one', async () => {
    const { state, open } = world()
    const refresh = vi.fn(async () => {
      state.token = 'new'
    })
    refresh.mockImplementationOnce(failing)
    const session = open({ refresh })
    expect((await rejection(session.fetch(A))).name).toBe('RefreshError')
    expect((await session.fetch(A)).status).toBe(200)
    expect(refresh).toHaveBeenCalledTimes(2)
  })

  test('is not retried', async () => {
    const { open } = world()
    const refresh = vi.fn(failing)
    await rejection(open({ refresh }).fetch(A, { retry: { limit: 3, delay: 0, statusCodes: [401] } }))
    expect(refresh).toHaveBeenCalledTimes(1)
  })

  test('because it called the outer session says so, and which session to use', async () => {
    const { open } = world()
    const session: ReturnType<typeof createSession> = open({ refresh: () => session.fetch(A) })
    const error = await rejection(session.fetch(A))
    expect(error.name).toBe('RefreshError')
    expect(error.message).toContain('would wait for itself: use the session that refresh is given')
    expect((error.cause as Error).name).toBe('TypeError')
  })
})

describe('refreshTimeout', () => {
  test('ends a refresh that hangs, in every call that waits; the next 401 begins a new one', async () => {
    const { state, open } = world()
    const refresh = vi.fn(async () => {
      state.token = 'new'
    })
    refresh.mockImplementationOnce(() => new Promise(() => undefined))
    const session = open({ refresh, refreshTimeout: 200 })
    const waiting = Promise.all([1, 2].map(() => rejection(session.fetch(A))))
    await vi.advanceTimersByTimeAsync(200)
    for (const error of await waiting) {
      expect(error.message).toBe('GET https://a.example/x: the refresh of the token took longer than 200 ms (refreshTimeout)')
      expect(error.name).toBe('RefreshError')
    }
    expect((await session.fetch(A)).status).toBe(200)
    expect(refresh).toHaveBeenCalledTimes(2)
  })

  test('is 30 seconds if none is given', async () => {
    const { open } = world()
    const failed = vi.fn()
    const waiting = open({ refresh: () => new Promise(() => undefined) })
      .fetch(A)
      .catch(failed)
    await vi.advanceTimersByTimeAsync(29_999)
    expect(failed).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    await waiting
    expect(failed).toHaveBeenCalledTimes(1)
  })

  test('runs also when nobody waits any more', async () => {
    const { state, open } = world()
    const refresh = vi.fn(async () => {
      state.token = 'new'
    })
    refresh.mockImplementationOnce(() => new Promise(() => undefined))
    const session = open({ refresh, refreshTimeout: 200 })
    const controller = new AbortController()
    const aborted = session.fetch(A, { signal: controller.signal }).catch((reason: unknown) => reason)
    await vi.advanceTimersByTimeAsync(100)
    controller.abort('enough')
    expect(await aborted).toBe('enough')
    await vi.advanceTimersByTimeAsync(100)
    expect((await session.fetch(A)).status).toBe(200)
  })

  test('a call that comes while a refresh hangs waits only for what is left', async () => {
    const { open } = world()
    const session = open({ refresh: () => new Promise(() => undefined), refreshTimeout: 200 })
    const first = rejection(session.fetch(A))
    await vi.advanceTimersByTimeAsync(150)
    const second = rejection(session.fetch(A))
    await vi.advanceTimersByTimeAsync(50)
    expect([(await first).name, (await second).name]).toEqual(['RefreshError', 'RefreshError'])
  })

  test('the late result of a refresh is ignored: neither its failure nor its success touches a later one', async () => {
    for (const end of ['resolve', 'reject'] as const) {
      const { state, open } = world()
      const [first, second] = [deferred(), deferred()]
      const refresh = vi.fn().mockReturnValueOnce(first.promise).mockReturnValueOnce(second.promise)
      const session = open({ refresh, refreshTimeout: 200 })
      const late = rejection(session.fetch(A))
      await vi.advanceTimersByTimeAsync(200)
      await late
      const next = session.fetch(A)
      await vi.advanceTimersByTimeAsync(0)
      first[end]()
      await vi.advanceTimersByTimeAsync(0)
      const joined = session.fetch(A)
      await vi.advanceTimersByTimeAsync(0)
      state.token = 'new'
      second.resolve()
      expect([(await next).status, (await joined).status, refresh.mock.calls.length]).toEqual([200, 200, 2])
    }
  })

  test('leaves no timer behind, and Infinity sets none', async () => {
    await world().open().fetch(A)
    await world().open({ refreshTimeout: Number.POSITIVE_INFINITY }).fetch(A)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('keeps the process alive only while somebody waits', async () => {
    const timers: { hasRef(): boolean }[] = []
    const make = globalThis.setTimeout
    vi.stubGlobal('setTimeout', (...given: Parameters<typeof make>) => {
      const timer = make(...given)
      timers.push(timer as never)
      return timer
    })
    const { open } = world()
    const controller = new AbortController()
    const session = open({ refresh: () => new Promise(() => undefined), refreshTimeout: 200 })
    const waiting = session.fetch(A, { signal: controller.signal }).catch(() => undefined)
    await vi.advanceTimersByTimeAsync(1)
    const before = timers.map((timer) => timer.hasRef())
    controller.abort()
    await waiting
    vi.unstubAllGlobals()
    expect([before, timers[0]?.hasRef()]).toEqual([[true], false])
  })
})

describe('lock', () => {
  /** A lock as a store has it: one at a time. */
  function mutex() {
    let last: Promise<unknown> = Promise.resolve()
    return <T>(work: () => Promise<T>): Promise<T> => {
      const next = last.then(work, work)
      last = next.catch(() => undefined)
      return next
    }
  }

  test('lets one of several processes refresh, the others use what it got', async () => {
    const { state, open } = world()
    const lock = mutex()
    const refresh = vi.fn(async () => {
      state.token = 'new'
    })
    const fleet = [1, 2, 3].map(() => open({ lock, refresh }))
    const all = await Promise.all(fleet.flatMap((session) => [session.fetch(A), session.fetch(A)]))
    expect([all.every(({ ok }) => ok), refresh.mock.calls.length]).toEqual([true, 1])
  })

  test('under it token() is asked again, and the refresh left out unless it still gives what was refused', async () => {
    const { state, open, sent } = world()
    const refresh = vi.fn()
    const lock = async <T>(work: () => Promise<T>): Promise<T> => {
      state.token = 'new'
      return work()
    }
    expect((await open({ lock, refresh }).fetch(A)).status).toBe(200)
    expect([refresh.mock.calls.length, sent()]).toEqual([0, ['Bearer old', 'Bearer new']])
  })

  test('that fails is a RefreshError with that cause', async () => {
    const cause = Object.assign(new Error('away'), { code: 'unavailable' })
    const error = await rejection(
      world()
        .open({ lock: () => Promise.reject(cause) })
        .fetch(A),
    )
    expect([error.name, error.cause]).toEqual(['RefreshError', cause])
  })

  test('that is never given counts as a refresh that takes too long', async () => {
    const waiting = rejection(
      world()
        .open({ lock: () => new Promise(() => undefined) })
        .fetch(A),
    )
    await vi.advanceTimersByTimeAsync(30_000)
    expect((await waiting).name).toBe('RefreshError')
  })
})

describe('wrong options are a TypeError that names them', () => {
  const right = { token: () => 'x', refresh: () => undefined }
  test.each([
    [undefined, 'token'],
    [null, 'token'],
    [{}, 'token'],
    [{ ...right, token: 'x' }, 'token'],
    [{ token: right.token }, 'refresh'],
    [Object.create(right), 'token'],
    [{ ...right, refreshTimeout: 0 }, 'refreshTimeout'],
    [{ ...right, refreshTimeout: '5' }, 'refreshTimeout'],
    [{ ...right, refreshTimeout: 2 ** 31 }, 'refreshTimeout'],
    [{ ...right, refreshTimeout: Number.NaN }, 'refreshTimeout'],
    [{ ...right, lock: true }, 'lock'],
  ])('%j', (options, name) => {
    expect(() => refreshable(options as never)).toThrow(new RegExp(`^refreshable: ${name} must be`))
    expect(() => refreshable(options as never)).toThrow(TypeError)
  })
})

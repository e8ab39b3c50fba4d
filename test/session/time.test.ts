import { afterEach, describe, expect, test, vi } from 'vitest'
import { DUMP } from '../../src/exchange/discard.ts'
import { type AuthFlow, createSession, type Interceptor, refreshable } from '../../src/index.ts'
import { A, endless, never } from '../support/answers.ts'
import { ownClock, passing } from '../support/clock.ts'
import { memory, rejection } from '../support/memory.ts'

const hangs = () => new Promise<never>(() => undefined)
const dropping: Interceptor = async (request, next) => {
  await next(request)
  return Response.json({})
}
const askingTwice: Interceptor = async (request, next) => {
  await next(request)
  return next(request)
}

ownClock()
afterEach(() => vi.restoreAllMocks())

describe('time', () => {
  test('a signal that a hook sets ends the call', async () => {
    const controller = new AbortController()
    const onRequest = ({ options }: { options: { signal?: AbortSignal } }) => {
      options.signal = controller.signal
    }
    const call = rejection(createSession({ fetch: never }).get(A, { onRequest: onRequest as never }))
    setImmediate(() => controller.abort('enough'))
    expect(await call).toBe('enough')
  })

  test("the session's signal ends its calls, and a call's own takes its place", async () => {
    const controller = new AbortController()
    const session = createSession({ fetch: never, signal: controller.signal })
    const calls = [session.get(A), session.fetch(A), session.fetch(new Request(A)), session.extend().fetch(A)].map(rejection)
    const apart = [null, new AbortController().signal].map((signal) => session.fetch(A, { signal, timeout: { total: 20 } }))
    controller.abort('enough')
    expect(await Promise.all(calls)).toEqual(['enough', 'enough', 'enough', 'enough'])
    for (const call of apart) expect((await passing(rejection(call))).name).toBe('TimeoutError')
  })

  test.each([
    ['waiting', () => never(), {}],
    ['in a body', async () => endless(), {}],
    ['in backoff', async () => new Response(null, { status: 503 }), { retry: { limit: 5, delay: () => 10_000 } }],
    ['in token()', () => never(), { auth: { token: () => new Promise<string>(() => undefined) } }],
    ['in an interceptor', () => never(), { interceptors: [() => never()] }],
    ['in parseResponse', async () => Response.json({}), { parseResponse: hangs }],
    ['in a hook', () => never(), { onRequest: () => new Promise<void>(() => undefined) }],
    ['in onResponse', async () => Response.json({}), { onResponse: () => new Promise<void>(() => undefined) }],
    [
      'in a schema',
      async () => Response.json({}),
      { schema: { '~standard': { version: 1, vendor: 'test', validate: () => new Promise(() => undefined) } } },
    ],
    ['in a mounted handler', () => never(), { mounts: { 'https://a.example': () => never() } }],
    ['in the body of a handler', () => never(), { mounts: { 'https://a.example': () => endless() } }],
  ])("total and the caller's signal end a call %s", async (_, fetch, options) => {
    const { mounts, ...callOptions } = options as { mounts?: Record<string, () => Promise<Response> | Response> }
    const session = createSession({ fetch, ...(mounts ? { mounts } : {}) })
    const late = await passing(rejection(session.get(A, { ...callOptions, timeout: { total: 20 } })))
    expect([late.name, (late.cause as Error).name, late.message]).toEqual([
      'FetchError',
      'TimeoutError',
      expect.stringContaining('timeout.total'),
    ])
    const controller = new AbortController()
    setTimeout(() => controller.abort('enough'), 20)
    const outcome = session.get(A, { ...callOptions, signal: controller.signal }).catch((reason: unknown) => reason)
    expect(await passing(outcome)).toBe('enough')
  })

  test('attempt lasts to the last byte in the data door, and is anew for each try', async () => {
    const slow = await passing(rejection(createSession({ fetch: async () => endless() }).get(A, { timeout: 20 })))
    expect((slow.cause as Error).message).toMatch(/timeout\.attempt/)
    let tries = 0
    const fetch = async () => {
      if (++tries === 1) return new Response('busy', { status: 503 })
      await new Promise((resolve) => setTimeout(resolve, 30))
      return Response.json({ tries })
    }
    const call = createSession({ fetch }).get(A, { timeout: 60, retry: { limit: 1, delay: () => 40 } })
    expect(await passing(call)).toEqual({ tries: 2 })
  })

  // As the responses of Node's own transports: what is discarded does not pass the stream that watches the body.
  const dumpable = (status: number) => Object.assign(new Response('{}', { status }), { [DUMP]: () => undefined })
  const busyOnce = () => {
    let tries = 0
    return async () => (++tries === 1 ? dumpable(503) : Response.json({}))
  }
  test.each<[string, () => Promise<Response>, object]>([
    ['a try whose response was discarded', busyOnce(), { retry: { limit: 1, delay: 0 } }],
    ['a response that an interceptor drops', async () => Response.json({}), { interceptors: [dropping] }],
    ['a response that an interceptor asks for again', async () => Response.json({}), { interceptors: [askingTwice] }],
  ])('no timer of an attempt outlives the call: %s', async (_, fetch, options) => {
    const session = createSession({ fetch, timeout: { attempt: 1000, total: 2000 } })
    const call = session.get(A, options)
    await vi.advanceTimersByTimeAsync(0)
    expect([await call, vi.getTimerCount()]).toEqual([{}, 0])
  })

  test('maxBytes and idle hold for a response of an interceptor too', async () => {
    const session = createSession({ interceptors: [async () => new Response('12345678')] })
    await expect((await session.fetch(A, { maxBytes: 3 })).text()).rejects.toThrow(/larger than maxBytes/)
    const silent = createSession({ interceptors: [async () => endless()] })
    const text = (await silent.fetch(A, { timeout: { idle: 20 } })).text()
    expect((await passing(rejection(text))).message).toMatch(/timeout\.idle/)
  })

  test('calls that share a signal share one listener, and leave none', async () => {
    const { signal } = new AbortController()
    const add = vi.spyOn(signal, 'addEventListener')
    const remove = vi.spyOn(signal, 'removeEventListener')
    const session = createSession({ fetch: memory().fetch })
    await Promise.all(Array.from({ length: 20 }, () => session.get(A, { signal })))
    await Promise.all(Array.from({ length: 20 }, async () => (await session.fetch(A, { signal })).text()))
    expect(add.mock.calls.length).toBe(remove.mock.calls.length)
    expect(add.mock.calls.length).toBeLessThanOrEqual(2)
  })
})

describe('close()', () => {
  const sendingThenHanging: Interceptor = async (request, next) => {
    await next(request)
    return hangs()
  }
  const hangingFlow = (after: number): AuthFlow =>
    async function* (request) {
      for (let sent = 0; sent < after; sent++) yield request
      await hangs()
    }
  const answers = async () => Response.json({})
  const refuses = async () => new Response(null, { status: 401 })
  const schema = { '~standard': { version: 1, vendor: 'test', validate: hangs } }
  test.each<[string, () => Promise<Response>, object, ('get' | 'fetch')?]>([
    ['token()', answers, { auth: { token: hangs } }],
    ['refresh', refuses, { auth: refreshable({ token: () => 't', refresh: hangs }) }],
    ['a lock', refuses, { auth: refreshable({ token: () => 't', refresh: () => 't', lock: hangs }) }],
    ['an auth flow', answers, { auth: hangingFlow(0) }],
    ['an auth flow that has sent', answers, { auth: hangingFlow(1) }],
    ['a csrf token', answers, { method: 'POST', csrf: { header: 'x-csrf', token: hangs } }],
    ['an interceptor', answers, { interceptors: [hangs] }],
    ['an interceptor that has sent', answers, { interceptors: [sendingThenHanging] }],
    ['a hop interceptor', answers, { hopInterceptors: [hangs] }],
    ['parseResponse', answers, { parseResponse: hangs }, 'get'],
    ['a schema', answers, { schema }, 'get'],
  ])('ends a call that waits for %s', async (_, fetch, options, only) => {
    for (const door of only ? [only] : (['get', 'fetch'] as const)) {
      const session = createSession({ fetch, baseURL: A })
      const outcome = rejection(door === 'get' ? session('/', options as never) : session.fetch('/', options as never))
      await vi.advanceTimersByTimeAsync(0)
      await session.close()
      const error = await outcome
      expect([error.name, (error.cause as Error | undefined)?.name]).toEqual(
        door === 'get' ? ['FetchError', 'SessionClosedError'] : ['SessionClosedError', undefined],
      )
    }
  })

  test('lets a request that is out have its answer, in an interceptor too', async () => {
    let answer: (response: Response) => void = () => undefined
    const fetch = () =>
      new Promise<Response>((resolve) => {
        answer = resolve
      })
    const session = createSession({ fetch, interceptors: [(request, next) => next(request)] })
    const data = session.get(A)
    await vi.advanceTimersByTimeAsync(0)
    await session.close()
    answer(Response.json({ a: 1 }))
    expect(await data).toEqual({ a: 1 })
  })
})

describe('the body of a Request that is the input', () => {
  test.each(['total', 'abort', 'close'] as const)('stops being read at the end of the call: %s', async (how) => {
    let pulled = 0
    const body = new ReadableStream(
      {
        pull(controller) {
          pulled++
          controller.enqueue(new Uint8Array(1024))
          return new Promise((resolve) => setImmediate(resolve))
        },
      },
      { highWaterMark: 0 },
    )
    const session = createSession({ fetch: async () => new Response() })
    const controller = new AbortController()
    const input = new Request(A, { method: 'POST', body, duplex: 'half' } as RequestInit)
    const options = how === 'total' ? { timeout: { total: 20 } } : how === 'abort' ? { signal: controller.signal } : {}
    const outcome = rejection(session.fetch(input, options))
    if (how === 'abort') controller.abort(new Error('enough'))
    if (how === 'close') await session.close()
    await passing(outcome)
    const before = pulled
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(pulled - before).toBeLessThanOrEqual(1)
  })
})

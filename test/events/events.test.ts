import { describe, expect, test, vi } from 'vitest'
import { type EventsOptions, events, type ServerEvent } from '../../src/events/index.ts'
import { createSession, type SessionOptions, TimeoutError } from '../../src/index.ts'
import { ownClock, passing } from '../support/clock.ts'
import { rejection } from '../support/memory.ts'

const U = 'https://a.example/feed?secret=1'

interface Answer {
  readonly status?: number
  readonly type?: string
  /** The stream, in pieces. */
  readonly body?: readonly string[]
  /** How the stream ends; `'open'` never does. */
  readonly end?: 'close' | 'break' | 'open'
}

/** A server in memory: one answer for each connection, the last of them again and again. An error is the network's. */
function serve(...answers: readonly (Answer | Error)[]) {
  const sent: { headers: Headers; method: string; body: unknown; at: number }[] = []
  const state = { cancelled: 0 }
  const fetch = async (_: string, init: RequestInit = {}) => {
    sent.push({ headers: new Headers(init.headers), method: init.method ?? 'GET', body: init.body, at: Date.now() })
    const answer = answers[Math.min(sent.length, answers.length) - 1] ?? {}
    if (answer instanceof Error) throw answer
    const { status = 200, type = 'text/event-stream', body = [], end = 'close' } = answer
    const { signal } = init
    const pieces = [...body]
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        signal?.addEventListener('abort', () => controller.error(signal.reason))
      },
      async pull(controller) {
        const piece = pieces.shift()
        if (piece !== undefined) controller.enqueue(new TextEncoder().encode(piece))
        else if (end === 'close') controller.close()
        else if (end === 'break') controller.error(new TypeError('terminated'))
        else await new Promise(() => undefined)
      },
      cancel() {
        state.cancelled++
      },
    })
    return new Response(status === 204 ? null : stream, { status, headers: { 'content-type': type } })
  }
  const open = (options: EventsOptions = {}, session: SessionOptions = {}) =>
    events(createSession({ fetch, ...session }), U, options)
  return { open, sent, state, fetch }
}

async function collect(stream: AsyncIterable<ServerEvent>, limit = Number.POSITIVE_INFINITY): Promise<string[]> {
  const all: string[] = []
  for await (const { data } of stream) if (all.push(data) >= limit) break
  return all
}

/** The ms between the connections. */
const gaps = (sent: readonly { at: number }[]) => sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0))
const failed = () => new TypeError('fetch failed')

ownClock()

describe('events()', () => {
  test('gives id, event and data as they arrive, with the session’s cookies and headers', async () => {
    const { open, sent } = serve({ body: ['id: 1\ndata: a\n', '\nevent: add\nda', 'ta: é\n\n'] }, { status: 204 })
    const all: ServerEvent[] = []
    const stream = open({}, { cookies: { sid: 's' }, headers: { 'x-test': 't', accept: 'application/json' } })
    await passing(
      (async () => {
        for await (const event of stream) all.push(event)
      })(),
    )
    expect(all).toEqual([
      { id: '1', event: 'message', data: 'a' },
      { id: '1', event: 'add', data: 'é' },
    ])
    const [first] = sent
    expect(['accept', 'x-test', 'cookie', 'last-event-id'].map((name) => first?.headers.get(name))).toEqual([
      'text/event-stream',
      't',
      'sid=s',
      null,
    ])
  })

  test('connects again with Last-Event-ID after the stream’s end, its break and a failure of the network; 204 ends it', async () => {
    const { open, sent } = serve(
      { body: ['id: é1\ndata: a\n\n'] },
      { body: ['id: 2\ndata: b\n\nid: 3\ndata: cut'], end: 'break' },
      failed(),
      { body: ['data: c\n\n'] },
      { status: 204 },
    )
    expect(await passing(collect(open()))).toEqual(['a', 'b', 'c'])
    expect(sent.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, 'Ã©1', '2', '2', '2'])
  })

  test('waits 3 s, doubled to 30 s while connecting fails, and 3 s again after a connection', async () => {
    const down = Array.from({ length: 6 }, failed)
    const { open, sent } = serve(...down, { body: ['data: a\n\n'] }, failed(), failed(), { status: 204 })
    await passing(collect(open()))
    expect(gaps(sent)).toEqual([3000, 6000, 12_000, 24_000, 30_000, 30_000, 3000, 3000, 6000])
  })

  test('waits as long as the server says, and as the option says until then', async () => {
    const { open, sent } = serve({ body: ['data: a\n\n'] }, { body: ['retry: 50\n'] }, failed(), failed(), { status: 204 })
    await passing(collect(open({ retry: 7 })))
    expect(gaps(sent)).toEqual([7, 50, 50, 100])
  })

  describe.each<[string, (fetch: typeof globalThis.fetch, signal: AbortSignal) => AsyncIterable<ServerEvent>]>([
    ['of the options', (fetch, signal) => events(createSession({ fetch }), U, { signal })],
    ['of the session', (fetch, signal) => events(createSession({ fetch, signal }), U)],
    ['of a Request', (fetch, signal) => events(createSession({ fetch }), new Request(U, { signal }))],
    [
      'of a Request, beside that of the session',
      (fetch, signal) => events(createSession({ fetch, signal: new AbortController().signal }), new Request(U, { signal })),
    ],
  ])('ends without an error on a signal %s', (_, open) => {
    test('that has fired, and sends nothing', async () => {
      const { fetch, sent } = serve({ body: ['data: a\n\n'], end: 'open' })
      expect(await collect(open(fetch as never, AbortSignal.abort()))).toEqual([])
      expect(sent).toEqual([])
    })

    test.each([
      ['while it connects', { body: [], end: 'open' as const }, 0],
      ['in the middle of the stream', { body: ['data: a\n\n'], end: 'open' as const }, 10],
      ['between two connections', { body: ['data: a\n\n'] }, 10],
    ])('that fires %s', async (_, answer, ms) => {
      const { fetch, sent } = serve(answer)
      const controller = new AbortController()
      const work = collect(open(fetch as never, controller.signal))
      await vi.advanceTimersByTimeAsync(ms)
      controller.abort(new Error('enough'))
      await work
      expect([sent.length, vi.getTimerCount()]).toEqual([1, 0])
    })
  })

  test('leaves the signal of a Request alone where the options have their own', async () => {
    const { fetch, sent } = serve({ status: 204 })
    const request = new Request(U, { signal: AbortSignal.abort() })
    await collect(events(createSession({ fetch }), request, { signal: new AbortController().signal }))
    expect(sent).toHaveLength(1)
  })

  test('break closes the connection', async () => {
    const { open, sent, state } = serve({ body: ['data: a\n\n', 'data: b\n\n'], end: 'open' })
    expect(await collect(open(), 1)).toEqual(['a'])
    expect([sent.length, state.cancelled]).toEqual([1, 1])
  })

  test('sends a POST’s body with each connection', async () => {
    const { open, sent } = serve({ body: ['data: a\n\n'] }, { status: 204 })
    await passing(collect(open({ method: 'POST', body: { ask: 1 } })))
    expect(sent.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"ask":1}'],
      ['POST', '{"ask":1}'],
    ])
  })

  test('sends a Request again and again', async () => {
    const { fetch, sent } = serve({ body: ['data: a\n\n'] }, { status: 204 })
    const request = new Request(U, { method: 'POST', body: 'text' })
    expect(await passing(collect(events(createSession({ fetch }), request)))).toEqual(['a'])
    expect(sent.map(({ method }) => method)).toEqual(['POST', 'POST'])
  })
})

describe('events() is not tried again', () => {
  test.each([
    ['another status', { status: 500, type: 'application/json', body: ['{"a":1}'] }, 'GET https://a.example/feed: 500', { a: 1 }],
    ['a status of success', { status: 201 }, 'GET https://a.example/feed: 201', undefined],
    [
      'a temporary status, for all the session’s retry',
      { status: 503, type: 'text/plain', body: ['no'] },
      'GET https://a.example/feed: 503',
      'no',
    ],
    [
      'another type',
      { type: 'text/html', body: ['<p>'] },
      'GET https://a.example/feed: the answer is no text/event-stream',
      '<p>',
    ],
    [
      'a type that only begins like it',
      { type: 'text/event-streams' },
      'GET https://a.example/feed: the answer is no text/event-stream',
      undefined,
    ],
  ])('after %s, which is a FetchError', async (_, answer, message, data) => {
    const { open, sent } = serve(answer)
    const error = await rejection(collect(open({}, { retry: 3 })))
    expect([error.name, error.message, error.data, sent.length]).toEqual(['FetchError', message, data, 1])
    expect(error.status).toBe((answer as Answer).status ?? 200)
  })

  test('takes the type with parameters and in any case', async () => {
    const { open } = serve({ type: 'Text/Event-Stream; charset=utf-8', body: ['data: a\n\n'] }, { status: 204 })
    expect(await passing(collect(open()))).toEqual(['a'])
  })

  test('after what user code throws, which comes out as it is', async () => {
    const mine = new TypeError('mine')
    const { open, sent } = serve()
    const interceptors = [
      async () => {
        throw mine
      },
    ]
    expect(await rejection(collect(open({ interceptors })))).toBe(mine)
    expect(sent).toHaveLength(0)
  })

  test('on a closed session', async () => {
    const session = createSession()
    await session.close()
    expect((await rejection(collect(events(session, U)))).name).toBe('SessionClosedError')
  })

  test('when the session is closed, in the middle of a stream', async () => {
    const { fetch, sent } = serve({ body: ['data: a\n\n'], end: 'open' })
    const session = createSession({ fetch })
    const all: string[] = []
    const read = async () => {
      for await (const { data } of events(session, U)) {
        all.push(data)
        await session.close()
      }
    }
    expect((await rejection(read())).name).toBe('SessionClosedError')
    expect([all, sent.length]).toEqual([['a'], 1])
  })

  test('when the session is closed while it waits to connect again', async () => {
    const { fetch, sent } = serve(failed())
    const session = createSession({ fetch })
    const error = rejection(collect(events(session, U)))
    await vi.advanceTimersByTimeAsync(1)
    expect(sent).toHaveLength(1)
    await session.close()
    expect((await error).name).toBe('SessionClosedError')
    expect([sent.length, vi.getTimerCount()]).toEqual([1, 0])
  })

  test('after a body that grows beyond maxBytes', async () => {
    const { open, sent } = serve({ body: ['data: a\n\n'.repeat(100)] })
    const error = await rejection(collect(open({ maxBytes: 10 })))
    expect([error.name, (error.cause as Error).name, sent.length]).toEqual(['FetchError', 'BodyTooLargeError', 1])
  })

  test.each([
    [{ reconnects: -1 }, /^reconnects: /],
    [{ reconnects: '1' }, /^reconnects: /],
    [{ retry: { limit: 1 } }, /^retry: /],
    [{ retry: -1 }, /^retry: /],
    [{ maxBytes: 0 }, /^maxBytes: /],
    [{ method: 'POST', form: { a: 1 }, body: 'b' }, /^form: give either form or body/],
    [null, /^events: /],
  ])('with options like %j, which are a TypeError before anything is sent', async (options, message) => {
    const { open, sent } = serve()
    const error = await rejection(collect(open(options as never)))
    expect([error.name, sent.length]).toEqual(['TypeError', 0])
    expect(error.message).toMatch(message)
  })
})

test('without a session it is a TypeError that says what to give', async () => {
  const error = await rejection(collect(events(undefined as never, '/feed')))
  expect([error.name, error.message]).toEqual(['TypeError', 'events: give a session first, made by createSession'])
})

describe('reconnects', () => {
  test('is how often in a row it connects again; then the last failure is a FetchError', async () => {
    const { open, sent } = serve(failed())
    const error = await rejection(passing(collect(open({ reconnects: 2 }))))
    expect([error.name, error.status, sent.length]).toEqual(['FetchError', undefined, 3])
  })

  test('begins anew with each event', async () => {
    const { open, sent } = serve({ body: ['data: a\n\n'] }, failed(), { body: ['data: b\n\n'] }, failed(), failed())
    const all: string[] = []
    const work = (async () => {
      for await (const { data } of open({ reconnects: 2 })) all.push(data)
    })()
    expect((await rejection(passing(work))).name).toBe('FetchError')
    expect([all, sent.length]).toEqual([['a', 'b'], 5])
  })

  test('0 reads one stream: its end is the end, its break an error', async () => {
    const whole = serve({ body: ['data: a\n\n'] })
    expect(await collect(whole.open({ reconnects: 0 }))).toEqual(['a'])
    const broken = serve({ body: ['data: a\n\n'], end: 'break' })
    const error = await rejection(collect(broken.open({ reconnects: 0 })))
    expect([error.name, error.message, (error.cause as Error).message]).toEqual([
      'FetchError',
      'GET https://a.example/feed: the event stream broke off',
      'terminated',
    ])
  })
})

describe('timeouts', () => {
  test('total holds for each connection until its headers, and not for the stream', async () => {
    const { open } = serve({ body: ['data: a\n\n'], end: 'open' })
    const controller = new AbortController()
    const work = collect(open({ signal: controller.signal }, { timeout: { total: 100 } }))
    await vi.advanceTimersByTimeAsync(10_000)
    controller.abort()
    expect(await work).toEqual(['a'])
  })

  test('total that runs out before the headers connects again', async () => {
    const server = serve({ body: ['data: a\n\n'] }, { status: 204 })
    let calls = 0
    const hanging = (url: string, init?: RequestInit) => {
      if (++calls > 2) return server.fetch(url, init)
      return new Promise<Response>((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      })
    }
    const session = createSession({ fetch: hanging })
    expect(await passing(collect(events(session, U, { timeout: { total: 100 } })))).toEqual(['a'])
    calls = 0
    const error = await rejection(passing(collect(events(session, U, { timeout: { total: 100 }, reconnects: 1 }))))
    expect([error.name, error.message]).toEqual([
      'FetchError',
      'GET https://a.example/feed: no answer within 100 ms (timeout.total)',
    ])
    expect(error.cause).toBeInstanceOf(TimeoutError)
  })

  test('idle connects again', async () => {
    const { open, sent } = serve({ body: ['data: a\n\n'], end: 'open' }, { status: 204 })
    expect(await passing(collect(open({ timeout: { idle: 500 } })))).toEqual(['a'])
    expect(gaps(sent)).toEqual([3500])
  })
})

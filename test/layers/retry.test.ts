import * as v from 'valibot'
import { describe, expect, test, vi } from 'vitest'
import { networkError } from '../../src/exchange/failure.ts'
import { createSession, TimeoutError } from '../../src/index.ts'
import { parseRetry, retryLayer, waitBefore } from '../../src/layers/retry.ts'
import { ownClock, passing } from '../support/clock.ts'
import { type Answer, exchangeOf, through } from '../support/exchange.ts'
import { memory, rejection } from '../support/memory.ts'

const NOW = Date.UTC(2026, 0, 1)

describe('waitBefore()', () => {
  const rules = (options: object) => {
    const parsed = parseRetry({ retry: { limit: 9, ...options } })
    if (!parsed) throw new Error('no rules')
    return parsed
  }
  const wait = (options: object, attempt: number, random: number) => waitBefore(rules(options), { attempt }, NOW, () => random)

  test('is full jitter over an exponential backoff, capped', () => {
    expect([1, 2, 3].map((attempt) => wait({}, attempt, 1))).toEqual([300, 600, 1200])
    expect([1, 2, 3].map((attempt) => wait({}, attempt, 0))).toEqual([0, 0, 0])
    expect(wait({ delay: 1000, maxDelay: 5000 }, 8, 1)).toBe(5000)
  })

  test('a function says the wait itself', () => {
    expect(wait({ delay: (attempt: number) => attempt * 7 }, 3, 0.5)).toBe(21)
  })

  test('Retry-After wins over the backoff, gives up beyond maxDelay, and can be switched off', () => {
    const response = new Response(null, { headers: { 'retry-after': '10' } }) as never
    expect(waitBefore(rules({}), { attempt: 1, response }, NOW, () => 1)).toBe(10_000)
    expect(waitBefore(rules({ maxDelay: 5000 }), { attempt: 1, response }, NOW, () => 1)).toBeUndefined()
    expect(waitBefore(rules({ retryAfter: false }), { attempt: 1, response }, NOW, () => 1)).toBe(300)
  })
})

describe('retryLayer', () => {
  ownClock()

  const down = () => networkError(new TypeError('fetch failed'), exchangeOf(), { text: 'down', code: undefined }) as Error
  const busy = () => new Response('busy', { status: 503 })
  const run = (options: object, request: object, ...answers: readonly Answer[]) => {
    const onRetry: unknown[] = []
    const retry = parseRetry({ retry: { limit: 2, delay: () => 50, ...options } })
    const call = { retry, options: { context: {}, onRetry: ({ attempt }: { attempt: number }) => onRetry.push(attempt) } }
    const outcome = passing(through(retryLayer, exchangeOf({ request, call: call as never }), ...answers))
    return outcome.then(({ seen, response, error }) => ({
      tries: seen.map(({ attempt }) => attempt),
      end: response?.status ?? (error as Error).message,
      onRetry,
      took: Date.now(),
    }))
  }

  test.each<[string, object, object, readonly Answer[], object]>([
    [
      'a temporary status is tried again, after a wait',
      {},
      {},
      [busy, () => new Response('')],
      { tries: [1, 2], end: 200, took: 50 },
    ],
    ['a network error too', {}, {}, [down(), () => new Response('')], { tries: [1, 2], end: 200, took: 50 }],
    [
      'an attempt that took too long too',
      {},
      {},
      [new TimeoutError('late'), () => new Response('')],
      { tries: [1, 2], end: 200 },
    ],
    ['until the limit, and then it is the answer', {}, {}, [busy], { tries: [1, 2, 3], end: 503, onRetry: [1, 2], took: 100 }],
    ['another status is not', {}, {}, [() => new Response('', { status: 404 })], { tries: [1], end: 404, took: 0 }],
    [
      'unless `statusCodes` names it, also below 400',
      { statusCodes: [202] },
      {},
      [() => new Response('', { status: 202 }), () => new Response('')],
      { tries: [1, 2], end: 200 },
    ],
    [
      '`shouldRetry` is not asked of one below 400 that nobody has named',
      { shouldRetry: () => true },
      {},
      [() => new Response('')],
      { tries: [1], end: 200 },
    ],
    ['an error that is not the network’s is not', {}, {}, [new Error('mine')], { tries: [1], end: 'mine', took: 0 }],
    ['a method that may not be sent twice is not', {}, { method: 'POST' }, [busy], { tries: [1], end: 503 }],
    ['unless `methods` names it', { methods: ['POST'] }, { method: 'POST', body: 'x' }, [busy], { tries: [1, 2, 3] }],
    [
      'a stream cannot be sent twice',
      { methods: ['POST'] },
      { method: 'POST', body: new ReadableStream() },
      [busy],
      { tries: [1] },
    ],
    ['`shouldRetry` decides last', { shouldRetry: () => false }, {}, [busy], { tries: [1], end: 503 }],
    ['`limit: 0` tries once', { limit: 0 }, {}, [busy], { tries: [1], end: 503 }],
  ])('%s', async (_, options, request, answers, expected) => {
    expect(await run(options, request, ...answers)).toMatchObject(expected)
  })

  test('an abort during the wait ends the call', async () => {
    const exchange = exchangeOf({ call: { retry: parseRetry({ retry: { limit: 1, delay: () => 1000 } }) } })
    const controller = new AbortController()
    exchange.lifetime.follow(controller.signal)
    const outcome = through(retryLayer, exchange, busy)
    await vi.advanceTimersByTimeAsync(500)
    controller.abort('enough')
    const { error, seen } = await outcome
    expect([error, seen.length]).toEqual(['enough', 1])
  })

  test('is not there without `retry`', async () => {
    const exchange = exchangeOf()
    expect((await through(retryLayer, exchange, busy)).seen[0]).toBe(exchange)
  })
})

describe('schema, with a real one', () => {
  const Cart = v.object({ items: v.array(v.string()), total: v.pipe(v.string(), v.transform(Number)) })

  test('its output is the data, and its type', async () => {
    const { fetch } = memory(() => ({ body: '{"items":["a"],"total":"5"}' }))
    const cart = await createSession({ fetch }).get('https://h/', { schema: Cart })
    const total: number = cart.total
    expect([cart.items, total]).toEqual([['a'], 5])
  })

  test('a failure says where, not with which data, and is never retried', async () => {
    const { fetch, sent } = memory(() => ({ body: '{"items":["s3cret"],"total":7}' }))
    const error = await rejection(createSession({ fetch, retry: 3 }).get('https://h/x?q=1', { schema: Cart }))
    expect([error.name, (error.cause as Error).name, error.message]).toEqual([
      'FetchError',
      'SchemaError',
      'GET https://h/x: the response does not fit the schema at total',
    ])
    expect([(error.cause as { issues?: unknown[] }).issues?.length, sent.length]).toEqual([1, 1])
  })

  test('an error response, an empty body and a blob are not checked', async () => {
    const { fetch } = memory([{ status: 404 }, { status: 204, headers: {} }, { headers: { 'content-type': 'image/png' } }])
    const session = createSession({ fetch })
    expect((await rejection(session.get('https://h/', { schema: Cart }))).message).toBe('GET https://h/: 404')
    expect(await session.get('https://h/', { schema: Cart })).toBeUndefined()
    expect(await session.get('https://h/', { schema: Cart })).toBeInstanceOf(Blob)
  })
})

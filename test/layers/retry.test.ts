import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { parseRetry } from '../../src/exchange/checked-options.ts'
import { createSession } from '../../src/index.ts'
import { waitBefore } from '../../src/layers/retry.ts'
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

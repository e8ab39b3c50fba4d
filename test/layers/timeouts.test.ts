import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { TimeoutError } from '../../src/index.ts'
import { attemptLayer, readsToTheEnd, totalLayer } from '../../src/layers/timeouts.ts'
import { exchangeOf, through } from '../support/exchange.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const never = () => new Promise<Response>(() => undefined)

describe('totalLayer', () => {
  test('rejects with the reason as soon as the call is over, whatever it waits for', async () => {
    const exchange = exchangeOf()
    const signal = new AbortController()
    exchange.lifetime.follow(signal.signal)
    const outcome = through(totalLayer, exchange, never)
    signal.abort('enough')
    expect((await outcome).error).toBe('enough')
  })

  test('costs nothing where nothing can end the call', async () => {
    const exchange = exchangeOf()
    const { seen } = await through(totalLayer, exchange)
    expect(seen[0]).toBe(exchange)
  })
})

describe('attemptLayer', () => {
  test('ends one try, and not the call', async () => {
    const exchange = exchangeOf({ call: { timeout: { attempt: 100 } }, attempt: 2 })
    const outcome = through(attemptLayer, exchange, never)
    await vi.advanceTimersByTimeAsync(100)
    const { error, seen } = await outcome
    expect(error).toBeInstanceOf(TimeoutError)
    expect((error as TimeoutError).message).toBe('GET https://a.example/x: no answer within 100 ms (timeout.attempt)')
    expect([seen[0]?.lifetime.aborted, exchange.lifetime.aborted]).toEqual([true, false])
  })

  test('stops its timer at the headers in session.fetch', async () => {
    await through(attemptLayer, exchangeOf({ call: { timeout: { attempt: 100 } } }))
    expect(vi.getTimerCount()).toBe(0)
  })

  test('counts to the last byte in the data door', async () => {
    const body = () => new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }))
    const { response } = await through(attemptLayer, exchangeOf({ call: { timeout: { attempt: 100 }, isData: true } }), body)
    const text = response?.text().catch((error: Error) => error)
    await vi.advanceTimersByTimeAsync(100)
    expect(await text).toBeInstanceOf(TimeoutError)
  })
})

describe('readsToTheEnd()', () => {
  test.each([
    ['session.fetch', {}, 'application/json', false],
    ['the data door', { isData: true }, 'application/json', true],
    ['a stream', { isData: true, options: { context: {}, responseType: 'stream' } }, 'application/json', false],
    ['events', { isData: true }, 'text/event-stream', false],
    ['events that are parsed', { isData: true, options: { context: {}, parseResponse: String } }, 'text/event-stream', true],
  ] as const)('%s', (_, call, type, expected) => {
    const response = new Response('', { headers: { 'content-type': type } })
    expect(readsToTheEnd(exchangeOf({ call: call as never }), response)).toBe(expected)
  })
})

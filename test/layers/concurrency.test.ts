import { describe, expect, test } from 'vitest'
import { answerOf, concurrencyLayer, parseConcurrency, whilePaused } from '../../src/layers/concurrency.ts'
import { exchangeOf } from '../support/exchange.ts'

/** Calls through one limiter: each answers when it is told to. */
function gate(option: number | { perOrigin: number }) {
  const limiter = parseConcurrency(option)
  if (!limiter) throw new Error('no limiter')
  const layer = concurrencyLayer(limiter)
  const running: { readonly name: string; answer(response?: Response): void }[] = []
  const call = (name: string, origin = 'https://a.example', more: object = {}, signal?: AbortSignal) => {
    const exchange = exchangeOf({ call: { origin, ...more } })
    if (signal) exchange.lifetime.follow(signal)
    const send = () =>
      new Promise<Response>((resolve) => running.push({ name, answer: (response = new Response('')) => resolve(response) }))
    return { exchange, response: layer(exchange, send) }
  }
  const names = () => running.map(({ name }) => name)
  return { call, running, names }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('concurrencyLayer()', () => {
  test('lets as many through as it may, first come first served', async () => {
    const { call, running, names } = gate(2)
    for (const name of ['a', 'b', 'c', 'd']) void call(name)
    await settled()
    expect(names()).toEqual(['a', 'b'])
    running[1]?.answer()
    await settled()
    expect(names()).toEqual(['a', 'b', 'c'])
    running[0]?.answer()
    await settled()
    expect(names()).toEqual(['a', 'b', 'c', 'd'])
  })

  test('counts by origin', async () => {
    const { call, names } = gate({ perOrigin: 1 })
    void call('a1', 'https://a.example')
    void call('a2', 'https://a.example')
    void call('b1', 'https://b.example')
    await settled()
    expect(names()).toEqual(['a1', 'b1'])
  })

  test('an abort leaves the line, and those behind move up', async () => {
    const { call, running, names } = gate(1)
    void call('a')
    const controller = new AbortController()
    const waiting = call('b', 'https://a.example', {}, controller.signal).response.catch((reason: unknown) => reason)
    void call('c')
    controller.abort('enough')
    expect(await waiting).toBe('enough')
    running[0]?.answer()
    await settled()
    expect(names()).toEqual(['a', 'c'])
  })

  test('in the data door a place is kept until the data is there', async () => {
    const { call, running, names } = gate(1)
    const first = call('a', 'https://a.example', { isData: true, wantsData: true })
    void call('b')
    await settled()
    running[0]?.answer(new Response('{}', { headers: { 'content-type': 'application/json' } }))
    await first.response
    await settled()
    expect(names()).toEqual(['a'])
    first.exchange.progress.slot?.release()
    await settled()
    expect(names()).toEqual(['a', 'b'])
  })

  test('a failure gives its place back', async () => {
    const limiter = parseConcurrency(1)
    if (!limiter) throw new Error('no limiter')
    const layer = concurrencyLayer(limiter)
    await expect(layer(exchangeOf(), () => Promise.reject(new Error('x')))).rejects.toThrow('x')
    await expect(layer(exchangeOf(), async () => new Response('ok'))).resolves.toBeInstanceOf(Response)
  })

  test('a wait that is not for the response lets another call pass', async () => {
    const { call, names } = gate(1)
    const first = call('a')
    void call('b')
    await settled()
    let done: () => void = () => undefined
    const paused = whilePaused(first.exchange, () => new Promise<void>((resolve) => (done = resolve)))
    await settled()
    expect(names()).toEqual(['a', 'b'])
    done()
    void paused
  })
})

describe('parseConcurrency()', () => {
  test.each([0, -1, 1.5, 'x', { perOrigin: 0 }, { perorigin: 1 }, []])('refuses %j', (option) => {
    expect(() => parseConcurrency(option as never)).toThrow(/^concurrency: /)
  })

  test.each([undefined, null, Number.POSITIVE_INFINITY])('%s is no limit', (option) => {
    expect(parseConcurrency(option)).toBeUndefined()
  })
})

describe('answerOf()', () => {
  test('an abort ends the wait for a promise of another class, whose place is free meanwhile', async () => {
    const controller = new AbortController()
    const exchange = exchangeOf()
    exchange.lifetime.follow(controller.signal)
    const paused: string[] = []
    exchange.progress.slot = {
      release: () => undefined,
      pause: (work) => {
        paused.push('pause')
        return work()
      },
    }
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
    const answer = answerOf(exchange, { then: () => undefined } as never).catch((reason: unknown) => reason)
    controller.abort('enough')
    expect([await answer, paused]).toEqual(['enough', ['pause']])
  })
})

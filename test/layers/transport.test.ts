import { describe, expect, test } from 'vitest'
import { SessionClosedError } from '../../src/index.ts'
import { Mounts } from '../../src/layers/mounts.ts'
import { fetchTransport, isFromHandler, transportLayer } from '../../src/layers/transport.ts'
import { exchangeOf } from '../support/exchange.ts'

const never = () => expect.fail('nothing is inside the transport')

function layerOf(more: { mounts?: Mounts; isClosed?: boolean } = {}) {
  const sent: string[] = []
  const layer = transportLayer({
    mounts: more.mounts ?? new Mounts(),
    transport: async ({ url }) => {
      sent.push(url.href)
      return new Response('wire')
    },
    isClosed: () => more.isClosed === true,
  })
  return { layer, sent }
}

const mounted = (prefix: string, answer: (request: Request) => unknown = () => new Response('handler')) => {
  const mounts = new Mounts()
  mounts.set(prefix, answer as never)
  return mounts
}

describe('transportLayer()', () => {
  test('sends over the transport', async () => {
    const { layer, sent } = layerOf()
    expect(await (await layer(exchangeOf(), never)).text()).toBe('wire')
    expect(sent).toEqual(['https://a.example/x'])
  })

  test('lets a mounted handler answer, with the cookies of the hop and the body', async () => {
    let seen: Request | undefined
    const mounts = mounted('https://a.example', (request) => {
      seen = request
      return new Response('handler')
    })
    const { layer, sent } = layerOf({ mounts })
    const response = await layer(exchangeOf({ request: { method: 'POST', body: 'x' }, cookie: 'a=1' }), never)
    expect([await response.text(), seen?.headers.get('cookie'), await seen?.text(), sent]).toEqual(['handler', 'a=1', 'x', []])
    expect([isFromHandler(response), response.url]).toEqual([true, 'https://a.example/x'])
  })

  test('a handler that returns no Response is an error that says so, and what it throws comes out as it is', async () => {
    const boom = new Error('boom')
    const nothing = layerOf({ mounts: mounted('https://a.example', () => undefined) }).layer
    await expect(nothing(exchangeOf(), never)).rejects.toThrow(/the mounted handler returned no Response/)
    const throwing = () => {
      throw boom
    }
    await expect(layerOf({ mounts: mounted('https://a.example', throwing) }).layer(exchangeOf(), never)).rejects.toBe(boom)
  })

  test.each([
    ['a handler', (answer: () => Promise<Response>) => layerOf({ mounts: mounted('https://a.example', answer) }).layer],
    ['a fetch', (answer: () => Promise<Response>) => fetchTransport({ fetch: answer, init: () => ({}) })],
  ])('lets go of what %s answers when the call is over', async (_, layerOver) => {
    for (const make of [() => new Response('late'), () => undefined as never]) {
      const exchange = exchangeOf()
      exchange.lifetime.canAbort = true
      let answer: (response: Response) => void = never
      const outcome = layerOver(
        () =>
          new Promise((resolve) => {
            answer = resolve
          }),
      )(exchange, never)
      exchange.lifetime.abort('enough')
      await expect(outcome).rejects.toBe('enough')
      const late: Response | undefined = make()
      answer(late as Response)
      // Whatever the late answer is, nobody hears of it: an unhandled rejection fails the run.
      await new Promise((resolve) => setImmediate(resolve))
      expect(late?.bodyUsed ?? true).toBe(true)
    }
  })

  test('sends nothing for a call that is over, nor for a closed session', async () => {
    const exchange = exchangeOf()
    exchange.lifetime.abort('enough')
    const open = layerOf()
    await expect(async () => open.layer(exchange, never)).rejects.toBe('enough')
    const closed = layerOf({ isClosed: true })
    await expect(async () => closed.layer(exchangeOf(), never)).rejects.toBeInstanceOf(SessionClosedError)
    expect([open.sent, closed.sent]).toEqual([[], []])
  })
})

describe('Mounts', () => {
  const find = (prefixes: readonly string[], url: string) => {
    const mounts = new Mounts()
    const handlers = new Map(prefixes.map((prefix) => [prefix, () => new Response()]))
    for (const [prefix, handler] of handlers) mounts.set(prefix, handler)
    return [...handlers].find(([, handler]) => handler === mounts.find(new URL(url)))?.[0]
  }

  test.each([
    ['the longest prefix wins', ['https://h/', 'https://h/api'], 'https://h/api/x', 'https://h/api'],
    ['at a segment boundary', ['https://h/api'], 'https://h/apiary', undefined],
    ['at an origin boundary', ['https://h'], 'https://h.example/', undefined],
    ['another port is another origin', ['https://h'], 'https://h:8443/', undefined],
    ['the default port is none', ['https://h:443'], 'https://h/x', 'https://h:443'],
    ['case-blind in scheme and host', ['HTTPS://H'], 'https://h/x', 'HTTPS://H'],
    ['case-sensitive in the path', ['https://h/Api'], 'https://h/api', undefined],
    ['a scheme takes every host', ['mock://'], 'mock://any/x', 'mock://'],
  ] as const)('%s', (_, prefixes, url, expected) => expect(find(prefixes, url)).toBe(expected))

  test.each(['', 'h/x', 'https://u@h', 'https://h/?q'])('refuses the prefix %j', (prefix) => {
    expect(() => new Mounts().set(prefix, () => new Response())).toThrow(/^mount: /)
  })
})

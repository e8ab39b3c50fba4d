import { describe, expect, test } from 'vitest'
import { Lifetime } from '../../src/exchange/lifetime.ts'
import type { Layer } from '../../src/exchange/request.ts'
import { Mounts } from '../../src/layers/mounts.ts'
import { buildLayers, compose } from '../../src/session/chain.ts'
import type { SessionState } from '../../src/session/state.ts'
import { exchangeOf } from '../support/exchange.ts'

const pass: Layer = (exchange, next) => next(exchange)
const interceptor = (_: unknown, next: (request: never) => Promise<Response>) => next(_ as never)

/** A state with just what the chain is made of. */
const stateOf = (more: object = {}) =>
  ({
    parts: { transport: async () => new Response(), readCookie: () => undefined, takeApart: () => ({ body: '' }) },
    ...{ mounts: new Mounts(), interceptors: [], hopInterceptors: [], environment: {}, lifetime: new Lifetime() },
    ...more,
  }) as unknown as SessionState

describe('compose()', () => {
  test('runs the layers from the first to the last, and back', async () => {
    const log: string[] = []
    const note =
      (name: string): Layer =>
      async (exchange, next) => {
        log.push(`> ${name}`)
        const response = await next(exchange)
        log.push(`< ${name}`)
        return response
      }
    await compose([note('a'), note('b'), async () => new Response()])(exchangeOf())
    expect(log).toEqual(['> a', '> b', '< b', '< a'])
  })
})

describe('buildLayers()', () => {
  test.each<[string, object, number]>([
    ['a plain session in a page', {}, 7],
    ['with redirects and cookies of our own', { parts: { redirectLayer: () => pass, cookieLayer: pass } }, 9],
    ['with concurrency', { limiter: () => ({ free: 1, waiting: new Set() }) }, 8],
    ['with an interceptor, and what remembers its response', { interceptors: [interceptor] }, 9],
    ['with a hop interceptor', { hopInterceptors: [interceptor] }, 8],
  ])('%s has its layers', (_, more, count) => {
    expect(buildLayers(stateOf(more))).toHaveLength(count)
  })

  test("a call's interceptors come after its session's", async () => {
    const log: string[] = []
    const note = (name: string) => async (request: never, next: (request: never) => Promise<Response>) => {
      log.push(name)
      return next(request)
    }
    const state = stateOf({ interceptors: [note('session')], hopInterceptors: [note('session hop')] })
    await compose(buildLayers(state, { interceptors: [note('call')], hopInterceptors: [note('call hop')] } as never))(
      exchangeOf(),
    )
    expect(log).toEqual(['session', 'call', 'session hop', 'call hop'])
  })
})

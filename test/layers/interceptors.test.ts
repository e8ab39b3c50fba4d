import { describe, expect, test } from 'vitest'
import { movedTo } from '../../src/exchange/marks.ts'
import type { Interceptor } from '../../src/index.ts'
import { asLayer, rememberResponse } from '../../src/layers/interceptors.ts'
import { exchangeOf, through } from '../support/exchange.ts'

const run = (interceptor: Interceptor, parts = {}) => through(asLayer(interceptor), exchangeOf(parts))

describe('asLayer()', () => {
  test('gives a copy: what is changed reaches inward only', async () => {
    const exchange = exchangeOf()
    const layer = asLayer((request, next) => {
      request.headers.set('x-a', '1')
      request.url.pathname = '/y'
      return next(request)
    })
    const { seen } = await through(layer, exchange)
    expect([seen[0]?.url.pathname, seen[0]?.headers.get('x-a')]).toEqual(['/y', '1'])
    expect([exchange.url.pathname, exchange.headers.has('x-a')]).toEqual(['/x', false])
  })

  test.each([
    ['a body of a GET', { body: 'x' }, /^body: a GET/],
    ['an object as body', { method: 'POST', body: { a: 1 } }, /^body: \[object Object\] would be sent as text/],
    ['a Map as body', { method: 'POST', body: new Map() }, /^body: .*\[object Map\]/],
    ['a method that is none', { method: 'BAD METHOD' }, /^method: /],
  ])('refuses %s, before anything is sent', async (_, change, message) => {
    const { error, seen } = await run((request, next) => next(Object.assign(request, change)))
    expect([(error as Error).name, seen.length]).toEqual(['TypeError', 0])
    expect((error as Error).message).toMatch(message)
  })

  test('shows the cookies of the hop among the headers', async () => {
    let cookie: string | null = null
    const { seen } = await run(
      (request, next) => {
        cookie = request.headers.get('cookie')
        return next(request)
      },
      { cookie: 'sid=1' },
    )
    expect([cookie, seen[0]?.headers.get('cookie')]).toEqual(['sid=1', 'sid=1'])
  })

  test('may answer without calling next, and call it twice', async () => {
    expect((await run(() => new Response('own'))).seen).toHaveLength(0)
    const twice: Interceptor = async (request, next) => {
      await next(request)
      return next(request)
    }
    expect((await run(twice)).seen).toHaveLength(2)
  })

  test('drops the secrets of a request that it sends to another origin, and says where the answer came from', async () => {
    const headers = new Headers({ authorization: 'Bearer s3cret', 'x-key': 's3cret', 'x-open': '1' })
    const { seen, response } = await run((request, next) => next({ ...request, url: new URL('https://b.example/') }), {
      request: { headers },
      call: { sensitiveHeaders: new Set(['x-key']) },
    })
    expect([...(seen[0]?.headers ?? [])]).toEqual([['x-open', '1']])
    expect(seen[0]?.crossed).toBe(true)
    expect(movedTo(response as Response)?.host).toBe('b.example')
  })

  test('keeps credentials that were set for the other origin', async () => {
    const { seen } = await run((request, next) => {
      request.headers.set('authorization', 'Bearer of-b')
      return next({ ...request, url: new URL('https://b.example/') })
    })
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer of-b')
  })

  test('turns userinfo in the URL into Basic auth', async () => {
    const { seen } = await run((request, next) => next({ ...request, url: new URL('https://u:p@a.example/x') }))
    expect([seen[0]?.url.username, seen[0]?.headers.get('authorization')]).toEqual(['', 'Basic dTpw'])
  })

  test.each<[string, Interceptor, RegExp]>([
    ['returns nothing', (() => undefined) as never, /an interceptor returned no Response/],
    ['calls next with nothing', (_, next) => next(undefined as never), /called next without a request/],
  ])('is an error where an interceptor %s', async (_, interceptor, message) => {
    const { error } = await run(interceptor)
    expect(error).toBeInstanceOf(TypeError)
    expect((error as Error).message).toMatch(message)
  })
})

test('rememberResponse keeps what came from inside for the interceptors around it', async () => {
  const exchange = exchangeOf()
  const { response } = await through(rememberResponse, exchange)
  expect(exchange.progress.response).toBe(response)
})

import { describe, expect, test } from 'vitest'
import { InvalidRedirectError, TooManyRedirectsError, UnrewindableBodyError } from '../../src/index.ts'
import { Mounts } from '../../src/layers/mounts.ts'
import { redirectLayer } from '../../src/node/redirect.ts'
import { locations, methods } from '../cases/redirects.ts'
import { exchangeOf, through } from '../support/exchange.ts'

const layer = redirectLayer(new Mounts())
const to = (location: string, status = 302) => {
  const response = new Response(null, { status, headers: { location: '/' } })
  // Headers of the platform refuse nothing here; a mock gives the bytes as they came.
  Object.defineProperty(response, 'headers', {
    value: { get: (name: string) => (name === 'location' ? location : null), has: () => false },
  })
  return () => response
}
const ok = () => new Response('ok')
const BODY_HEADERS = { 'content-type': 'text/plain', 'content-length': '1', 'x-kept': '1' }

describe('redirectLayer()', () => {
  test.each(methods)('%i: %s becomes %s', async (status, method, next, keepsBody) => {
    const request = { method, headers: new Headers(BODY_HEADERS), body: method === 'GET' || method === 'HEAD' ? null : 'x' }
    const { seen } = await through(layer, exchangeOf({ request }), to('/next', status), ok)
    const sent = seen[1]
    expect([sent?.method, sent?.body, sent?.headers.get('x-kept')]).toEqual([next, keepsBody ? 'x' : null, '1'])
    expect(sent?.headers.has('content-type')).toBe(keepsBody || method === next)
  })

  test.each(locations)('%s', async (_, location, next) => {
    const url = new URL('https://a.example/dir/page#part')
    const { seen, error } = await through(layer, exchangeOf({ request: { url } }), to(location), ok)
    if (typeof next === 'string') expect(seen[1]?.url.href).toBe(next)
    else {
      expect(error).toBeInstanceOf(InvalidRedirectError)
      expect((error as Error).message).toMatch(next)
      expect((error as Error).message).not.toContain('part')
    }
  })

  test('drops what belongs to an origin when it is left', async () => {
    const headers = new Headers({ authorization: 'x', cookie: 'a=1', host: 'h', 'x-key': '1', 'x-open': '1' })
    const exchange = exchangeOf({ request: { headers }, call: { sensitiveHeaders: new Set(['x-key']) } })
    const { seen } = await through(layer, exchange, to('https://b.example/'), ok)
    expect([...(seen[1]?.headers.keys() ?? [])]).toEqual(['x-open'])
    expect(seen[1]?.crossed).toBe(true)
  })

  test('maxRedirects: n means n + 1 requests, and the error names the cookie that was refused on the way', async () => {
    const progress = { refused: { name: "'sid'", reason: 'it is Secure, and this is not a secure connection' } }
    const { error, seen } = await through(layer, exchangeOf({ call: { maxRedirects: 2 }, progress }), to('/x'))
    expect(seen).toHaveLength(3)
    expect(error).toBeInstanceOf(TooManyRedirectsError)
    expect((error as Error).message).toBe(
      "GET https://a.example/x: more than 2 redirects; the cookie 'sid' was refused: it is Secure, and this is not a secure connection",
    )
    expect((error as TooManyRedirectsError).response?.history).toHaveLength(2)
  })

  test('a stream that would have to be sent again is an error before the next hop', async () => {
    const body = new Blob(['x']).stream()
    const { error, seen } = await through(layer, exchangeOf({ request: { method: 'POST', body } }), to('/x', 307), ok)
    expect([error instanceof UnrewindableBodyError, seen.length]).toEqual([true, 1])
  })

  test.each(['manual', 'error'] as const)("redirect: '%s' follows nothing", async (redirect) => {
    const { seen, response, error } = await through(layer, exchangeOf({ call: { redirect } }), to('/x'), ok)
    expect(seen).toHaveLength(1)
    if (redirect === 'manual') expect(response?.status).toBe(302)
    else expect((error as Error).message).toMatch(/answered with a redirect \(302\)/)
  })
})

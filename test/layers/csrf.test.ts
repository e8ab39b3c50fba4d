import { describe, expect, test } from 'vitest'
import { concurrencyLayer, parseConcurrency } from '../../src/layers/concurrency.ts'
import { csrfLayer, parseCsrf } from '../../src/layers/csrf.ts'
import { exchangeOf, through } from '../support/exchange.ts'

const cookies: Readonly<Record<string, string>> = { 'XSRF-TOKEN': 'a%20b', csrftoken: 'd%20j' }
const run = (parts: Parameters<typeof exchangeOf>[0] = {}, ...answers: Response[]) => {
  const csrf = parts.call && 'csrf' in parts.call ? parts.call.csrf : parseCsrf(true)
  const exchange = exchangeOf({ ...parts, request: { method: 'POST', ...parts.request }, call: { ...parts.call, csrf } })
  return through(
    csrfLayer((_, name) => cookies[name]),
    exchange,
    ...answers,
  )
}
const sentBy = async (...given: Parameters<typeof run>) => Object.fromEntries((await run(...given)).seen[0]?.headers ?? [])

describe('csrfLayer()', () => {
  test('puts cookies into headers, decoded as the frameworks write them', async () => {
    expect(await sentBy()).toEqual({ 'x-xsrf-token': 'a b', 'x-csrftoken': 'd%20j' })
  })

  test.each(['GET', 'HEAD', 'OPTIONS', 'TRACE'])('leaves %s alone', async (method) => {
    expect(await sentBy({ request: { method } })).toEqual({})
  })

  test('leaves other origins alone, and what has crossed one', async () => {
    expect(await sentBy({ request: { url: new URL('https://b.example/') } })).toEqual({})
    expect(await sentBy({ crossed: true })).toEqual({})
  })

  test('an explicit header wins', async () => {
    expect(await sentBy({ request: { headers: new Headers({ 'x-csrftoken': 'mine' }) } })).toMatchObject({
      'x-csrftoken': 'mine',
    })
  })

  test('a call that waits for a token holds no place of concurrency', async () => {
    const limiter = parseConcurrency(1)
    if (!limiter) throw new Error('no limiter')
    const limited = concurrencyLayer(limiter)
    const inner = () => limited(exchangeOf(), async () => new Response('t'))
    const csrf = parseCsrf({ header: 'x-t', token: async () => (await inner()).text() })
    const outer = exchangeOf({ request: { method: 'POST' }, call: { csrf } })
    const layer = csrfLayer(() => undefined)
    const response = await limited(outer, (exchange) => layer(exchange, async ({ headers }) => new Response(headers.get('x-t'))))
    expect(await response.text()).toBe('t')
  })

  test('a token that no header can hold is an error without it', async () => {
    const { error, seen } = await run({ call: { csrf: parseCsrf({ header: 'x-t', token: () => 's3cret\n' }) } })
    expect([(error as Error).message, seen.length]).toEqual(['csrf: the token holds characters that a header cannot hold', 0])
  })

  test('retry sends a 403 once more if the token has changed meanwhile', async () => {
    let count = 0
    const csrf = parseCsrf({ header: 'x-t', token: () => String(++count), retry: true })
    const { seen } = await run({ call: { csrf } }, new Response('', { status: 403 }), new Response('ok'))
    expect(seen.map(({ headers }) => headers.get('x-t'))).toEqual(['1', '2'])
  })

  test('retry leaves a 403 whose token is still the same', async () => {
    const csrf = parseCsrf({ header: 'x-t', token: () => 'same', retry: true })
    expect((await run({ call: { csrf } }, new Response('', { status: 403 }))).seen).toHaveLength(1)
  })
})

describe('parseCsrf()', () => {
  test.each([
    [{}],
    [{ header: 'x-a' }],
    [{ cookie: 'a' }],
    [{ header: 'bad name', cookie: 'a' }],
    [{ header: 'x', cookies: 'a' }],
    [5],
  ])('refuses %j', (option) => expect(() => parseCsrf(option as never)).toThrow(/^csrf: /))
})

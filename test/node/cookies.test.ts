import { describe, expect, test } from 'vitest'
import type { CookieValues } from '../../src/cookies/values.ts'
import { markMoved } from '../../src/exchange/marks.ts'
import { createCookieLayer, hopCookie } from '../../src/node/cookies.ts'
import { openJar } from '../../src/node/jar/source.ts'
import { exchangeOf, through } from '../support/exchange.ts'

const URL_A = new URL('https://a.example/x')

function jarWith(...names: string[]) {
  const cookies = names.map((key) => ({ key, value: 'jar', domain: 'a.example', path: '/', hostOnly: true }))
  const jar = openJar({ cookies }, () => 0)
  if (!jar) throw new Error('no jar')
  return jar
}
const setting = (...lines: string[]) => {
  const headers = new Headers()
  for (const line of lines) headers.append('set-cookie', line)
  return new Response('', { headers })
}
const headerOf = (exchange: ReturnType<typeof exchangeOf> | undefined) =>
  exchange?.cookie ?? exchange?.headers.get('cookie') ?? null

describe('createCookieLayer()', () => {
  interface Row {
    readonly jar?: readonly string[] | false
    readonly header?: string
    readonly option?: CookieValues
    readonly call?: object
    readonly more?: object
    readonly sent: string | null
  }
  const rows: Readonly<Record<string, Row>> = {
    'nothing is sent of an empty jar': { sent: null },
    "the jar's cookies are sent": { jar: ['a', 'b'], sent: 'a=jar; b=jar' },
    "a header of the call's own goes before the jar, by name": { jar: ['a', 'b'], header: 'a=own', sent: 'b=jar; a=own' },
    'the option goes before both, by name': {
      jar: ['a'],
      header: 'a=own; c=own',
      option: { a: 'option' },
      sent: 'c=own; a=option',
    },
    '`null` in the option withholds a cookie': { jar: ['a', 'b'], option: { a: null }, sent: 'b=jar' },
    'without a jar only what the call says is sent': {
      jar: false,
      header: 'a=own',
      option: { b: 'option' },
      sent: 'a=own; b=option',
    },
    'the option stays at the origin of the call': {
      jar: ['a'],
      option: { b: 'option' },
      call: { url: new URL('https://b.example/'), origin: 'https://b.example' },
      sent: 'a=jar',
    },
    'and does not come back once it was left': { jar: ['a'], option: { b: 'option' }, more: { crossed: true }, sent: 'a=jar' },
    'a cookie that the server has set goes before those of the call': {
      jar: ['a'],
      header: 'a=own',
      option: { a: 'option' },
      more: { progress: { stored: ['a=jar; Path=/'] } },
      sent: 'a=jar',
    },
    'credentials: omit sends none at all': {
      jar: ['a'],
      header: 'b=own',
      call: { platform: { credentials: 'omit' } },
      sent: null,
    },
    "credentials: same-origin sends the jar's to the home of the session": {
      jar: ['a'],
      call: { platform: { credentials: 'same-origin' } },
      sent: 'a=jar',
    },
    '… and to no other origin': {
      jar: ['a'],
      header: 'b=own',
      call: { platform: { credentials: 'same-origin' }, home: 'https://b.example' },
      sent: 'b=own',
    },
  }

  test.each(Object.entries(rows))('%s', async (_, { jar = [], header, option, call, more, sent }) => {
    const headers = new Headers(header === undefined ? {} : { cookie: header })
    const exchange = exchangeOf({
      request: { url: URL_A, headers },
      call: { url: URL_A, cookies: option, ...call },
      ...more,
    })
    const { seen } = await through(createCookieLayer(jar ? jarWith(...jar) : undefined), exchange)
    expect(headerOf(seen[0])).toBe(sent)
    expect([...headers]).toEqual(header === undefined ? [] : [['cookie', header]])
  })

  test('keeps what a response sets, each line as its own, and sends it with the next hop', async () => {
    const layer = createCookieLayer(jarWith())
    const exchange = exchangeOf()
    await through(layer, exchange, () => setting('a=1, b=2; Path=/', 'c=3; Path=/x'))
    expect(exchange.progress.stored).toEqual(['a=1, b=2; Path=/', 'c=3; Path=/x'])
    expect(headerOf((await through(layer, exchangeOf())).seen[0])).toBe('c=3; a=1, b=2')
  })

  test('keeps nothing with credentials: omit', async () => {
    const layer = createCookieLayer(jarWith())
    await through(layer, exchangeOf({ call: { platform: { credentials: 'omit' } } }), () => setting('a=1'))
    expect(headerOf((await through(layer, exchangeOf())).seen[0])).toBe(null)
  })

  test('keeps them for the URL that answered', async () => {
    const layer = createCookieLayer(jarWith())
    const elsewhere = setting('a=1')
    markMoved(elsewhere, new URL('https://b.example/'))
    await through(layer, exchangeOf(), () => elsewhere)
    const sentTo = async (url: string) => headerOf((await through(layer, exchangeOf({ request: { url: new URL(url) } }))).seen[0])
    expect([await sentTo('https://a.example/'), await sentTo('https://b.example/')]).toEqual([null, 'a=1'])
  })

  test('tells of a cookie that is refused, and remembers the last one', async () => {
    const told: unknown[] = []
    const onCookieRejected = (rejected: unknown) => told.push(rejected)
    const exchange = exchangeOf({ call: { options: { context: {}, onCookieRejected } as never } })
    await through(createCookieLayer(jarWith()), exchange, () => setting('a=1; Domain=b.example', 'b=2'))
    const reason = 'the host is not in its Domain'
    expect(told).toEqual([{ line: 'a=1; Domain=b.example', url: 'https://a.example/x', reason }])
    expect([exchange.progress.refused, exchange.progress.stored]).toEqual([{ name: "'a'", reason }, ['b=2']])
  })

  test('hands on the error of a send, and sends nothing when the jar cannot be read', async () => {
    const boom = new Error('boom')
    expect((await through(createCookieLayer(jarWith('a')), exchangeOf(), boom)).error).toBe(boom)
    const broken = {
      synchronous: true,
      findCookies: () => {
        throw new Error('disk')
      },
    }
    const { error, seen } = await through(createCookieLayer(openJar({ store: broken } as never)), exchangeOf())
    expect([(error as Error).message, seen.length]).toEqual([
      'GET https://a.example/x: the cookie store failed in findCookies',
      0,
    ])
  })
})

describe('hopCookie()', () => {
  test.each([
    ["the jar's", {}, 'jar'],
    ["the call's, which goes before it", { cookies: { 'XSRF-TOKEN': 'call' } }, 'call'],
    ['none that the call withholds', { cookies: { 'XSRF-TOKEN': null } }, undefined],
    ["none of the jar's with credentials: omit", { platform: { credentials: 'omit' } }, undefined],
  ])('gives the value that will be sent: %s', async (_, call, expected) => {
    expect(await hopCookie(jarWith('XSRF-TOKEN'), exchangeOf({ call: call as never }), 'XSRF-TOKEN')).toBe(expected)
  })
})

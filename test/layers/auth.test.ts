import { describe, expect, test, vi } from 'vitest'
import { createSession, type FetchError, raiseForStatus, type SessionOptions, type SessionRequest } from '../../src/index.ts'
import { authLayer, parseAuth } from '../../src/layers/auth.ts'
import { Mounts } from '../../src/layers/mounts.ts'
import { redirectLayer } from '../../src/node/redirect.ts'
import { environmentAuth } from '../../src/node/transport.ts'
import { exchangeOf, through } from '../support/exchange.ts'
import { memory, rejection } from '../support/memory.ts'

const A = 'https://a.example/x'
const B = 'https://b.example/y'

describe('{ token }', () => {
  const headersWith = async (token: unknown) => {
    const wire = memory()
    await createSession({ fetch: wire.fetch, auth: { token } as never }).fetch(A)
    return wire.last.headers.get('authorization')
  }

  test.each([
    ['a string', 't', 'Bearer t'],
    ['a function', () => 't', 'Bearer t'],
    ['an async function', async () => 't', 'Bearer t'],
    ["''", '', null],
    ['null', null, null],
    ['undefined', undefined, null],
    ["a function that gives ''", () => '', null],
    ['a function that gives null', () => null, null],
    ['a function that gives undefined', () => undefined, null],
    ['an async function that gives null', async () => null, null],
    ["an async function that gives ''", async () => '', null],
  ])('as %s sends what it stands for', async (_, token, expected) => {
    expect(await headersWith(token)).toBe(expected)
  })

  test.each([['a b'], ['é'], ['a\n'], [' ']])('%j is no token: a TypeError that does not quote it', async (token) => {
    for (const given of [() => token, async () => token]) {
      const error = await rejection(createSession({ fetch: memory().fetch, auth: { token: given } }).fetch(A))
      expect([error.name, error.message]).toEqual(['TypeError', 'auth: the token must be text of visible ASCII characters'])
    }
  })

  test('calls that begin while it is awaited share it, of whatever session and whether said by session or call', async () => {
    const token = vi.fn(async () => 't')
    const wire = memory()
    const session = createSession({ fetch: wire.fetch, auth: { token } })
    const child = session.extend({})
    await Promise.all([session.fetch(A), session.fetch(A), child.fetch(A), session.fetch(A, { auth: { token } })])
    expect([token.mock.calls.length, wire.sent.length]).toEqual([1, 4])
    await session.fetch(A)
    expect(token).toHaveBeenCalledTimes(2)
  })

  test('a failure is told to all who wait, and the next call asks again', async () => {
    const mine = new Error('mine')
    const token = vi.fn<() => Promise<string>>().mockRejectedValueOnce(mine).mockResolvedValue('t')
    const session = createSession({ fetch: memory().fetch, auth: { token } })
    const errors = await Promise.all([1, 2].map(() => rejection(session.fetch(A))))
    expect(errors).toEqual([mine, mine])
    expect((await session.fetch(A)).status).toBe(200)
  })

  test('an aborted caller stops waiting, and the others get it', async () => {
    let give: (token: string) => void = () => undefined
    const token = () =>
      new Promise<string>((resolve) => {
        give = resolve
      })
    const session = createSession({ fetch: memory().fetch, auth: { token } })
    const controller = new AbortController()
    const aborted = session.fetch(A, { signal: controller.signal }).catch((reason: unknown) => reason)
    const other = session.fetch(A)
    await new Promise((resolve) => setImmediate(resolve))
    controller.abort('enough')
    expect(await aborted).toBe('enough')
    give('t')
    expect((await other).status).toBe(200)
  })

  test.each([[{}], [{ token: 5 }], [{ token: {} }], [[]], ['x'], [async () => undefined], [Object.create({ token: 't' })]])(
    'auth: %j is a TypeError that says what to give',
    (auth) => {
      expect(() => createSession({ auth } as never)).toThrow(/^auth: give /)
    },
  )

  test('a flow may be a plain generator, as those of httpx are', async () => {
    const wire = memory()
    function* flow(request: SessionRequest) {
      request.headers.set('authorization', 'Own 1')
      yield request
    }
    await createSession({ fetch: wire.fetch, auth: flow as never }).fetch(A)
    expect(wire.last.headers.get('authorization')).toBe('Own 1')
  })
})

describe('credentials of the environment', () => {
  /** Runs a call through redirects and auth; each hop's Authorization. */
  async function hops(url: string, ...locations: readonly string[]) {
    const authOf = environmentAuth((host, { redirected } = { redirected: false }) => ({
      username: redirected ? `${host}, exactly` : host,
      password: '',
    }))
    const auth = authLayer({ authOf, quietSession: () => createSession(), reentry: undefined })
    const redirects = redirectLayer(new Mounts())
    const exchange = exchangeOf({ request: { url: new URL(url) }, call: { auth: undefined, origin: new URL(url).origin } })
    const answers = [...locations.map((location) => new Response(null, { status: 302, headers: { location } })), new Response()]
    const { seen } = await through((given, send) => redirects(given, (hop) => auth(hop, send)), exchange, ...answers)
    return seen.map(({ headers }) => headers.get('authorization')?.replace(/\S+$/, (pair) => atob(pair).slice(0, -1)) ?? null)
  }

  test.each([
    ['the first hop', ['https://a/'], ['Basic a']],
    [
      'each hop’s own host, exactly',
      ['https://a/', 'https://b/', 'https://c/'],
      ['Basic a', 'Basic b, exactly', 'Basic c, exactly'],
    ],
    [
      'the same host again, exactly, on the way back',
      ['https://a/', 'https://b/', 'https://a/'],
      ['Basic a', 'Basic b, exactly', 'Basic a, exactly'],
    ],
    ['another path of the host', ['https://a/', '/x'], ['Basic a', 'Basic a']],
    ['http to https', ['http://a/', 'https://b/'], ['Basic a', 'Basic b, exactly']],
    ['nothing from https to http on', ['https://a/', 'http://b/', 'https://c/'], ['Basic a', null, null]],
    ['nothing on the same host by http', ['https://a/', 'http://a/'], ['Basic a', null]],
    ['nothing after https between', ['http://a/', 'https://b/', 'http://a/'], ['Basic a', 'Basic b, exactly', null]],
  ])('are asked for %s', async (_, [first = '', ...rest], expected) => {
    expect(await hops(first, ...rest)).toEqual(expected)
  })

  test('are not asked for where the call or the session says something', async () => {
    const authOf = vi.fn()
    const layer = authLayer({ authOf, quietSession: () => createSession(), reentry: undefined })
    await through(layer, exchangeOf({ call: { auth: null } }))
    await through(layer, exchangeOf({ call: { auth: parseAuth({ token: 't' }) } }))
    await through(layer, exchangeOf({ call: { auth: undefined }, request: { headers: new Headers({ authorization: 'x' }) } }))
    expect(authOf).not.toHaveBeenCalled()
  })
})

describe('a 401 after a redirect to another origin', () => {
  const redirected = () => memory([{ status: 302, headers: { location: B } }, { status: 401 }]).fetch

  test.each<[string, SessionOptions, string]>([
    ['auth', { auth: { token: 't' } }, ` from ${B}: auth stayed behind at https://a.example`],
    ['an Authorization header', { headers: { authorization: 'x' } }, ` from ${B}: auth stayed behind at https://a.example`],
    ['no auth', {}, ''],
  ])('with %s says who answered', async (_, options, note) => {
    const error = await rejection(createSession({ fetch: redirected(), ...options }).get(`${A}?q=1`))
    expect([error.name, error.status, error.message]).toEqual(['FetchError', 401, `GET ${A}: 401${note}`])
  })

  test('says so in raiseForStatus() too', async () => {
    const response = await createSession({ fetch: redirected(), auth: { token: 't' } }).fetch(`${A}?q=1`)
    expect(() => raiseForStatus(response)).toThrow(`${A}: 401 from ${B}: auth stayed behind at https://a.example`)
  })

  test('is a plain one at the same origin', async () => {
    const { fetch } = memory([{ status: 302, headers: { location: '/z' } }, { status: 401 }])
    const error = (await rejection(createSession({ fetch, auth: { token: 't' } }).get(A))) as unknown as FetchError
    expect(error.message).toBe(`GET ${A}: 401`)
  })
})

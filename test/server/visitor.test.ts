/** A session for one incoming request: what goes on to the API, what comes back, and that nobody's is mixed with another's. */
import { describe, expect, test } from 'vitest'
import { createSession, type Interceptor } from '../../src/index.ts'
import { sessionForRequest, type VisitorOptions } from '../../src/server/index.ts'
import { type Answers, memory } from '../support/memory.ts'

const API = 'https://api.shop.example'
const OTHER = 'https://other.example'

/** A visitor over an API in memory. */
function visit(options: Omit<VisitorOptions, 'session'>, answers?: Answers, headers: Record<string, string> = {}) {
  const api = memory(answers)
  const request = { headers: { host: 'www.shop.example', cookie: 'sid=s1; theme=dark', ...headers } }
  const session = createSession({ baseURL: API, fetch: api.fetch })
  return { api, session, visitor: sessionForRequest(request, { session, ...options }) }
}
const cookiesSent = (api: ReturnType<typeof memory>) => api.sent.map(({ headers }) => headers.get('cookie'))
const to = (location: string, cookies: readonly string[] = []) => ({ status: 302, headers: { location }, cookies })

describe('sessionForRequest() refuses with a TypeError that says what to do', () => {
  const request = { headers: {} }
  const session = createSession({ baseURL: API })
  test.each<[string, unknown, unknown, RegExp]>([
    ['no request', undefined, { session }, /^sessionForRequest: give the incoming request/],
    ['a request without headers', {}, { session }, /^sessionForRequest: give the incoming request/],
    ['no options', request, undefined, /^sessionForRequest: give \{ session \}/],
    ['no baseURL', request, {}, /^baseURL: give an absolute one/],
    ['a session without baseURL', request, { session: createSession() }, /^baseURL: give an absolute one/],
    ['a relative baseURL', request, { baseURL: '/api' }, /^baseURL: give an absolute/],
    ['what is no session', request, { session: {} }, /^session: give what createSession has made/],
    ['a jar', request, { session, jar: { cookies: [] } }, /^jar: it would be made for each visitor/],
    ['no jar', request, { session, jar: false }, /^jar: /],
    ['a pool', request, { baseURL: API, pool: true }, /^pool: /],
    ['a proxy', request, { baseURL: API, proxy: 'http://127.0.0.1:1' }, /^proxy: /],
    ['tls', request, { baseURL: API, tls: {} }, /^tls: /],
    ['a socketPath', request, { baseURL: API, socketPath: '/run/x' }, /^socketPath: /],
    ['trustEnv', request, { baseURL: API, trustEnv: true }, /^trustEnv: /],
    ['a wildcard', request, { session, forward: '*' }, /^forward: .* no wildcard/],
    ['true', request, { session, forward: true }, /^forward: .* no wildcard/],
    ['a wildcard among names', request, { session, forward: ['*'] }, /^forward: there is no wildcard/],
    ['a wildcard for headers', request, { session, forward: { headers: '*' } }, /^forward: headers must be a list/],
    ['a wildcard among headers', request, { session, forward: { headers: ['x-*'] } }, /^forward: there is no wildcard/],
    ...['a=b', 'a;', ' a', 'a\n', '\ud800', ''].map((name): [string, unknown, unknown, RegExp] => [
      `the name ${JSON.stringify(name)}`,
      request,
      { session, forward: [name] },
      /^forward: a name of a cookie/,
    ]),
    ['a header that is none', request, { session, forward: { headers: [':path'] } }, /^forward: a name of a header/],
    ['an unknown key', request, { session, forward: { cookie: ['sid'] } }, /^forward: 'cookie' is unknown/],
    [
      'sensitiveHeaders that are no list',
      { headers: { 'x-a': '1' } },
      { session, forward: { headers: ['x-a'] }, sensitiveHeaders: 'x-b' },
      /^sensitiveHeaders: /,
    ],
    ['a domain that is none', request, { session, domain: 'shop.example; Secure' }, /^domain: /],
  ])('%s', (_, given, options, message) => {
    const make = () => sessionForRequest(given as never, options as never)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })

  test.each([
    ...['Cookie', 'host', 'Content-Length', 'transfer-encoding', 'connection', 'keep-alive', 'te', 'trailer', 'upgrade'],
    ...['proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ])('a forwarded %s', (name) => {
    expect(() => sessionForRequest(request, { session, forward: { headers: [name] } })).toThrow(/^forward: /)
  })
})

describe('what a visitor brings', () => {
  test('stays here unless it is named', async () => {
    const { api, visitor } = visit({}, undefined, { authorization: 'Bearer v' })
    await visitor.get('/cart')
    expect([api.last.headers.get('cookie'), api.last.headers.get('authorization')]).toEqual([null, null])
  })

  test.each<[string, { headers: object; url?: string }]>([
    ['a WHATWG Request', new Request('https://www.shop.example/', { headers: { cookie: 'a=0; sid=s1', 'x-tenant': 't1' } })],
    ['an IncomingMessage', { headers: { cookie: 'a=0; sid=s1', 'x-tenant': 't1' } }],
    ['names in another case', { headers: { Cookie: 'a=0; sid=s1', 'X-Tenant': 't1' } }],
    [
      'pairs',
      {
        headers: [
          ['Cookie', 'a=0'],
          ['cookie', 'sid=s1'],
          ['X-Tenant', 't1'],
        ],
      },
    ],
    ['a Map', { headers: new Map(Object.entries({ cookie: 'a=0; sid=s1', 'x-tenant': 't1' })) }],
    ['lists', { headers: { cookie: ['a=0', 'sid=s1'], 'x-tenant': ['t1'] } }],
  ])('is read of %s', async (_, request) => {
    const api = memory()
    const forward = { cookies: ['sid'], headers: ['X-Tenant'] }
    await sessionForRequest(request as never, { baseURL: API, fetch: api.fetch, forward }).get('/cart')
    expect([api.last.headers.get('cookie'), api.last.headers.get('x-tenant')]).toEqual(['sid=s1', 't1'])
  })

  test.each([
    ['of two of one name the first', 'sid=s1; sid=s2', 'sid=s1'],
    ['quotes and = in a value', 'sid="a=b"', 'sid="a=b"'],
    ['bytes above ASCII', 'sid=\xc3\xa9', 'sid=\xc3\xa9'],
    ['a letter that ends with byte A0', 'sid=\xc3\xa0', 'sid=\xc3\xa0'],
    ['an empty value', 'sid=', 'sid='],
    ['names by their case', 'SID=s1', null],
    ['nothing of what no header can carry', 'sid=\u20ac; sid=s2', null],
    ['nothing of a control character', 'sid=a\x01b', null],
    ['nothing without a name', 'sid', null],
    ['whatever stands around it', ' ;; =x;sid=s1 ; ', 'sid=s1'],
  ])('has its cookies sent: %s', async (_, cookie, expected) => {
    const { api, visitor } = visit({ forward: ['sid'] }, undefined, { cookie })
    await visitor.get('/cart')
    expect(api.last.headers.get('cookie')).toBe(expected)
  })

  test.each([
    ['UTF-8', 'Größe', 'Gr\xc3\xb6\xc3\x9fe'],
    ['UTF-8 beyond latin-1', '大小', '\xe5\xa4\xa7\xe5\xb0\x8f'],
    ['latin-1', 'Größe', 'Gr\xf6\xdfe'],
  ])('goes by a name in %s, until the API sets that name', async (_, name, bytes) => {
    const answers: Answers = (_sent, number) => ({ cookies: number === 1 ? [`${bytes}=new; Path=/`] : [] })
    const { api, visitor } = visit({ forward: [name] }, answers, { cookie: `${bytes}=s1; x=1` })
    await visitor.get('/')
    await visitor.get('/')
    expect(cookiesSent(api)).toEqual([`${bytes}=s1`, `${bytes}=new`])
  })

  test('goes over what the session has, and under what a call says', async () => {
    const { api, visitor } = visit({ forward: { cookies: ['sid'], headers: ['accept-language', 'user-agent'] } }, undefined, {
      'accept-language': 'de',
      'user-agent': 'browser',
    })
    await visitor.get('/', { cookies: { sid: 'call' } })
    await visitor.get('/', { cookies: { sid: null }, headers: { 'accept-language': 'fr', 'user-agent': null } })
    await visitor.get('/', { headers: { cookie: 'sid=header; x=1' } })
    expect(cookiesSent(api)).toEqual(['sid=call', null, 'sid=header; x=1'])
    expect(api.sent.map(({ headers }) => headers.get('accept-language'))).toEqual(['de', 'fr', 'de'])
    expect(api.sent.map(({ headers }) => headers.get('user-agent'))).toEqual(['browser', null, 'browser'])
  })

  const EVERYTHING = { cookies: ['sid'], headers: ['authorization', 'x-tenant'] }
  const brought = { authorization: 'Bearer v', 'x-tenant': 't1' }
  const has = ({ headers }: { headers: Headers }) => ['cookie', 'authorization', 'x-tenant'].map((name) => headers.get(name))
  const ALL = ['sid=s1', 'Bearer v', 't1']
  const NONE = [null, null, null]

  test.each([`${OTHER}/`, 'http://api.shop.example/', `${API}:8443/`, 'https://shop.example/', 'https://sub.api.shop.example/'])(
    'does not go to %s, neither by a redirect nor by an absolute URL',
    async (url) => {
      const { api, visitor } = visit({ forward: EVERYTHING }, (sent) => (sent.url === `${API}/go` ? to(url) : {}), brought)
      await visitor.fetch('/go')
      await visitor.fetch(url)
      expect(api.sent.map(has)).toEqual([ALL, NONE, NONE])
    },
  )

  test.each(['interceptors', 'hopInterceptors'] as const)(
    "does not go where %s of the call move the request, nor does the session's",
    async (kind) => {
      const api = memory()
      const session = createSession({ baseURL: API, fetch: api.fetch, headers: { 'x-own': 'o1' }, sensitiveHeaders: ['x-own'] })
      const headers = { cookie: 'sid=s1', ...brought }
      const visitor = sessionForRequest({ headers }, { session, forward: EVERYTHING })
      const move: Interceptor = (request, next) => next({ ...request, url: new URL(`${OTHER}/`) })
      await visitor.fetch('/', { [kind]: [move] })
      expect([...has(api.last), api.last.headers.get('x-own')]).toEqual([...NONE, null])
    },
  )

  test('does not come back on the way A, B, A, and is there in the next call', async () => {
    const { api, visitor } = visit(
      { forward: EVERYTHING },
      ({ url }) => (url === `${API}/go` ? to(`${OTHER}/`) : url === `${OTHER}/` ? to(`${API}/back`) : {}),
      brought,
    )
    await visitor.fetch('/go')
    await visitor.fetch('/next')
    expect(api.sent.map(has)).toEqual([ALL, NONE, NONE, ALL])
  })

  test('is there again when a call that left is tried again', async () => {
    const { api, visitor } = visit(
      { forward: EVERYTHING, retry: { limit: 1, delay: () => 0 } },
      ({ url }, number) => (url === `${API}/go` ? to(`${OTHER}/`) : { status: number < 3 ? 503 : 200 }),
      brought,
    )
    await visitor.fetch('/go')
    expect(api.sent.map(has)).toEqual([ALL, NONE, ALL, NONE])
  })

  test('is read by csrf, whichever of the cookies will be sent', async () => {
    const { api, visitor } = visit(
      { csrf: true, forward: ['XSRF-TOKEN'] },
      (_, number) => ({ cookies: number === 2 ? ['XSRF-TOKEN=jar; Path=/'] : [] }),
      { cookie: 'XSRF-TOKEN=visitor' },
    )
    await visitor.post('/')
    await visitor.post('/', { cookies: { 'XSRF-TOKEN': 'call' } })
    await visitor.post('/')
    expect(api.sent.map(({ headers }) => headers.get('x-xsrf-token'))).toEqual(['visitor', 'call', 'jar'])
    expect(cookiesSent(api)).toEqual(['XSRF-TOKEN=visitor', 'XSRF-TOKEN=call', 'XSRF-TOKEN=jar'])
  })
})

describe("once the API has set or ended a name, the visitor's own is sent no more", () => {
  test.each([
    ['set', 'sid=new; Path=/', 'sid=new'],
    ['set for a domain', 'sid=new; Path=/; Domain=shop.example', 'sid=new'],
    ['set under another path', 'sid=new; Path=/elsewhere', null],
    ['ended', 'sid=; Path=/; Max-Age=0', null],
    ['ended under a domain and path', 'sid=; Path=/x; Domain=shop.example; Expires=Thu, 01 Jan 1970 00:00:00 GMT', null],
    ['refused by the jar', 'sid=new; Path=/; Domain=other.example', 'sid=s1'],
  ])('%s', async (_, line, expected) => {
    const { api, visitor } = visit({ forward: ['sid'] }, (_sent, number) => ({ cookies: number === 1 ? [line] : [] }))
    await visitor.get('/cart')
    await visitor.get('/cart')
    expect(cookiesSent(api)).toEqual(['sid=s1', expected])
  })

  test('on the next hop of the same call', async () => {
    const { api, visitor } = visit({ forward: ['sid'] }, (_, number) => (number === 1 ? to('/in', ['sid=new; Path=/']) : {}))
    await visitor.get('/login')
    expect(cookiesSent(api)).toEqual(['sid=s1', 'sid=new'])
  })

  test('on the next hop of a call that was on its way', async () => {
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const { api, visitor } = visit({ forward: ['sid', 'theme'] }, async ({ url }) => {
      if (url === `${API}/slow`) await gate
      return url === `${API}/slow`
        ? to('/end')
        : url === `${API}/end`
          ? {}
          : { cookies: ['sid=n\xc3\xabw; Path=/', 'theme=; Max-Age=0'] }
    })
    const slow = visitor.get('/slow')
    await visitor.get('/rotate')
    open()
    await slow
    expect(cookiesSent(api)).toEqual(['sid=s1; theme=dark', 'sid=s1; theme=dark', 'sid=n\xc3\xabw'])
  })

  test('when the application has set it', async () => {
    const { api, visitor } = visit({ forward: ['sid'] })
    await visitor.cookies.set('sid', 'ours')
    await visitor.get('/')
    expect(cookiesSent(api)).toEqual(['sid=ours'])
  })
})

describe('setCookieHeaders()', () => {
  test('gives what the API has set on all hops, deletions too, each as a string of its own', async () => {
    const { visitor } = visit({}, (_, number) =>
      number === 1
        ? to('/in', ['a=1', 'sid=new; HttpOnly'])
        : { cookies: ['a=; Max-Age=0; Path=/', 'b=2; Expires=Thu, 01 Jan 2099 00:00:00 GMT'] },
    )
    await visitor.get('/login')
    expect(visitor.setCookieHeaders()).toEqual([
      'sid=new; HttpOnly; Path=/',
      'a=; Max-Age=0; Path=/',
      'b=2; Expires=Thu, 01 Jan 2099 00:00:00 GMT; Path=/',
    ])
  })

  test('leaves out what the jar refused, and what other origins have set', async () => {
    const rejected: string[] = []
    const { visitor } = visit({ onCookieRejected: ({ line }) => void rejected.push(line) }, ({ url }) =>
      url.startsWith(OTHER)
        ? { cookies: ['b=2', 'ok=1; Path=/'] }
        : to(`${OTHER}/`, ['bad=1; Domain=com', 'ok=1; Path=/', 'worse=1; Domain=other.example']),
    )
    await visitor.get('/go')
    expect(visitor.setCookieHeaders()).toEqual(['ok=1; Path=/'])
    expect(rejected).toEqual(['bad=1; Domain=com', 'worse=1; Domain=other.example'])
  })

  test('leaves out what a call without credentials was told', async () => {
    const { api, visitor } = visit({ forward: ['sid'] }, () => ({ cookies: ['a=1'] }))
    await visitor.fetch('/', { credentials: 'omit' })
    expect([cookiesSent(api), visitor.setCookieHeaders()]).toEqual([[null], []])
  })

  test('gives what a call that failed has set', async () => {
    const { visitor } = visit({ maxRedirects: 0 }, () => to('/again', ['a=1']))
    await expect(visitor.fetch('/')).rejects.toThrow(/redirects/)
    expect(visitor.setCookieHeaders()).toEqual(['a=1; Path=/'])
  })

  test.each([
    ['of the Host header', { headers: { host: 'WWW.shop.example:8080' } }, true],
    ["of HTTP/2's authority", { headers: { ':authority': 'www.shop.example' } }, true],
    ['of an absolute URL', new Request('https://www.shop.example/'), true],
    ['before that of the URL', new Request('https://www.shop.example/', { headers: { host: 'www.store.example' } }), false],
    ['elsewhere', { headers: { host: 'localhost:3000' } }, false],
    ['unknown', { headers: {} }, false],
    ['that is none', { headers: { host: 'a b' }, url: '/' }, false],
  ])('keeps a Domain by the host %s', async (_, request, isKept) => {
    const api = memory(() => ({ cookies: ['a=1; Domain=shop.example; Path=/'] }))
    const visitor = sessionForRequest(request as never, { baseURL: API, fetch: api.fetch })
    await visitor.get('/')
    expect(visitor.setCookieHeaders()).toEqual([isKept ? 'a=1; Domain=shop.example; Path=/' : 'a=1; Path=/'])
  })
})

describe('a visitor', () => {
  test('shares set-up and no jar, in either direction', async () => {
    const { api, session, visitor } = visit({ headers: { 'x-page': 'cart' } }, () => ({ cookies: ['a=1; Path=/'] }))
    await session.cookies.set('service', 'x')
    session.headers.set('x-client', 'web')
    await visitor.get('/')
    const another = sessionForRequest({ headers: {} }, { session })
    await another.get('/')
    expect(cookiesSent(api)).toEqual([null, null])
    expect(api.sent.map(({ headers }) => headers.get('x-page'))).toEqual(['cart', null])
    expect(another.headers.get('x-client')).toBe('web')
    expect((await session.cookies.getAll()).map(({ name }) => name)).toEqual(['service'])
  })

  test('hands back through applyTo()', async () => {
    const { visitor } = visit({}, () => ({ cookies: ['a=1', 'b=2'] }))
    await visitor.get('/')
    const response = new Response('page')
    expect(visitor.applyTo(response)).toBe(response)
    expect(visitor.applyTo(response).headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Path=/'])
  })

  test('leaves the options and the request as they are', async () => {
    const request = Object.freeze({ headers: Object.freeze({ cookie: 'sid=s1' }) })
    const options = Object.freeze({
      baseURL: API,
      fetch: memory().fetch,
      forward: Object.freeze(['sid']),
      interceptors: Object.freeze([]),
    })
    await sessionForRequest(request, options).get('/')
  })

  test('reads options by their own keys', () => {
    const options = Object.create({ jar: false, forward: true, domain: 1 }, { baseURL: { value: API, enumerable: true } })
    expect(() => sessionForRequest({ headers: {} }, options)).not.toThrow()
  })

  test('has its children pass on too', async () => {
    const { api, visitor } = visit({ forward: ['sid'] }, () => ({ cookies: ['a=1'] }))
    await visitor.extend({ headers: { 'x-a': '1' } }).get('/')
    expect([cookiesSent(api), visitor.setCookieHeaders()]).toEqual([['sid=s1'], ['a=1; Path=/']])
  })

  test('can have a base of a mounted scheme', async () => {
    const seen: (string | null)[] = []
    const session = createSession({
      baseURL: 'app://api',
      mounts: {
        'app://api': (request) => {
          seen.push(request.headers.get('cookie'))
          return new Response('')
        },
      },
    })
    const visitor = sessionForRequest({ headers: { cookie: 'sid=s1' } }, { session, forward: ['sid'] })
    await visitor.fetch('/')
    expect(seen).toEqual(['sid=s1'])
  })
})

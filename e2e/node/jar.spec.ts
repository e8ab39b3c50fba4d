/** The jar of a session in Node: change events, independence, and many calls at once. */
import { createServer, type Server } from 'node:http'
import { createSession } from 'sessionfetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen } from '../loopback.ts'

let server: Server
let origin: string

beforeAll(async () => {
  let serial = 0
  server = createServer((request, response) => {
    const cookie = request.headers.cookie ?? ''
    const number = ++serial
    response.writeHead(200, {
      'content-type': 'application/json',
      'set-cookie': [`n=${number}; Path=/`, `c${number % 50}=${number}; Path=/`],
    })
    response.end(JSON.stringify({ cookie, number }))
  })
  origin = await listen(server)
})
afterAll(() => void server.close())

describe('the jar', () => {
  test('10,000 parallel calls keep it consistent: no torn header, and the last Set-Cookie to arrive wins', async () => {
    const session = createSession({ baseURL: origin, pool: { connections: 20 } })
    const arrived: number[] = []
    session.use(async (request, next) => {
      const response = await next(request)
      arrived.push(Number(/n=(\d+)/.exec(response.headers.getSetCookie()[0] ?? '')?.[1]))
      return response
    })
    const replies: { cookie: string }[] = []
    let left = 10_000
    const lane = async () => {
      while (left-- > 0) replies.push(await session.get<{ cookie: string }>('/'))
    }
    await Promise.all(Array.from({ length: 100 }, lane))
    for (const { cookie } of replies) expect(cookie).toMatch(/^(|[nc]\d*=\d+(; c\d+=\d+)*)$/)
    expect(await session.cookies.getAll(origin)).toHaveLength(51)
    expect((await session.cookies.get('n'))?.value).toBe(String(arrived.at(-1)))
    await session.close()
  })

  test('extend shares it, fork has its own', async () => {
    const session = createSession({ baseURL: origin })
    await session.cookies.set('who', 'a')
    const child = session.extend()
    const fork = session.fork()
    await child.cookies.set('who', 'b')
    await fork.cookies.set('who', 'c')
    const values = await Promise.all([session, child, fork].map(async ({ cookies }) => (await cookies.get('who'))?.value))
    expect(values).toEqual(['b', 'b', 'c'])
  })

  test('a response, its replacement and an expiry are changes', async () => {
    const answers = [
      'a=1; Path=/',
      'a=2; Path=/; Max-Age=1',
      'a=; Path=/; Max-Age=0',
      'b=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    ]
    let call = 0
    const session = createSession({ fetch: async () => new Response('{}', { headers: { 'set-cookie': answers[call++] ?? '' } }) })
    const seen: string[] = []
    session.cookies.addEventListener('change', ({ changed, deleted }) => {
      seen.push(
        ...changed.map(({ name, value }) => `+${name}=${value}`),
        ...deleted.map(({ name, value }) => `-${name}=${value}`),
      )
    })
    for (const _ of answers) await session.get('https://h.example/')
    expect(seen).toEqual(['+a=1', '+a=2', '-a=2'])
  })

  const raw = ['login={"u":1,"r":["a","b c"]}', 'utf8=gr\u00c3\u00bcn', 'latin1=gr\u00fcn', 'nbsp=a\u00a0', 'token']
  test.each([
    ['the platform', {}],
    ['our own connections', { pool: true }],
  ])('a server gets its bytes back over %s, also after getAll and import', async (_, options) => {
    const echo = createServer((request, response) => {
      if (request.url === '/set')
        response.setHeader(
          'set-cookie',
          raw.map((line) => `${line}; Path=/`),
        )
      response.end(Buffer.from(request.headers.cookie ?? '', 'latin1').toString('hex'))
    })
    const baseURL = await listen(echo)
    const sent = Buffer.from(raw.join('; '), 'latin1').toString('hex')
    const one = createSession({ baseURL, ...options })
    await one.fetch('/set')
    expect(await (await one.fetch('/')).text()).toBe(sent)
    const two = createSession({ baseURL, ...options })
    expect(await two.cookies.import(await one.cookies.getAll())).toEqual([])
    expect(await (await two.fetch('/')).text()).toBe(sent)
    const three = createSession({ baseURL, ...options })
    const named = await three.fetch('/', { cookies: { 'user[name]': 'a b', größe: 'é' } })
    expect(Buffer.from(await named.text(), 'hex').toString()).toBe('user[name]=a b; größe=é')
    await Promise.all([one, two, three].map((session) => session.close()))
    echo.close()
  })

  test('Expires is measured from the Date of an answer whose clock is far off', async () => {
    const fetch = async () =>
      new Response('{}', {
        headers: { date: 'Thu, 01 Jan 1970 00:00:00 GMT', 'set-cookie': 'a=1; Path=/; Expires=Thu, 01 Jan 1970 00:10:00 GMT' },
      })
    const session = createSession({ fetch })
    await session.get('https://h.example/')
    const left = ((await session.cookies.get('a'))?.expires ?? 0) - Date.now()
    expect(left).toBeGreaterThan(500_000)
    expect(left).toBeLessThanOrEqual(600_000)
  })

  test('a refused cookie is reported, and does not fail the call', async () => {
    const rejected: object[] = []
    const line = 'a=1; Domain=other.example'
    const session = createSession({
      fetch: async () => new Response('{}', { headers: { 'set-cookie': line } }),
      onCookieRejected: (cookie) => rejected.push(cookie),
    })
    await session.get('https://h.example/x?q=1')
    expect(rejected).toEqual([{ line, url: 'https://h.example/x?q=1', reason: 'the host is not in its Domain' }])
  })
})

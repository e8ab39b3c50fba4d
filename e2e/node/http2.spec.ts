/** HTTP/2 over a session's own connections, against Node's server: what goes out, what comes in, and on how many connections. */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer as createHTTPServer } from 'node:http'
import http2, { type ClientHttp2Session, connect as connectHTTP2, constants, type ServerHttp2Session } from 'node:http2'
import { createServer as createHTTPSServer } from 'node:https'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { inspect, promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as zlib from 'node:zlib'
import { createSession, pool } from 'sessionfetch'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Answer, serve } from '../http2-servers.ts'
import { overHTTP2 } from '../http2-sessions.ts'
import { listen, portOf } from '../loopback.ts'

const { certificates, open } = overHTTP2()
const others: { close(): unknown }[] = []

afterEach(() => {
  for (const server of others.splice(0)) server.close()
})

async function started(
  server: ReturnType<typeof createServer | typeof createHTTPServer | typeof createHTTPSServer>,
): Promise<number> {
  others.push(server)
  await listen(server)
  return portOf(server)
}

/** Answers with what has come: the headers, and the length of the body. */
const echo: Answer = (stream, headers) => {
  let length = 0
  stream.on('data', (chunk: Buffer) => {
    length += chunk.length
  })
  stream.on('end', () => {
    stream.respond({ ':status': 200, 'content-type': 'application/json' })
    stream.end(JSON.stringify({ headers, length }))
  })
}

interface Echo {
  readonly headers: Record<string, string>
  readonly length: number
}

describe('connections', () => {
  test('100 calls at a time share one, with cookies and redirects', async () => {
    const { origin, sessions } = await serve(certificates, (stream, headers) => {
      if (headers[':path'] === '/set') {
        stream.respond({ ':status': 302, location: '/echo', 'set-cookie': ['a=1; Path=/', 'b=2; Path=/'] })
        return void stream.end()
      }
      setTimeout(() => {
        stream.respond({ ':status': 200, 'content-type': 'application/json' })
        stream.end(JSON.stringify({ cookie: headers.cookie, path: headers[':path'] }))
      }, 20)
    })
    await using session = open(origin)
    expect(await session.get('/set')).toEqual({ cookie: 'a=1; b=2', path: '/echo' })
    const all = await Promise.all(Array.from({ length: 100 }, (_, number) => session.get<{ path: string }>(`/${number}`)))
    expect(all.map(({ path }) => path)).toEqual(Array.from({ length: 100 }, (_, number) => `/${number}`))
    expect(sessions.length).toBe(1)
  })

  test('more calls than the server takes at a time wait, first come first served', async () => {
    let now = 0
    let most = 0
    const served: string[] = []
    const { origin, sessions } = await serve(
      certificates,
      (stream, headers) => {
        served.push(headers[':path'] as string)
        most = Math.max(most, ++now)
        setTimeout(() => {
          now--
          stream.respond({ ':status': 200 })
          stream.end('x')
        }, 2)
      },
      { settings: { maxConcurrentStreams: 3 } },
    )
    await using session = open(origin)
    const paths = Array.from({ length: 40 }, (_, number) => `/${number}`)
    await Promise.all(paths.map((path) => session.get(path)))
    expect(served).toEqual(paths)
    expect([most, sessions.length]).toEqual([3, 1])
  })

  test('`connections: 2` opens a second one when the first is full', async () => {
    const settings = { maxConcurrentStreams: 3 }
    const { origin, sessions } = await serve(
      certificates,
      (stream) => {
        stream.respond({ ':status': 200 })
        setTimeout(() => stream.end('x'), 20)
      },
      { settings },
    )
    await using session = open(origin, { pool: { http2: true, connections: 2 } })
    await Promise.all(Array.from({ length: 20 }, () => session.get('/')))
    expect(sessions.length).toBe(2)
  })

  test('calls that ended while they waited open no connection, each time that an idle one is closed', async () => {
    const { origin, sessions } = await serve(certificates, () => undefined, { settings: { maxConcurrentStreams: 0 } })
    await using session = open(origin, { pool: { http2: true, keepAlive: 40 } })
    const calls = Array.from({ length: 20 }, () => session.get('/', { timeout: 200 }))
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.every((outcome) => outcome.status === 'rejected' && /timeout\.attempt/.test(outcome.reason.message))).toBe(
      true,
    )
    await expect.poll(() => sessions.every(({ destroyed }) => destroyed)).toBe(true)
    const opened = sessions.length
    await sleep(400)
    expect(sessions.length).toBe(opened)
  })

  test('an idle one is closed after `keepAlive`, and a call opens another', async () => {
    const { origin, sessions } = await serve(certificates, echo)
    await using session = open(origin, { pool: { http2: true, keepAlive: 40 } })
    await session.get('/')
    await sleep(20)
    await session.get('/')
    expect(sessions.length).toBe(1)
    await expect.poll(() => sessions[0]?.destroyed).toBe(true)
    await session.get('/')
    expect(sessions.length).toBe(2)
  })

  test('a server without HTTP/2 is spoken to over HTTP/1.1, on the socket that has asked it', async () => {
    let opened = 0
    const server = createHTTPSServer({ cert: certificates.pem('server.pem'), key: certificates.pem('server.key') })
    server.on('secureConnection', () => opened++)
    server.on('request', (request, response) => response.end(`HTTP/${request.httpVersion}`))
    const port = await started(server)
    await using session = open(`https://localhost:${port}`)
    expect(await session.get('/')).toBe('HTTP/1.1')
    expect(await session.get('/')).toBe('HTTP/1.1')
    expect(opened).toBe(1)
    expect(await Promise.all(['/', '/', '/'].map((path) => session.get(path)))).toEqual(Array(3).fill('HTTP/1.1'))
    expect(opened).toBe(3)
  })

  test('a server that takes up HTTP/2 later is spoken to over it when its connections have ended', async () => {
    let offers = ['http/1.1']
    const { origin, server } = await serve(certificates, echo, {
      allowHTTP1: true,
      ALPNCallback: ({ protocols }: { protocols: string[] }) => protocols.find((one) => offers.includes(one)),
    } as never)
    server.on('request', (request, response) => {
      if (request.httpVersion === '1.1') response.writeHead(200, { connection: 'close' }).end('HTTP/1.1')
    })
    await using session = open(origin)
    expect(await session.get('/')).toBe('HTTP/1.1')
    offers = ['h2']
    await sleep(20)
    expect(await session.get('/')).toMatchObject({ length: 0 })
  })

  test.each(['RST_STREAM', 'GOAWAY'])('a server that asks for HTTP/1.1 by %s gets it', async (by) => {
    const { origin, server } = await serve(
      certificates,
      (stream) => {
        if (by === 'GOAWAY') stream.session?.goaway(constants.NGHTTP2_HTTP_1_1_REQUIRED, 0)
        else stream.close(constants.NGHTTP2_HTTP_1_1_REQUIRED)
      },
      { allowHTTP1: true },
    )
    server.on('request', (request, response) => {
      if (request.httpVersion === '1.1') response.end('HTTP/1.1')
    })
    await using session = open(origin)
    expect(await session.post('/', { body: 'x' })).toBe('HTTP/1.1')
    expect(await session.get('/')).toBe('HTTP/1.1')
  })

  test('http: goes over HTTP/1.1', async () => {
    const port = await started(createHTTPServer((request, response) => response.end(`HTTP/${request.httpVersion}`)))
    await using session = open(`http://localhost:${port}`)
    expect(await session.get('/')).toBe('HTTP/1.1')
  })

  test('one that cannot be opened is one error for all calls, in words', async () => {
    const server = createServer()
    const port = await started(server)
    await new Promise((resolve) => server.close(resolve))
    await using session = open(`https://localhost:${port}`)
    const errors = await Promise.all([1, 2].map(() => session.get('/').catch((error: unknown) => error)))
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'ECONNREFUSED', message: expect.stringContaining('connection refused') })
    }
  })

  test('tls: an authority that is not trusted, a client certificate', async () => {
    const { origin } = await serve(
      certificates,
      (stream) => {
        const { authorized } = (stream.session as ServerHttp2Session).socket as TLSSocket
        stream.respond({ ':status': 200 })
        stream.end(authorized ? 'known' : 'unknown')
      },
      { ca: certificates.pem('ca.pem'), requestCert: true, rejectUnauthorized: false },
    )
    await using untrusting = open(origin, { tls: {} })
    await expect(untrusting.get('/')).rejects.toMatchObject({ message: expect.stringContaining('trust its root with tls.ca') })
    await using anyone = open(origin, { tls: { rejectUnauthorized: false } })
    expect(await anyone.get('/')).toBe('unknown')
    const [ca, cert, key] = ['ca.pem', 'client.pem', 'client.key'].map((file) => certificates.pem(file))
    await using somebody = open(origin, { tls: { ca: ca as string, cert: cert as string, key: key as string } })
    expect(await somebody.get('/')).toBe('known')
  })

  test('a mounted pool', async () => {
    const { origin } = await serve(certificates, echo)
    const own = pool({ http2: true, tls: { ca: certificates.pem('ca.pem') } })
    await using session = createSession().mount(origin, own)
    expect(await session.get(origin)).toMatchObject({ headers: { ':scheme': 'https' } })
    await own.close()
  })
})

/** A proxy for CONNECT that counts tunnels, and asks for credentials where there are some. */
async function serveProxy(credentials?: string): Promise<{ port: number; tunnels: () => number }> {
  let tunnels = 0
  const server = createHTTPServer((request, response) => response.end(`via ${request.url}`))
  server.on('connect', (request, socket: Socket) => {
    socket.on('error', () => undefined)
    if (credentials !== undefined && request.headers['proxy-authorization'] !== credentials) {
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 5\r\n\r\nnever')
    }
    tunnels++
    const [host = '', port = ''] = (request.url ?? '').split(':')
    const target = connect(Number(port), host, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    target.on('error', () => socket.destroy()).on('close', () => socket.destroy())
    socket.pipe(target).pipe(socket)
  })
  return { port: await started(server), tunnels: () => tunnels }
}

describe('through a proxy', () => {
  const BASIC = `Basic ${Buffer.from('ada:s3cret').toString('base64')}`

  test('https is a tunnel with HTTP/2 in it, one for all calls; http is not', async () => {
    const { origin, sessions } = await serve(certificates, echo)
    const { port, tunnels } = await serveProxy(BASIC)
    await using session = open(origin, { proxy: `http://ada:s3cret@127.0.0.1:${port}` })
    const all = await Promise.all([1, 2, 3].map(() => session.get<Echo>('/')))
    for (const { headers } of all) expect(headers).not.toHaveProperty('proxy-authorization')
    expect([tunnels(), sessions.length]).toEqual([1, 1])
    expect(await session.get('http://plain.example/')).toBe('via http://plain.example/')
  })

  test('a server without HTTP/2 gets HTTP/1.1 in the tunnel', async () => {
    const server = createHTTPSServer({ cert: certificates.pem('server.pem'), key: certificates.pem('server.key') })
    server.on('request', (request, response) => response.end(`HTTP/${request.httpVersion}`))
    const target = await started(server)
    const { port, tunnels } = await serveProxy()
    await using session = open(`https://localhost:${target}`, { proxy: `http://127.0.0.1:${port}` })
    expect([await session.get('/'), await session.get('/'), tunnels()]).toEqual(['HTTP/1.1', 'HTTP/1.1', 1])
  })

  test('a refusal is an error that names the proxy and no password', async () => {
    const { origin } = await serve(certificates, echo)
    const { port } = await serveProxy(BASIC)
    await using session = open(origin, { proxy: `http://ada:wr0ng@127.0.0.1:${port}` })
    const error = await session.get('/').catch((thrown: Error) => thrown)
    expect((error as Error).message).toContain(
      `the proxy answered 407: look at the user name and password in proxy (through the proxy http://127.0.0.1:${port})`,
    )
    expect(String((error as Error).stack)).not.toContain('wr0ng')
  })

  test('one that drops CONNECT ends the call with one error', async () => {
    let opened = 0
    const port = await started(
      createServer((socket) => {
        opened++
        socket.on('error', () => undefined).destroy()
      }),
    )
    await using session = open('https://shop.example', { proxy: `http://127.0.0.1:${port}` })
    await expect(session.get('/')).rejects.toMatchObject({ code: expect.any(String) })
    await sleep(20)
    expect(opened).toBe(1)
  })
})

describe('a request', () => {
  test('has the pseudo headers of its URL, and none that speak of the connection', async () => {
    const { origin } = await serve(certificates, echo)
    await using session = open(origin)
    const headers = {
      connection: 'close',
      'keep-alive': 'x',
      'proxy-connection': 'x',
      te: 'gzip',
      'X-Upper': 'Ünï',
      upgrade: 'x',
    }
    const { headers: sent } = await session.get<Echo>('/a/b', { query: { q: 'ä b' }, headers, cookies: { a: '1', b: '2' } })
    expect(sent).toMatchObject({
      ':method': 'GET',
      ':scheme': 'https',
      ':authority': new URL(origin).host,
      ':path': '/a/b?q=%C3%A4+b',
      cookie: 'a=1; b=2',
      'x-upper': 'Ünï',
      accept: expect.any(String),
      'accept-encoding': expect.stringContaining('gzip'),
    })
    for (const name of [
      'connection',
      'host',
      'keep-alive',
      'proxy-connection',
      'te',
      'upgrade',
      'transfer-encoding',
      'content-length',
    ]) {
      expect(sent).not.toHaveProperty(name)
    }
    const { headers: named } = await session.get<Echo>('/', { headers: { host: 'shop.example', te: 'trailers' } })
    expect(named).toMatchObject({ ':authority': 'shop.example', te: 'trailers' })
  })

  const BYTES = 10_000_000
  const streamed = (size: number, count: number) => {
    let left = count
    return new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(new Uint8Array(size))
        else controller.close()
      },
    })
  }

  test.each<[string, () => RequestInit['body'], number, string | undefined, string | undefined]>([
    ['text', () => 'ä'.repeat(10), 20, '20', 'text/plain;charset=UTF-8'],
    ['an empty text', () => '', 0, '0', 'text/plain;charset=UTF-8'],
    ['nothing', () => null, 0, '0', undefined],
    ['bytes', () => new Uint8Array(BYTES), BYTES, String(BYTES), undefined],
    ['a Blob', () => new Blob(['x'.repeat(BYTES)], { type: 'text/css' }), BYTES, String(BYTES), 'text/css'],
    ['an empty Blob', () => new Blob([]), 0, '0', undefined],
    ['a stream', () => streamed(100_000, 100), BYTES, undefined, undefined],
    ['an empty stream', () => streamed(1, 0), 0, undefined, undefined],
    ['a form', () => new URLSearchParams({ a: '1' }), 3, '3', 'application/x-www-form-urlencoded;charset=UTF-8'],
  ])('uploads %s', async (_, makeBody, length, said, type) => {
    const { origin } = await serve(certificates, echo)
    await using session = open(origin)
    const response = await session.fetch('/', { method: 'POST', body: makeBody(), duplex: 'half' } as RequestInit)
    const { headers, length: seen } = (await response.json()) as Echo
    expect([seen, headers['content-length'], headers['content-type']]).toEqual([length, said, type])
  })

  test('uploads FormData with a file', async () => {
    const { origin } = await serve(certificates, echo)
    await using session = open(origin)
    const body = new FormData()
    body.set('a', '1')
    body.set('file', new Blob(['x'.repeat(1_000_000)]), 'x.bin')
    const { headers, length } = await session.post<Echo>('/', { body })
    expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(headers['content-length']).toBe(String(length))
    expect(length).toBeGreaterThan(1_000_000)
  })

  test('reads a stream only as fast as the server takes it', async () => {
    let read = 0
    const { origin } = await serve(certificates, (stream) => {
      stream.pause()
      setTimeout(() => {
        stream.respond({ ':status': 200 })
        stream.end(String(read))
      }, 100)
    })
    await using session = open(origin)
    const body = new ReadableStream({
      pull(controller) {
        read += 10_000
        controller.enqueue(new Uint8Array(10_000))
      },
    })
    expect(Number(await session.post('/', { body }))).toBeLessThan(1_000_000)
  })

  test('whose answer comes before the end of its upload is answered, and its stream let go of', async () => {
    const { origin, sessions } = await serve(certificates, (stream) => {
      stream.respond({ ':status': 413 })
      stream.end('too much')
    })
    await using session = open(origin)
    let isCancelled = false
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => {
        isCancelled = true
      },
    })
    const response = await session.fetch('/', { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect([response.status, await response.text()]).toEqual([413, 'too much'])
    await expect.poll(() => isCancelled).toBe(true)
    expect((await session.fetch('/')).status).toBe(413)
    expect(sessions.length).toBe(1)
  })

  test('whose body fails on the way fails with it, and the connection stays', async () => {
    const { origin, sessions } = await serve(certificates, echo)
    await using session = open(origin)
    const mine = new Error('mine')
    const body = new ReadableStream({
      pull(controller) {
        controller.error(mine)
      },
    })
    const error = await session.post('/', { body }).catch((thrown: Error) => thrown)
    const causes = []
    for (let at = error as Error | undefined; at; at = at.cause as Error | undefined) causes.push(at)
    expect(causes).toContain(mine)
    await session.get('/')
    expect(sessions.length).toBe(1)
  })

  test.each([
    ['a text', () => 'five!'],
    ['a longer stream', () => new Blob(['five!']).stream()],
    ['a shorter stream', () => new Blob(['no']).stream()],
  ])('whose Content-Length is not that of %s fails', async (_, makeBody) => {
    const { origin } = await serve(certificates, echo)
    await using session = open(origin)
    await expect(session.post('/', { body: makeBody(), headers: { 'content-length': '4' } })).rejects.toMatchObject({
      code: 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
    })
  })

  test.each([
    [
      'than the server takes',
      1000,
      2000,
      /^GET https:\S+: the request has 2\d{3} bytes of headers, and at most 1000 can be sent/,
    ],
    [
      'than Node sends to one that says nothing',
      undefined,
      100_000,
      /the request has 100\d{3} bytes .* at most 65536 can be sent/,
    ],
    ['than any server takes', 1 << 24, 2_000_000, /the request has 2000\d{3} bytes .* at most 1048576 can be sent/],
  ])('with more headers %s fails, says so, and the session goes on', async (_, maxHeaderListSize, length, message) => {
    const { origin, sessions } = await serve(certificates, echo, { settings: maxHeaderListSize ? { maxHeaderListSize } : {} })
    let retries = 0
    await using session = open(origin, { retry: { limit: 3, delay: 1 }, onRetry: () => retries++ })
    await session.get('/')
    const error = await session.get('/', { headers: { 'x-long': 's3cret'.padEnd(length, 'v') } }).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ message: expect.stringMatching(message), code: 'ERR_HTTP2_REQUEST_HEADERS' })
    expect(inspect(error)).not.toContain('s3cret')
    expect(await session.get('/')).toMatchObject({ length: 0 })
    expect([sessions.length, retries]).toEqual([1, 0])
  })

  test('may have more headers than Node sends by itself, to a server that takes them', async () => {
    const { origin } = await serve(certificates, echo, { settings: { maxHeaderListSize: 1 << 17 } })
    await using session = open(origin)
    const { headers } = await session.get<Echo>('/', { headers: { 'x-long': 'v'.repeat(70_000) } })
    expect(headers['x-long']?.length).toBe(70_000)
  })

  test('that is reset with ENHANCE_YOUR_CALM is said to have too many headers, if it has many', async () => {
    const { origin } = await serve(certificates, (stream) => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM))
    await using session = open(origin)
    const many = session.get('/', { headers: { 'x-long': 'v'.repeat(10_000) } })
    await expect(many).rejects.toThrow(/the request has 10\d{3} bytes of headers, and the server refused it: send fewer/)
    await expect(session.get('/')).rejects.toThrow('the server broke the answer off, ENHANCE_YOUR_CALM')
  })

  test('goes over a new connection when the numbers of streams have run out', async () => {
    const { origin, sessions } = await serve(certificates, echo)
    const made: ClientHttp2Session[] = []
    const spy = vi.spyOn(http2, 'connect').mockImplementation(((...args: Parameters<typeof http2.connect>) => {
      made.push(connectHTTP2(...args))
      return made.at(-1)
    }) as typeof http2.connect)
    await using session = open(origin)
    await session.get('/')
    spy.mockRestore()
    // @types/node does not know it.
    ;(made[0] as unknown as { setNextStreamID(id: number): void }).setNextStreamID(2 ** 31 - 5)
    for (let times = 0; times < 4; times++) expect(await session.get('/')).toMatchObject({ length: 0 })
    expect(sessions.length).toBe(2)
  })
})

describe('a response', () => {
  test('and a request may have a header named __proto__', async () => {
    const { origin } = await serve(certificates, (stream, { ['__proto__']: sent }) => {
      stream.respond(
        Object.fromEntries([
          [':status', 200],
          ['__proto__', String(sent)],
        ]),
      )
      stream.end()
    })
    await using session = open(origin)
    const headers = [['__proto__', 'mine']] as [string, string][]
    expect((await session.fetch('/', { headers })).headers.get('__proto__')).toBe('mine')
    expect((await session.raw('/', { headers })).headers.get('__proto__')).toBe('mine')
  })

  test('has no pseudo headers in the data door either', async () => {
    const { origin } = await serve(certificates, (stream) => stream.respond({ ':status': 404, 'x-a': '1' }, { endStream: true }))
    await using session = open(origin)
    const { response } = (await session.get('/').catch((error: unknown) => error)) as { response: Response }
    expect([response.headers.get('x-a'), response.headers.get(':status'), response.headers.has(':status')]).toEqual([
      '1',
      null,
      false,
    ])
    expect(inspect(response.headers)).toBe('Headers { x-a, date }')
  })

  test('has its headers: several Set-Cookie, doubled names, bytes above ASCII; no pseudo headers', async () => {
    const { origin } = await serve(certificates, (stream) => {
      stream.respond({ ':status': 200, 'set-cookie': ['a=1', 'b=2'], 'x-twice': ['1', '2'], 'x-latin': 'é' })
      stream.end()
    })
    await using session = open(origin)
    const response = await session.fetch('/')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('x-twice')).toBe('1, 2')
    expect(response.headers.get('x-latin')).toBe('é')
    expect([...response.headers.keys()].filter((name) => name.startsWith(':'))).toEqual([])
    expect([response.status, response.statusText, response.url]).toEqual([200, '', `${origin}/`])
    expect((await session.cookies.getAll()).map(({ name }) => name)).toEqual(['a', 'b'])
  })

  test('may have informational ones before it, and trailers after it', async () => {
    const { origin } = await serve(certificates, (stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a.css>; rel=preload' })
      stream.additionalHeaders({ ':status': 102 })
      stream.respond({ ':status': 201, 'x-mine': '1' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-trailer': '1' }))
      stream.end('body')
    })
    await using session = open(origin)
    const response = await session.fetch('/')
    expect([response.status, response.headers.get('x-mine'), response.headers.get('link'), await response.text()]).toEqual([
      201,
      '1',
      null,
      'body',
    ])
  })

  test.each([
    ['HEAD', 200, { 'content-length': '100' }],
    ['GET', 204, {}],
    ['GET', 304, { 'content-length': '100' }],
    ['GET', 200, {}],
    ['GET', 200, { 'content-length': '0' }],
  ])('to %s with %i and no body has none', async (method, status, headers) => {
    const { origin, sessions } = await serve(certificates, (stream) => {
      stream.respond({ ':status': status, ...headers }, { endStream: method === 'HEAD' || status > 200 })
      if (!stream.writableEnded) stream.end()
    })
    await using session = open(origin)
    for (let times = 0; times < 3; times++) {
      const response = await session.fetch('/', { method })
      expect([response.status, await response.text()]).toEqual([status, ''])
    }
    expect(sessions.length).toBe(1)
  })

  test.each([
    ['gzip', zlib.gzipSync],
    ['br', zlib.brotliCompressSync],
    ['deflate', zlib.deflateSync],
    ...('zstdCompressSync' in zlib ? [['zstd', zlib.zstdCompressSync] as [string, typeof zlib.gzipSync]] : []),
  ] as [string, typeof zlib.gzipSync][])('in %s is decoded', async (coding, encode) => {
    const { origin } = await serve(certificates, (stream) => {
      stream.respond({ ':status': 200, 'content-encoding': coding })
      stream.end(encode(Buffer.from('x'.repeat(100_000))))
    })
    await using session = open(origin)
    expect(await session.get('/')).toBe('x'.repeat(100_000))
  })

  test('of 10 MB comes whole, ten at a time; one that is not read holds the others up no more than its window', async () => {
    const { origin, sessions } = await serve(certificates, (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/octet-stream' })
      stream.end(Buffer.alloc(10_000_000, 1))
    })
    await using session = open(origin)
    const unread = await Promise.all(Array.from({ length: 20 }, () => session.fetch('/')))
    const all = await Promise.all(Array.from({ length: 10 }, () => session.get('/', { responseType: 'blob' })))
    expect(all.map(({ size }) => size)).toEqual(Array(10).fill(10_000_000))
    expect((await (unread[0] as Response).arrayBuffer()).byteLength).toBe(10_000_000)
    await Promise.all(unread.slice(1).map((response) => response.body?.cancel()))
    expect(sessions.length).toBe(1)
  })

  test('beyond maxBytes is cancelled, with RST_STREAM', async () => {
    let code: number | undefined
    const { origin } = await serve(certificates, (stream) => {
      stream.respond({ ':status': 200 })
      stream.on('close', () => {
        code = stream.rstCode
      })
      stream.end(Buffer.alloc(10_000_000))
    })
    await using session = open(origin, { maxBytes: 1000 })
    await expect(session.get('/')).rejects.toMatchObject({ cause: { name: 'BodyTooLargeError' } })
    await expect.poll(() => code).toBe(constants.NGHTTP2_CANCEL)
  })

  test('that has to be tried again is, and is redirected with its body', async () => {
    const { origin, sessions } = await serve(certificates, (stream, headers, nth) => {
      if (nth === 1) return stream.respond({ ':status': 503, 'retry-after': '0' }, { endStream: true })
      if (headers[':path'] === '/from') return stream.respond({ ':status': 307, location: '/to' }, { endStream: true })
      echo(stream, headers, nth)
    })
    await using session = open(origin, { retry: { limit: 2, delay: 1 } })
    expect(await session.put('/from', { body: 'four' })).toMatchObject({ length: 4, headers: { ':path': '/to' } })
    expect(sessions.length).toBe(1)
  })
})

describe('ending a call', () => {
  const STATES: [string, Answer][] = [
    ['before the headers', () => undefined],
    [
      'in mid-body',
      (stream) => {
        stream.respond({ ':status': 200 })
        stream.write('half')
      },
    ],
    [
      'in a large body that is not read',
      (stream) => {
        stream.respond({ ':status': 200 })
        stream.end(Buffer.alloc(5_000_000))
      },
    ],
  ]

  test.each(STATES)('by its signal %s resets its stream with CANCEL, and the connection stays', async (_, answer) => {
    const codes: (number | undefined)[] = []
    const { origin, sessions } = await serve(certificates, (stream, headers, nth) => {
      if (headers[':path'] === '/next') return echo(stream, headers, nth)
      stream.on('close', () => codes.push(stream.rstCode))
      answer(stream, headers, nth)
    })
    await using session = open(origin)
    await session.get('/next')
    for (let times = 0; times < 3; times++) {
      const controller = new AbortController()
      const call = session.fetch('/', { signal: controller.signal }).then(async (response) => {
        await sleep(20)
        controller.abort(new Error('enough'))
        return response.text()
      })
      setTimeout(() => controller.abort(new Error('enough')), 50)
      await expect(call).rejects.toThrow('enough')
    }
    expect(await session.get('/next')).toMatchObject({ length: 0 })
    await expect.poll(() => codes).toEqual([8, 8, 8])
    expect(sessions.length).toBe(1)
  })

  test('in mid-upload lets the stream go, and the connection stays', async () => {
    const { origin, sessions } = await serve(certificates, (stream, headers, nth) => {
      if (headers[':path'] === '/next') echo(stream, headers, nth)
    })
    await using session = open(origin)
    const controller = new AbortController()
    let isCancelled = false
    const body = new ReadableStream({
      pull: (one) => one.enqueue(new Uint8Array(10_000)),
      cancel: () => {
        isCancelled = true
      },
    })
    const call = session.post('/', { body, signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 30)
    await expect(call).rejects.toThrow('enough')
    expect(await session.get('/next')).toMatchObject({ length: 0 })
    expect([isCancelled, sessions.length]).toEqual([true, 1])
  })

  test('that waits for its turn, or for the connection, does not send it', async () => {
    const seen: string[] = []
    const { origin } = await serve(
      certificates,
      (stream, headers) => {
        seen.push(headers[':path'] as string)
        stream.respond({ ':status': 200 })
        setTimeout(() => stream.end('x'), 30)
      },
      { settings: { maxConcurrentStreams: 1 } },
    )
    await using session = open(origin)
    const controller = new AbortController()
    const first = session.get('/first')
    const second = session.get('/second', { signal: controller.signal })
    const third = session.get('/third')
    setTimeout(() => controller.abort(new Error('enough')), 5)
    await expect(second).rejects.toThrow('enough')
    expect(await Promise.all([first, third])).toEqual(['x', 'x'])
    const early = session.get('/early', { signal: AbortSignal.abort(new Error('at once')) })
    await expect(early).rejects.toThrow('at once')
    expect(seen).toEqual(['/first', '/third'])
  })

  test.each(['attempt', 'total', 'idle'] as const)('by timeout.%s says so', async (limit) => {
    const { origin, sessions } = await serve(certificates, (stream, headers, nth) => {
      if (headers[':path'] === '/next') return echo(stream, headers, nth)
      if (limit === 'attempt') return
      stream.respond({ ':status': 200 })
      stream.write('half')
    })
    await using session = open(origin)
    const call = session.get('/', { timeout: { [limit]: 50 } })
    await expect(call).rejects.toMatchObject({ cause: { name: 'TimeoutError', limit } })
    await session.get('/next')
    expect(sessions.length).toBe(1)
  })

  test('close() rejects calls on their way, waiting ones, bodies and later calls', async () => {
    const { origin, sessions } = await serve(
      certificates,
      (stream, headers) => {
        if (headers[':path'] === '/silent') return
        stream.respond({ ':status': 200 })
        stream.write('half')
      },
      { settings: { maxConcurrentStreams: 2 } },
    )
    const session = open(origin)
    const response = await session.fetch('/body')
    const body = response.text()
    const silent = session.get('/silent')
    const waiting = session.get('/waiting')
    await sleep(20)
    const all = Promise.allSettled([body, silent, waiting])
    await session.close()
    for (const one of await all) {
      expect(one).toMatchObject({ status: 'rejected' })
      const { reason } = one as PromiseRejectedResult
      expect([reason.name, reason.cause?.name]).toContain('SessionClosedError')
    }
    await expect(session.fetch('/')).rejects.toMatchObject({ name: 'SessionClosedError' })
    await expect.poll(() => sessions[0]?.destroyed).toBe(true)
  })

  test('close() while it opens rejects the call', async () => {
    const { origin } = await serve(certificates, echo)
    const session = open(origin)
    const call = session.fetch('/').catch((error: Error) => error)
    await session.close()
    expect(await call).toMatchObject({ name: 'SessionClosedError' })
  })
})

describe('what is left', () => {
  test('10,000 calls leave no listeners, streams or heap behind', async () => {
    const { origin, sessions } = await serve(certificates, (stream, _, nth) => {
      stream.respond({ ':status': 200 })
      if (nth % 10 === 0) stream.write('x')
      if (nth % 100 === 0) setTimeout(() => stream.end(), 10)
      else stream.end('x')
    })
    await using session = open(origin)
    // Vitest's workers have no gc(): V8 gives it when asked at run time.
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    const run = async (calls: number) => {
      for (let left = calls; left > 0; left -= 50) await Promise.all(Array.from({ length: 50 }, () => session.get('/')))
      gc()
      return process.memoryUsage().heapUsed
    }
    await run(2000)
    const before = await run(1000)
    const warnings: unknown[] = []
    const onWarning = (warning: unknown) => warnings.push(warning)
    process.on('warning', onWarning)
    const after = await run(10_000)
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
    expect(sessions.length).toBe(1)
    expect(after - before).toBeLessThan(10_000 * 100)
  })

  test('an idle process ends by itself, directly and through a proxy, without a close', async () => {
    const { origin } = await serve(certificates, echo)
    const { port } = await serveProxy()
    const file = join(certificates.folder, 'idle.mjs')
    const entry = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
    writeFileSync(
      file,
      `import { createSession } from ${JSON.stringify(entry)}
const options = { pool: { http2: true, keepAlive: 60000 }, tls: { rejectUnauthorized: false } }
for (const more of [{}, { proxy: 'http://127.0.0.1:${port}' }]) {
  const session = createSession({ ...options, ...more })
  console.log((await session.get('${origin}/')).length, (await session.post('${origin}/', { body: 'four' })).length)
}
`,
    )
    const started = performance.now()
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', file], { timeout: 20_000 })
    expect(stdout).toBe('0 4\n0 4\n')
    expect(performance.now() - started).toBeLessThan(15_000)
  })
})

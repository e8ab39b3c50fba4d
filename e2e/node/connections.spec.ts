/** A session's own connections: reuse, limits, TLS, Unix sockets, the environment, closing. */
import { execFile } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTLSServer } from 'node:https'
import { createServer as createRawServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { inspect, promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { BodyTooLargeError, createSession, type FetchError, pool, SessionClosedError } from 'sessionfetch'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Certificates, makeCertificates } from '../certificates.ts'
import { portOf } from '../loopback.ts'

let certificates: Certificates
const servers: Server[] = []

beforeAll(() => {
  certificates = makeCertificates()
})
afterAll(() => rmSync(certificates.folder, { recursive: true, force: true }))
afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  for (const server of servers.splice(0)) {
    ;(server as Server & { closeAllConnections?: () => void }).closeAllConnections?.()
    server.close()
  }
})

/** Listens on loopback, and counts connections. */
async function listen<S extends Server>(server: S, path?: string): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => (path ? server.listen(path, resolve) : server.listen(0, '127.0.0.1', resolve)))
  servers.push(server)
  return { port: path ? 0 : portOf(server), sockets }
}

const json: RequestListener = (request, response) => {
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ path: request.url, headers: request.headers }))
}

describe('connections are used again', () => {
  test('5 sequential calls need one connection', async () => {
    const { port, sockets } = await listen(createServer(json))
    const session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: true })
    for (let call = 0; call < 5; call++) await session.get('/x')
    expect(sockets.length).toBe(1)
    await session.close()
  })

  test.each([{}, { pool: true }])('with %j nothing of a polluted Object.prototype is sent', async (options) => {
    const seen: unknown[] = []
    const { port } = await listen(
      createServer((request, response) => {
        seen.push([request.method, request.url, Object.hasOwn(request.headers, 'evil')])
        json(request, response)
      }),
    )
    await using session = createSession({ baseURL: `http://127.0.0.1:${port}`, ...options })
    await session.get('/x')
    const evil = { query: { evil: 1 }, evil: 'evil', body: 'evil', credentials: 'omit', integrity: 'evil' }
    for (const [name, value] of Object.entries(evil)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: true, writable: true })
      try {
        await session.get('/x')
        await (await session.fetch('/x')).text()
      } finally {
        delete (Object.prototype as Record<string, unknown>)[name]
      }
    }
    expect(seen).toEqual(new Array(11).fill(['GET', '/x', false]))
  })

  test('5 redirects with bodies of 200 kB need no new one', async () => {
    const { port, sockets } = await listen(
      createServer((request, response) => {
        const left = Number(request.url?.slice(1) ?? 0)
        if (left === 0) return void response.end('{}')
        response.writeHead(302, { location: `/${left - 1}` }).end('x'.repeat(200_000))
      }),
    )
    const session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: true })
    expect((await session.fetch('/5')).history.length).toBe(5)
    expect(sockets.length).toBe(1)
    await session.close()
  })

  test('50 unread responses with two connections neither hang nor leak', async () => {
    const { port, sockets } = await listen(createServer((_, response) => void response.end('x'.repeat(10_000))))
    const session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: { connections: 2 } })
    for (let call = 0; call < 50; call++) await session.fetch('/')
    expect(sockets.length).toBeLessThanOrEqual(2)
    await session.close()
  })

  test('a server that closes idle connections never fails the next idempotent call', async () => {
    const server = createServer(json)
    server.keepAliveTimeout = 1
    const { port, sockets } = await listen(server)
    const session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: { keepAlive: 60_000 } })
    for (let call = 0; call < 20; call++) {
      await session.get('/x')
      // Closed by the server between two calls, or just when the next one begins.
      if (call % 2 === 0) for (const socket of sockets) socket.destroy()
      else await sleep(2)
    }
    await session.close()
  })

  test('close() ends what is on its way, and says so', async () => {
    const { port } = await listen(createServer(() => undefined))
    const session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: true })
    const calls = [session.fetch('/'), session.get('/')].map((call) => call.catch((error: Error) => error))
    await vi.waitFor(async () =>
      expect(await new Promise((resolve) => servers.at(-1)?.getConnections((_, n) => resolve(n)))).toBe(2),
    )
    await session.close()
    expect(await Promise.all(calls)).toMatchObject([{ name: 'SessionClosedError' }, { cause: { name: 'SessionClosedError' } }])
  })

  test('a connection that is closed at once is not tried twice', async () => {
    let requests = 0
    const { port } = await listen(
      createServer((request) => {
        requests++
        request.socket.destroy()
      }),
    )
    const session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: true })
    await expect(session.fetch('/')).rejects.toMatchObject({ cause: { message: expect.stringMatching(/closed|reset/) } })
    expect(requests).toBe(1)
    await session.close()
  })
})

describe('odd answers', () => {
  test.each([
    ['HTTP/1.1 999 Denied', 999, 'Denied'],
    ['HTTP/1.1 200 \u20ac', 200, '\u20ac'],
  ])('%s does not hang the call', async (line, status, statusText) => {
    const server = createRawServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', () => socket.write(`${line}\r\ncontent-length: 2\r\n\r\nhi`))
    })
    const { port } = await listen(server)
    await using session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: true })
    const response = await session.fetch('/')
    expect([response.status, response.statusText, await response.text()]).toEqual([status, statusText, 'hi'])
  })

  test('the response of an error can be shown, and is read', async () => {
    const { port } = await listen(
      createServer((_, response) => void response.writeHead(404, { 'x-key': 's3cret' }).end('{"no":1}')),
    )
    await using session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: true })
    const error = (await session.get('/?q=s3cret').catch((thrown: unknown) => thrown)) as FetchError
    expect([error.data, error.response instanceof Response, error.response?.bodyUsed]).toEqual([{ no: 1 }, true, true])
    expect(inspect(error.response) + inspect(error.response?.headers)).not.toContain('s3cret')
    await expect(error.response?.text()).rejects.toBeInstanceOf(TypeError)
    expect(() => error.response?.clone()).toThrow(TypeError)
  })

  test('a body that does not decode gives its connection back', async () => {
    const { port } = await listen(
      createServer((request, response) => {
        if (request.url === '/fine') return void response.end('{}')
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.alloc(2_000_000, 'x'))
      }),
    )
    await using session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: { connections: 1 }, timeout: 30_000 })
    await expect(session.get('/bad')).rejects.toThrow(/body broke off/)
    expect(await session.get('/fine')).toEqual({})
  })

  test('what a body function throws is the caller’s', async () => {
    const mine = new Error('mine')
    await using session = createSession({ pool: true, retry: 2 })
    const body = () => {
      throw mine
    }
    await expect(session.fetch('http://127.0.0.1:9/', { method: 'PUT', body })).rejects.toBe(mine)
  })
})

describe('heap', () => {
  test.each([{}, { pool: { connections: 10 } }])('is flat over 20,000 calls with one long-lived signal: %j', async (options) => {
    const { port } = await listen(createServer(json))
    await using session = createSession({ baseURL: `http://127.0.0.1:${port}`, ...options })
    const { signal } = new AbortController()
    const run = async (count: number) => {
      let left = count
      const lane = async () => {
        while (left-- > 0)
          await (left % 2 === 0
            ? session.get('/x', { signal })
            : session.fetch('/x', { signal }).then((response) => response.text()))
      }
      await Promise.all(Array.from({ length: 20 }, lane))
    }
    // Vitest's workers have no gc(): V8 gives it when asked at run time.
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    const heap = async () => {
      for (let round = 0; round < 3; round++) {
        await sleep(20)
        gc()
      }
      return process.memoryUsage().heapUsed
    }
    await run(4000)
    const before = await heap()
    await run(20_000)
    expect((await heap()) - before).toBeLessThan(4_000_000)
    expect(getEventListeners(signal, 'abort').length).toBe(0)
  })

  test.each([{}, { pool: true as const }])(
    'a body that goes on, and is dropped unread, closes its connection, over %o',
    async (options) => {
      let isClosed = false
      const { port } = await listen(
        createServer((_, response) => {
          response.on('close', () => {
            isClosed = true
          })
          response.writeHead(200).write('a')
        }),
      )
      const session = createSession({ baseURL: `http://127.0.0.1:${port}`, ...options })
      const drop = async () => expect((await session.fetch('/')).status).toBe(200)
      setFlagsFromString('--expose-gc')
      const gc = runInNewContext('gc') as () => void
      await drop()
      // V8 says when: the time limit of the test is the end.
      while (!isClosed) {
        await sleep(10)
        gc()
      }
      await session.close()
    },
  )

  test.each([{}, { pool: true as const }])('a response that is dropped unread leaves no timer, over %o', async (options) => {
    const { port } = await listen(createServer(json))
    const session = createSession({ baseURL: `http://127.0.0.1:${port}`, timeout: { total: 120_000 }, ...options })
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    const total: { readonly _destroyed?: boolean }[] = []
    const set = globalThis.setTimeout
    // Not a spy, which would keep the callbacks and with them the objects that must be collected.
    vi.stubGlobal('setTimeout', (callback: () => void, ms?: number) => {
      const timer = set(callback, ms)
      if (ms !== undefined && ms > 100_000) total.push(timer as never)
      return timer
    })
    for (let call = 0; call < 200; call++) await session.fetch('/x')
    // A timer for each call, which holds it weakly when the headers have come.
    expect(total.length).toBe(200)
    const left = () => {
      gc()
      return total.filter(({ _destroyed }) => !_destroyed).length
    }
    await expect.poll(left, { interval: 50 }).toBeLessThan(20)
  })
})

describe('closing', () => {
  test('close() ends the connections, and a child leaves its parent open', async () => {
    const { port, sockets } = await listen(createServer(json))
    const parent = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: true })
    const child = parent.extend()
    await child.get('/x')
    await child.close()
    await parent.get('/x')
    expect(sockets.length).toBe(1)
    await parent.close()
    await expect.poll(() => sockets.every((socket) => socket.destroyed)).toBe(true)
    await expect(parent.fetch('/x')).rejects.toBeInstanceOf(SessionClosedError)
  })

  test('a call on its way when the session closes rejects', async () => {
    const { port } = await listen(createServer(() => undefined))
    const session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: true })
    const call = expect(session.fetch('/never')).rejects.toThrow()
    await sleep(50)
    await session.close()
    await call
  })

  test('an idle process exits by itself', async () => {
    const { port } = await listen(createServer(json))
    const built = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
    const script = `
      import { createSession } from '${built}'
      const session = createSession({ pool: true, timeout: { total: 60000 } })
      await session.get('http://127.0.0.1:${port}/')
      const idleSince = performance.now()
      process.on('exit', () => console.log(performance.now() - idleSince))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    // undici keeps an idle connection for 4 s.
    expect(Number(stdout)).toBeLessThan(3500)
  })

  test('so does one that follows a HEAD on its connection', async () => {
    const { port } = await listen(
      createServer((request, response) => {
        if (request.method === 'HEAD') response.end()
        else response.writeHead(200, { 'content-type': 'text/plain' }).write('a part')
      }),
    )
    const session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: true })
    await session.head('/')
    const failure = session.get('/hang').catch((error: FetchError) => error)
    await sleep(50)
    await session.close()
    expect(((await failure) as FetchError).cause).toBeInstanceOf(SessionClosedError)
  })

  test('so does one that has not reached its connection yet', async () => {
    const { port } = await listen(createServer(json))
    const session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: true })
    await session.get('/')
    const form = new FormData()
    form.set('a', '1')
    const calls = [session.fetch('/'), session.post('/', { body: form }), session.get('/')]
    queueMicrotask(() => void session.close())
    for (const outcome of await Promise.allSettled(calls)) {
      const error = (outcome as PromiseRejectedResult).reason as FetchError
      expect(error instanceof SessionClosedError || error.cause instanceof SessionClosedError, String(error)).toBe(true)
    }
  })

  test('await using closes', async () => {
    const { port, sockets } = await listen(createServer(json))
    {
      await using session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: true })
      await session.get('/x')
    }
    await expect.poll(() => sockets.every((socket) => socket.destroyed)).toBe(true)
  })
})

describe('tls', () => {
  async function secure(name: string, options: object = {}) {
    const server = createTLSServer(
      { cert: certificates.pem(`${name}.pem`), key: certificates.pem(`${name}.key`), ...options },
      (request, response) => {
        const { authorized } = request.socket as TLSSocket
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ authorized }))
      },
    )
    const { port } = await listen(server)
    return `https://localhost:${port}`
  }

  test('an authority of its own, as text or as a path', async () => {
    const origin = await secure('server')
    for (const ca of [certificates.pem('ca.pem'), certificates.path('ca.pem')]) {
      await using session = createSession({ tls: { ca } })
      expect(await session.get(origin)).toEqual({ authorized: false })
    }
  })

  test.each([
    ['an unknown authority', 'server', false, /issuer is unknown|self-signed/],
    ['a certificate for another host', 'elsewhere', true, /another host name/],
    ['an expired certificate', 'expired', true, /has expired/],
  ])('%s is an error that says which', async (_, name, isTrusted, message) => {
    const origin = await secure(name)
    await using session = createSession({ pool: true, ...(isTrusted ? { tls: { ca: certificates.pem('ca.pem') } } : {}) })
    await expect(session.fetch(origin)).rejects.toMatchObject({ cause: { message: expect.stringMatching(message) } })
    await using trusting = createSession({ tls: { rejectUnauthorized: false } })
    expect((await trusting.fetch(origin)).status).toBe(200)
  })

  test('a client certificate, its key locked by a passphrase', async () => {
    const origin = await secure('server', { requestCert: true, ca: certificates.pem('ca.pem') })
    const tls = {
      ca: certificates.pem('ca.pem'),
      cert: certificates.pem('client.pem'),
      key: certificates.pem('locked.key'),
      passphrase: 'secret',
    }
    await using session = createSession({ tls })
    expect(await session.get(origin)).toEqual({ authorized: true })
  })

  test('a file that does not exist is a TypeError at once', () => {
    expect(() => createSession({ tls: { ca: '/no/such.pem' } })).toThrow(
      /^tls\.ca: the file '\/no\/such\.pem' cannot be read \(ENOENT\)/,
    )
  })

  test('pool() for a prefix, closed by whoever made it', async () => {
    const origin = await secure('server')
    const internal = pool({ tls: { ca: certificates.pem('ca.pem') } })
    const session = createSession().mount(origin, internal)
    expect(await session.get(origin)).toEqual({ authorized: false })
    await session.close()
    const other = createSession().mount(origin, internal)
    expect(await other.get(origin)).toEqual({ authorized: false })
    await internal.close()
    await expect(other.fetch(origin)).rejects.toBeInstanceOf(SessionClosedError)
  })
})

describe('other ways', () => {
  test('a Unix socket', async () => {
    const path = join(certificates.folder, 'server.sock')
    await listen(createServer(json), path)
    await using session = createSession({ baseURL: 'http://service.local', socketPath: path })
    expect(await session.get('/x')).toMatchObject({ path: '/x', headers: { host: 'service.local' } })
  })

  test('trustEnv: SSL_CERT_FILE and .netrc, below what session and call say', async () => {
    const server = createTLSServer({ cert: certificates.pem('server.pem'), key: certificates.pem('server.key') }, json)
    const { port } = await listen(server)
    writeFileSync(certificates.path('netrc'), 'machine localhost login ada password "se cret"\n')
    vi.stubEnv('SSL_CERT_FILE', certificates.path('ca.pem'))
    vi.stubEnv('NETRC', certificates.path('netrc'))
    type Echo = { headers: { authorization?: string } }
    const origin = `https://localhost:${port}`
    await using session = createSession({ trustEnv: true })
    await using own = createSession({ trustEnv: true, auth: { token: 'mine' } })
    expect((await session.get<Echo>(origin)).headers.authorization).toBe(`Basic ${btoa('ada:se cret')}`)
    expect((await session.get<Echo>(origin, { auth: null })).headers.authorization).toBeUndefined()
    expect((await own.get<Echo>(origin)).headers.authorization).toBe('Bearer mine')
  })

  test('decompression, and maxBytes against a bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    const { port } = await listen(
      createServer((_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)),
    )
    await using session = createSession({ baseURL: `http://127.0.0.1:${port}`, pool: true })
    const before = process.memoryUsage().rss
    await expect((await session.fetch('/', { maxBytes: 1_000_000 })).text()).rejects.toBeInstanceOf(BodyTooLargeError)
    expect(process.memoryUsage().rss - before).toBeLessThan(30_000_000)
    expect((await (await session.fetch('/')).arrayBuffer()).byteLength).toBe(50_000_000)
  })

  test('bodies of every kind go out as the platform writes them', async () => {
    const seen: { type: string | undefined; length: string | undefined; body: string }[] = []
    const { port } = await listen(
      createServer(async (request, response) => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        const { 'content-type': type, 'content-length': length } = request.headers
        seen.push({ type: type?.replace(/boundary=.*/, ''), length, body: String(Buffer.concat(chunks)).slice(0, 12) })
        response.end('{}')
      }),
    )
    const form = new FormData()
    form.set('a', '1')
    const bodies = () => [
      'text',
      new URLSearchParams('a=1'),
      new Uint8Array([65]),
      new Blob(['blob'], { type: 'text/x' }),
      form,
      new Response('stream').body,
      null,
    ]
    for (const options of [{}, { pool: true }]) {
      await using session = createSession({ baseURL: `http://127.0.0.1:${port}`, ...options })
      for (const body of bodies()) await session.fetch('/', { method: 'POST', body })
    }
    const own = seen.slice(bodies().length)
    for (const entry of [...seen]) if (entry.type === 'multipart/form-data; ') entry.body = entry.length = ''
    expect(own).toEqual(seen.slice(0, bodies().length))
  })
})

describe('undici', () => {
  test('is used where all promises are of another class, as under zone.js', async () => {
    const { port } = await listen(createServer(json))
    const built = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
    const script = `
      globalThis.Promise = class extends Promise {}
      const { createSession } = await import('${built}')
      const session = createSession({ pool: true, auth: { token: async () => 't' } })
      console.log(JSON.stringify(await session.get('http://127.0.0.1:${port}/')))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    expect(JSON.parse(stdout)).toMatchObject({ path: '/', headers: { authorization: 'Bearer t' } })
  })

  test.each([
    ['missing', undefined, /need undici: npm install undici@7/],
    ['too old', 'export const Agent = class {}, ProxyAgent = class {}', /undici 7 or 8, and an older one is installed/],
  ])('%s is an error that says what to install', async (_, code, message) => {
    // A copy of the built package in a folder of its own, so that it finds no other undici.
    const folder = mkdtempSync(join(tmpdir(), 'sessionfetch-undici-'))
    const modules = join(folder, 'node_modules')
    const root = fileURLToPath(new URL('../../', import.meta.url))
    cpSync(join(root, 'dist', 'index.js'), join(modules, 'sessionfetch', 'index.mjs'))
    for (const name of ['tough-cookie', 'tldts', 'tldts-core'])
      cpSync(join(root, 'node_modules', name), join(modules, name), { recursive: true })
    if (code) {
      mkdirSync(join(modules, 'undici'))
      writeFileSync(join(modules, 'undici', 'package.json'), '{"name":"undici","type":"module","main":"index.js"}')
      writeFileSync(join(modules, 'undici', 'index.js'), code)
    }
    const script = `import { createSession } from 'sessionfetch/index.mjs'; await createSession({ pool: true }).fetch('http://127.0.0.1:9/').catch((error) => console.log(error.name, error.message))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: folder })
    rmSync(folder, { recursive: true, force: true })
    expect(stdout).toMatch(/^TypeError/)
    expect(stdout).toMatch(message)
  })
})

test.each([
  [{ pool: { conections: 1 } }, /^pool: 'conections' is none of/],
  [{ pool: { connections: 0 } }, /^pool: connections must be/],
  [{ tls: { cert: 1, foo: 1 } }, /^tls: 'foo' is none of/],
  [{ socketPath: '' }, /^socketPath/],
  [{ proxy: 'http://u:s3cret@' }, /^proxy: (?!.*s3cret)/],
  [{ proxy: 'ftp://p/' }, /^proxy: .*must be http, https or socks5/],
  [{ pool: true, fetch: async () => new Response() }, /^pool: the fetch option/],
])('%j is a TypeError', (options, message) => {
  expect(() => createSession(options as never)).toThrow(message)
})

/** Kept connections that the server ends under a request, and proxies that drop one, on raw socket servers. */
import { mkdtempSync, openAsBlob, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer as createHTTPServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { createSession, type FetchError, TimeoutError } from 'sessionfetch'
import { afterEach, describe, expect, test } from 'vitest'
import { listen, portOf } from '../loopback.ts'

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'
const servers: Server[] = []
const sockets = new Set<Socket>()

afterEach(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

/** A server that is told of each request: its socket, and how many requests that socket has had. */
async function serve(
  answer: (socket: Socket, nth: number, text: string) => void,
): Promise<{ origin: string; opened: () => number }> {
  let opened = 0
  const server = createServer({ noDelay: true }, (socket) => {
    opened++
    sockets.add(socket)
    socket.on('error', () => undefined)
    let nth = 0
    socket.on('data', (data) => answer(socket, ++nth, String(data)))
  })
  servers.push(server)
  await listen(server)
  return { origin: `http://127.0.0.1:${portOf(server)}`, opened: () => opened }
}

describe('a kept connection that the server ends', () => {
  test.each([
    ['closes', 1, (socket: Socket) => socket.end()],
    ['closes', 20, (socket: Socket) => socket.end()],
    ['resets', 1, (socket: Socket) => socket.resetAndDestroy()],
    ['resets', 20, (socket: Socket) => socket.resetAndDestroy()],
  ])('%s just when the next of %i calls takes it fails none', async (_, lanes, end) => {
    const timers = new Map<Socket, NodeJS.Timeout>()
    const { origin } = await serve((socket) => {
      clearTimeout(timers.get(socket))
      socket.write(OK)
      timers.set(
        socket,
        setTimeout(() => end(socket), 5),
      )
    })
    await using session = createSession({ baseURL: origin, pool: true })
    let left = 400
    const lane = async () => {
      while (left-- > 0) {
        await sleep(4 + Math.random() * 2)
        await session.get('/x')
      }
    }
    await Promise.all(Array.from({ length: lanes }, lane))
  })

  test('takes a request that was begun once more if it is idempotent, over a new connection, in the same attempt', async () => {
    const seen: string[] = []
    const { origin, opened } = await serve((socket, nth, text) => {
      seen.push(text.split(' ', 1)[0] as string)
      if (nth === 1) socket.write(OK)
      else socket.destroy()
    })
    const retries: unknown[] = []
    const hops: string[] = []
    await using session = createSession({
      baseURL: origin,
      pool: true,
      retry: 3,
      onRetry: (event) => void retries.push(event),
      hopInterceptors: [
        (request, next) => {
          hops.push(request.method)
          return next(request)
        },
      ],
    })
    await session.get('/')
    await session.put('/', { body: 'x' })
    await session.delete('/')
    expect(seen).toEqual(['GET', 'PUT', 'PUT', 'DELETE', 'DELETE'])
    expect([opened(), retries.length, hops.length]).toEqual([3, 0, 3])
    await expect(session.post('/', { body: 'x' })).rejects.toThrow(/closed|reset/)
    expect(seen.slice(5)).toEqual(['POST'])
  })

  test('does not take a one-shot body, nor a request whose answer has begun, once more', async () => {
    let requests = 0
    const { origin } = await serve((socket, nth, text) => {
      requests++
      if (nth === 1) return void socket.write(OK)
      if (text.startsWith('GET')) socket.write('HTTP/1.1 200 OK\r\ncontent-')
      socket.end()
    })
    await using session = createSession({ baseURL: origin, pool: true })
    await session.get('/')
    const { body } = new Response('stream')
    await expect(session.fetch('/', { method: 'PUT', body })).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/closed|reset/) },
    })
    await session.get('/')
    await expect(session.fetch('/')).rejects.toThrow()
    expect(requests).toBe(4)
  })

  test('fails a fresh one at once, however many others are kept', async () => {
    let requests = 0
    const { origin } = await serve((socket, nth) => {
      if (nth === 1 && ++requests > 1) socket.destroy()
      else socket.write(OK)
    })
    const other = await serve((socket) => socket.write(OK))
    await using session = createSession({ pool: true })
    await session.get(origin)
    await session.get(other.origin)
    const [kept, fresh] = await Promise.allSettled([session.get(origin), session.get(origin)])
    expect([kept.status, fresh.status, requests]).toEqual(['fulfilled', 'rejected', 2])
  })

  test('does not fail a POST that was never begun', async () => {
    let last: Socket | undefined
    const { origin, opened } = await serve((socket) => {
      last = socket
      socket.write(OK)
    })
    await using session = createSession({ baseURL: origin, pool: true })
    for (let call = 0; call < 20; call++) {
      await session.post('/', { body: 'x' })
      // undici looks at an idle socket once more before it writes, and finds the reset there.
      last?.resetAndDestroy()
    }
    expect(opened()).toBe(20)
  })
})

describe('a server that ends each connection with its answer, and does not say so', () => {
  test.each([{}, { pool: true as const }])('fails none of five calls in a row, over %j', async (transport) => {
    const { origin } = await serve((socket) => socket.end(OK))
    await using session = createSession({ baseURL: origin, ...transport })
    for (let call = 0; call < 5; call++) await session.put('/', { body: 'x' })
  })
})

describe.each([{}, { pool: true as const }])('a stream that is sent, over %j', (transport) => {
  test.each([{}, { duplex: 'half' as const }])('is cancelled with the reason of an abort, given with %j', async (more) => {
    const { origin } = await serve(() => undefined)
    await using session = createSession(transport)
    const controller = new AbortController()
    const cancelled: unknown[] = []
    const body = new ReadableStream<Uint8Array>({
      async pull(queue) {
        await sleep(5)
        queue.enqueue(new Uint8Array(10))
      },
      cancel: (reason) => void cancelled.push(reason),
    })
    setTimeout(() => controller.abort('enough'), 40)
    const call = session.fetch(origin, { method: 'POST', body, signal: controller.signal, ...more })
    await expect(call).rejects.toBe('enough')
    await sleep(20)
    expect(cancelled).toEqual(['enough'])
  })
})

describe('a proxy', () => {
  test.each([
    ['closes', (socket: Socket) => void socket.end()],
    ['resets', (socket: Socket) => void socket.resetAndDestroy()],
  ])('that %s at CONNECT ends the call with one error, and no storm follows', async (_, drop) => {
    const { origin, opened } = await serve(drop)
    await using session = createSession({ proxy: origin, timeout: 30_000 })
    await expect(session.fetch('https://service.example/')).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/closed|reset.*through the proxy/) },
    })
    await sleep(200)
    expect(opened()).toBe(1)
  })

  test('that drops CONNECT late leaves nothing behind when the call is over', async () => {
    const { origin, opened } = await serve((socket) => void setTimeout(() => socket.end(), 100))
    await using session = createSession({ proxy: origin, timeout: 30 })
    const error = (await session.get('https://service.example/').catch((thrown: unknown) => thrown)) as FetchError
    expect(error.cause).toBeInstanceOf(TimeoutError)
    await sleep(400)
    expect(opened()).toBe(1)
  })

  test('that answers 502 is not told apart by its password', async () => {
    const { origin } = await serve((socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'))
    await using session = createSession({ proxy: origin })
    const error = (await session.fetch('https://service.example/').catch((thrown: unknown) => thrown)) as Error
    expect((error.cause as Error).message).toMatch(/the proxy answered 502: it could not reach the host/)
  })
})

describe.each([{}, { pool: true as const }])('what a server sends, over %j', (transport) => {
  test('is not shown when it is not HTTP', async () => {
    const { origin } = await serve((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nbad header\r\nSet-Cookie: sid=s3cret\r\n\r\n{"token":"s3cret"}'),
    )
    await using session = createSession(transport)
    for (const door of ['fetch', 'get'] as const)
      expect(inspect(await session[door](origin).catch((error: unknown) => error), { depth: 9 })).not.toContain('s3cret')
  })

  test('may have 16 kB of headers, and more with the switch that the error names', async () => {
    const { origin } = await serve((socket) => socket.end(`HTTP/1.1 200 OK\r\nset-cookie: a=${'x'.repeat(20_000)}\r\n\r\n`))
    await using session = createSession(transport)
    await expect(session.fetch(origin)).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/--max-http-header-size/) },
    })
  })
})

describe.each([{}, { pool: true as const }])('a body of 200 MB, over %j', (transport) => {
  test.each(['a Blob', 'a form'])('streams from %s', async (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'sessionfetch-body-'))
    const path = join(folder, 'large')
    writeFileSync(path, '')
    truncateSync(path, 200_000_000)
    let received = 0
    const server = createHTTPServer((request, response) => {
      request.on('data', (chunk: Buffer) => {
        received += chunk.length
      })
      request.on('end', () => response.end('{}'))
    })
    servers.push(server)
    await listen(server)
    await using session = createSession({ baseURL: `http://127.0.0.1:${portOf(server)}`, ...transport })
    const blob = await openAsBlob(path)
    const form = new FormData()
    form.set('file', blob)
    const before = process.memoryUsage().rss
    let peak = before
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss)
    }, 5)
    await session.put('/', { body: kind === 'a form' ? form : blob })
    clearInterval(watch)
    rmSync(folder, { recursive: true })
    expect(received).toBeGreaterThanOrEqual(200_000_000)
    expect((peak - before) / 1e6).toBeLessThan(100)
    server.closeAllConnections()
  })
})

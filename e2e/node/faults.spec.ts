/** Faults of a connection, on a raw socket server. Each ends in the documented error, none hangs, and the next call works. */

import { createServer, type Server, type Socket } from 'node:net'
import { createSession, FetchError, type SessionOptions, TimeoutError } from 'sessionfetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen } from '../loopback.ts'
import { freePort } from '../processes.ts'

const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"fine": 1}'
const head = (...lines: string[]) => `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`

interface Fault {
  readonly name: string
  readonly answer: (socket: Socket) => void
  /** What must fail: the request, its body, or one of the timeouts. */
  readonly error: 'network' | 'body' | 'attempt' | 'idle'
}

const faults: readonly Fault[] = [
  { name: 'closed before a byte', answer: (socket) => socket.end(), error: 'network' },
  { name: 'reset', answer: (socket) => socket.resetAndDestroy(), error: 'network' },
  { name: 'garbage status line', answer: (socket) => socket.end('GARBAGE\r\n\r\n'), error: 'network' },
  { name: 'headers cut off', answer: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-ty'), error: 'network' },
  {
    name: 'two different Content-Lengths',
    answer: (socket) => socket.end(`${head('content-length: 1', 'content-length: 2')}ab`),
    error: 'network',
  },
  { name: 'chunk cut off', answer: (socket) => socket.end(`${head('transfer-encoding: chunked')}5\r\nab`), error: 'body' },
  {
    name: 'body shorter than Content-Length',
    answer: (socket) => socket.end(`${head('content-length: 100')}short`),
    error: 'body',
  },
  {
    name: 'bad gzip',
    answer: (socket) => socket.end(`${head('content-encoding: gzip', 'content-length: 8')}not gzip`),
    error: 'body',
  },
  { name: 'stalled headers', answer: (socket) => void socket.write('HTTP/1.1 200 OK\r\n'), error: 'attempt' },
  { name: 'stalled body', answer: (socket) => void socket.write(`${head('content-length: 100')}some`), error: 'idle' },
  {
    name: 'slow drip',
    answer: (socket) => {
      socket.write(head('content-length: 100000'))
      const timer = setInterval(() => socket.write('x'), 20)
      socket.on('close', () => clearInterval(timer))
    },
    error: 'attempt',
  },
]

let server: Server
let origin: string
const sockets = new Set<Socket>()
/** The socket that a fault was last asked for on. */
const faulted = new Map<number, Socket>()

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      const [, number] = /^GET \/fault\/(\d+)/.exec(String(data)) ?? []
      if (number === undefined) socket.write(OK)
      else {
        faulted.set(Number(number), socket)
        faults[Number(number)]?.answer(socket)
      }
    })
  })
  origin = await listen(server)
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

const TRANSPORTS: Readonly<Record<string, SessionOptions>> = {
  'the platform’s connections': {},
  fetch: { fetch: globalThis.fetch },
  'its own pool': { pool: { connections: 4 } },
}

describe.each(Object.entries(TRANSPORTS))('over %s', (_, transport) => {
  test.each(faults.map((fault, number) => ({ ...fault, number })))('$name', async ({ number, error }) => {
    // Short only where a timeout is the outcome: a busy machine is slow to answer, too.
    const timeout = { attempt: 30_000, idle: 30_000, ...(error === 'attempt' || error === 'idle' ? { [error]: 300 } : {}) }
    const session = createSession({ baseURL: origin, timeout, ...transport })
    const failed = (await session.get(`/fault/${number}?token=s3cret`).catch((thrown: unknown) => thrown)) as FetchError
    expect(failed).toBeInstanceOf(FetchError)
    expect(failed.message).toMatch(new RegExp(`^GET ${origin}/fault/${number}: .{5,}`))
    expect(`${failed.stack}${(failed.cause as Error).stack}`).not.toContain('s3cret')
    if (error === 'attempt' || error === 'idle') {
      expect(failed.cause).toBeInstanceOf(TimeoutError)
      expect((failed.cause as TimeoutError).limit).toBe(error)
    } else expect(failed.cause).toBeInstanceOf(Error)
    expect(await session.get('/fine', { timeout: null })).toEqual({ fine: 1 })
    await session.close()
  })

  test('refused, and a name that does not exist', async () => {
    const session = createSession(transport)
    await expect(session.fetch(`http://127.0.0.1:${await freePort()}/`)).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/connection refused/) },
    })
    await expect(session.fetch('http://no-such-host.invalid/')).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/not found|could not be looked up/) },
    })
    await session.close()
  })

  test('a timeout closes the socket, as the server sees it', async () => {
    const session = createSession({ baseURL: origin, ...transport })
    const stalled = faults.findIndex(({ name }) => name === 'stalled headers')
    await expect(session.fetch(`/fault/${stalled}`, { timeout: 50 })).rejects.toBeInstanceOf(TimeoutError)
    // The socket of the fault itself is asked, since Node's own pool opens a new connection at once.
    await expect.poll(() => faulted.get(stalled)?.destroyed).toBe(true)
    await session.close()
  })

  test('retries end with how many there were', async () => {
    const session = createSession({ baseURL: origin, retry: { limit: 2, delay: 1 }, ...transport })
    await expect(session.get('/fault/0')).rejects.toThrow(/attempt 3 of 3/)
    await session.close()
  })
})

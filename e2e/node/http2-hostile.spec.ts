/** HTTP/2 servers that break the protocol, or take nothing: each call fails in words, none hangs, and no body is cut short silently. */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer as createHTTPServer } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { FetchError } from 'sessionfetch'
import { describe, expect, test } from 'vitest'
import { serve, serveFrames, settings, type Wire } from '../http2-servers.ts'
import { overHTTP2 } from '../http2-sessions.ts'
import { listen, portOf } from '../loopback.ts'

const { certificates, open } = overHTTP2()

const failure = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ message: `no error, but ${JSON.stringify(value)}`, code: undefined, cause: undefined }),
    (error: FetchError & { code?: unknown }) => error,
  )

const [DATA, HEADERS, CONTINUATION] = [0, 1, 9] as const
const [END_STREAM, END_HEADERS, PADDED] = [1, 4, 8] as const
/** `:status: 200` and a literal field (RFC 7541 section 6.2.2). */
const FIELDS = Buffer.from('\x88\0\x01x\x05value', 'latin1')
const MAX_CONCURRENT_STREAMS = 3

/** Holds the process up. */
function busy(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe('a frame that is wrong', () => {
  const withHeaders = (wire: Wire, stream: number, ...frames: [type: number, flags: number, payload: Uint8Array][]) => {
    wire.socket.cork()
    wire.respond(stream)
    for (const [type, flags, payload] of frames) wire.frame(type, flags, stream, payload)
    wire.socket.uncork()
  }

  test.each<[string, (wire: Wire, stream: number) => void]>([
    ['bytes in a frame that is too long', (wire, stream) => withHeaders(wire, stream, [DATA, END_STREAM, Buffer.alloc(20_000)])],
    [
      'more padding than there are bytes',
      (wire, stream) => withHeaders(wire, stream, [DATA, END_STREAM | PADDED, Buffer.of(9, 1)]),
    ],
    [
      'trailers that another frame breaks off',
      (wire, stream) =>
        withHeaders(wire, stream, [DATA, 0, Buffer.from('half')], [HEADERS, END_STREAM, FIELDS], [DATA, 0, Buffer.alloc(0)]),
    ],
    [
      'trailers that do not end',
      (wire, stream) => {
        withHeaders(wire, stream, [DATA, 0, Buffer.from('half')], [HEADERS, END_STREAM, FIELDS])
        wire.socket.end()
      },
    ],
  ])('%s: the body fails, in both doors', async (_, answer) => {
    const { origin } = await serveFrames(certificates, answer)
    await using session = open(origin)
    for (let times = 0; times < 2; times++) {
      expect(await failure(session.get('/'))).toMatchObject({ name: 'FetchError', cause: { message: 'terminated' } })
      await expect(session.fetch('/').then((response) => response.text())).rejects.toMatchObject({ message: 'terminated' })
    }
  })

  test('headers that another frame breaks off fail what is on its way, and the next call has a new connection', async () => {
    const { origin, opened } = await serveFrames(certificates, (wire, stream) => {
      if (wire.nth > 1) return wire.respond(stream, {}, true)
      wire.frame(HEADERS, 0, stream, FIELDS)
      wire.data(stream, 'x', true)
    })
    await using session = open(origin)
    const error = await failure(session.post('/?token=s3cret', { body: 'x' }))
    expect(error.message).toBe(`POST ${origin}/: the answer is not valid HTTP/2, PROTOCOL_ERROR (ERR_HTTP2_ERROR)`)
    expect((await session.fetch('/')).status).toBe(200)
    expect(opened()).toBe(2)
  })

  test('headers without an end fail the call before they fill the memory', async () => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      wire.frame(HEADERS, 0, stream, FIELDS)
      for (let left = 20; left > 0; left--) wire.frame(CONTINUATION, 0, stream, Buffer.alloc(16_000))
    })
    await using session = open(origin)
    expect(await failure(session.get('/'))).toMatchObject({ code: 'ERR_HTTP2_HEADERS_OVERFLOW' })
  })

  test.each<[string, string]>([
    ['no status', '\0\x01x\x05value'],
    ['an upper-case name', '\x88\0\x01X\x05value'],
    ['a header of HTTP/1.1', '\x88\0\x0aconnection\x05close'],
  ])('headers with %s are not said to be broken off by the server', async (_, block) => {
    const { origin, opened } = await serveFrames(certificates, (wire, stream) =>
      wire.frame(HEADERS, END_HEADERS | END_STREAM, stream, Buffer.from(block, 'latin1')),
    )
    await using session = open(origin)
    for (let times = 0; times < 2; times++) {
      expect((await failure(session.get('/'))).message).toContain(
        'the answer is not valid HTTP/2, PROTOCOL_ERROR (ERR_HTTP2_ERROR)',
      )
    }
    expect(opened()).toBe(1)
  })

  test('headers that another frame breaks off do not abort Node 20 when garbage is collected', async () => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      wire.frame(HEADERS, 0, stream, FIELDS)
      wire.data(stream, 'x')
    })
    const stdout = await runs(
      'abort.mjs',
      `for (let times = 0; times < 60; times++) {
  const session = createSession({ pool: { http2: true }, tls: { rejectUnauthorized: false } })
  await session.get('${origin}/').catch(() => undefined)
  await session.close()
  if (times % 5 === 4) gc()
}
console.log('alive')`,
    )
    expect(stdout).toBe('alive\n')
  })
})

/** What a program of its own prints. */
async function runs(name: string, program: string): Promise<string> {
  const file = join(certificates.folder, name)
  const entry = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
  writeFileSync(file, `import { createSession } from ${JSON.stringify(entry)}\n${program}\n`)
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '--expose-gc', file], { timeout: 60_000 })
  return stdout
}

describe('a body that Node 20 ends and then resets', () => {
  const half = (wire: Wire, stream: number) => {
    wire.socket.cork()
    wire.respond(stream)
    wire.data(stream, 'half of it')
    wire.socket.uncork()
  }
  const end = (wire: Wire, stream: number) => wire.data(stream, '', true)

  test('without any bytes fails', async () => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      wire.respond(stream)
      setTimeout(() => {
        end(wire, stream)
        setImmediate(() => wire.reset(stream, 0))
      }, 200)
    })
    await using session = open(origin)
    expect(await failure(session.get('/'))).toMatchObject({ name: 'FetchError' })
  })

  /** One call whose process is held up between the bytes and the end. */
  async function heldUp(origin: string): Promise<string> {
    await using session = open(origin)
    await session.fetch('/first')
    const response = await session.fetch('/')
    await new Promise((resolve) => setImmediate(resolve))
    busy(60)
    return await response.text()
  }

  test('fails if the process was held up, and the end was read before the reset came', async () => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      if (stream === 1) return wire.respond(stream, {}, true)
      half(wire, stream)
      setTimeout(() => {
        end(wire, stream)
        setImmediate(() => setImmediate(() => wire.reset(stream, 0)))
      }, 40)
    })
    await expect(heldUp(origin)).rejects.toMatchObject({ message: 'terminated' })
  })

  test('is whole if the process was held up, and both may have waited', async () => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      if (stream === 1) return wire.respond(stream, {}, true)
      half(wire, stream)
      setTimeout(() => {
        wire.socket.cork()
        end(wire, stream)
        wire.reset(stream, 0)
        wire.socket.uncork()
      }, 40)
    })
    expect(await heldUp(origin)).toBe('half of it')
  })

  test('is whole where the server may have been writing for another request', async () => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      if (stream === 1) return half(wire, stream)
      half(wire, stream)
      setTimeout(() => {
        end(wire, stream)
        setImmediate(() => wire.reset(stream, 0))
      }, 200)
    })
    await using session = open(origin)
    const other = await session.fetch('/')
    expect(await session.get('/')).toBe('half of it')
    await other.body?.cancel()
  })
})

describe('a server that takes no request', () => {
  const most = (wire: Wire, streams: number) => wire.frame(4, 0, 0, settings([MAX_CONCURRENT_STREAMS, streams]))

  test.each<[string, (wire: Wire) => void]>([
    ['ends', (wire) => void wire.socket.end()],
    ['is reset', (wire) => wire.cut()],
    ['says GOAWAY', (wire) => wire.goAway(0, 0)],
  ])('and whose connection %s: one error for all calls, and one connection', async (_, leave) => {
    const { origin, opened } = await serveFrames(
      certificates,
      () => undefined,
      (wire) => {
        most(wire, 0)
        setTimeout(() => leave(wire), 20)
      },
    )
    await using session = open(origin)
    const errors = await Promise.all([1, 2, 3].map(() => failure(session.get('/'))))
    for (const error of errors) expect(error).toMatchObject({ name: 'FetchError', code: expect.any(String) })
    expect(opened()).toBe(1)
  })

  test('on a second connection is asked for one once, while calls wait for the first', async () => {
    const { origin, opened } = await serveFrames(
      certificates,
      (wire, stream) =>
        void setTimeout(() => {
          wire.respond(stream)
          wire.data(stream, 'x', true)
        }, 100),
      (wire) => (wire.nth === 1 ? most(wire, 1) : void wire.socket.destroy()),
    )
    await using session = open(origin, { pool: { http2: true, connections: 2 } })
    const all = await Promise.all([1, 2, 3, 4].map(() => session.get('/')))
    expect(all).toEqual(['x', 'x', 'x', 'x'])
    expect(opened()).toBe(2)
  })

  test('until later keeps its connection beyond keepAlive, and the process alive', async () => {
    const { origin, opened } = await serveFrames(
      certificates,
      (wire, stream) => {
        wire.respond(stream)
        wire.data(stream, 'late', true)
      },
      (wire) => {
        most(wire, 0)
        setTimeout(() => most(wire, 10), 400)
      },
    )
    const stdout = await runs(
      'waiting.mjs',
      `const session = createSession({ pool: { http2: true, keepAlive: 40 }, tls: { rejectUnauthorized: false } })
console.log(await session.get('${origin}/'))`,
    )
    expect(stdout).toBe('late\n')
    expect(opened()).toBe(1)
  })

  test('does not keep the process alive when the calls that waited have ended', async () => {
    const { origin } = await serveFrames(
      certificates,
      () => undefined,
      (wire) => most(wire, 0),
    )
    const stdout = await runs(
      'ended.mjs',
      `const session = createSession({ pool: { http2: true, keepAlive: 1e8 }, tls: { rejectUnauthorized: false } })
console.log(await session.get('${origin}/', { timeout: 200 }).catch(({ name }) => name))`,
    )
    expect(stdout).toBe('FetchError\n')
  })
})

describe('what Node’s TLS refuses', () => {
  const tls = { cert: '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----', key: '-----BEGIN PRIVATE KEY-----\nnone' }

  test.each([
    ['directly', false],
    ['in a tunnel', true],
  ])('%s fails each call, and not the process', async (_, isProxied) => {
    const { origin } = await serve(certificates, (stream) => stream.respond({ ':status': 200 }, { endStream: true }))
    let ended = 0
    const proxy = createHTTPServer().on('connect', (_request, socket: Socket) => {
      socket.on('error', () => undefined).on('end', () => ended++)
      socket.resume().write('HTTP/1.1 200 OK\r\n\r\n')
    })
    await listen(proxy)
    await using session = open(origin, { tls, ...(isProxied ? { proxy: `http://127.0.0.1:${portOf(proxy)}` } : {}) })
    for (let times = 0; times < 2; times++) {
      expect((await failure(session.get('/'))).message).toContain('tls.cert and tls.key cannot be used')
    }
    await expect.poll(() => ended).toBe(isProxied ? 2 : 0)
    proxy.close()
  })
})

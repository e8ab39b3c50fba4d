import { setTimeout as sleep } from 'node:timers/promises'
import type { FetchError } from 'sessionfetch'
import { describe, expect, test, vi } from 'vitest'
import { serve, serveFrames, type Wire } from '../http2-servers.ts'
import { overHTTP2 } from '../http2-sessions.ts'

const { certificates, open } = overHTTP2()

const CODES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
] as const

const failure = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ message: `no error, but ${JSON.stringify(value)}`, code: undefined, cause: undefined }),
    (error: FetchError & { code?: unknown }) => error,
  )

describe.each(CODES.map((name, code) => [name, code] as const))('RST_STREAM with %s', (name, code) => {
  test('in mid-body fails the body, in both doors, with a length and without', async () => {
    const { origin, opened } = await serveFrames(certificates, (wire, stream) => {
      wire.respond(stream, stream % 4 === 1 ? { 'content-length': '20' } : {})
      wire.data(stream, 'half of it')
      setTimeout(() => wire.reset(stream, code), 5)
    })
    await using session = open(origin)
    for (let times = 0; times < 2; times++) {
      const parsed = await failure(session.get('/'))
      expect(parsed).toMatchObject({ name: 'FetchError', cause: { message: 'terminated' } })
      const response = await session.fetch('/')
      await expect(response.text()).rejects.toMatchObject({
        message: 'terminated',
        cause: { message: `the server reset the stream: ${name}`, code: 'ERR_HTTP2_STREAM_ERROR' },
      })
    }
    expect(opened()).toBe(1)
  })

  test('right after the bytes, in one packet, fails the body too', async () => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      wire.socket.cork()
      wire.respond(stream)
      wire.data(stream, 'half of it')
      wire.reset(stream, code)
      wire.socket.uncork()
    })
    await using session = open(origin)
    expect(await failure(session.get('/'))).toMatchObject({ name: 'FetchError' })
  })

  test('before the headers fails the call; a stream that was refused is sent once more', async () => {
    let requests = 0
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      requests++
      wire.reset(stream, code)
    })
    await using session = open(origin)
    const error = await failure(session.post('/?token=s3cret', { body: 'x' }))
    expect(error.message).toContain(`POST ${origin}/: the server broke the answer off, ${name} (ERR_HTTP2_STREAM_ERROR)`)
    expect(error).toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR', cause: { code: 'ERR_HTTP2_STREAM_ERROR' } })
    expect(requests).toBe(name === 'REFUSED_STREAM' ? 2 : 1)
  })
})

describe('a stream', () => {
  test('that was refused is sent again and answered, whatever its method; a stream body is not', async () => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      if (stream === 1) return wire.reset(stream, 7)
      wire.respond(stream)
      wire.data(stream, 'done', true)
    })
    await using session = open(origin)
    expect(await session.post('/', { body: 'x' })).toBe('done')
    await using other = open(origin)
    const body = new Blob(['x']).stream()
    expect(await failure(other.post('/', { body }))).toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' })
  })

  test('that a handler of Node’s server destroys in mid-body fails the body', async () => {
    const { origin } = await serve(certificates, (stream, headers) => {
      stream.respond({ ':status': 200 })
      stream.write('half of it')
      setTimeout(() => stream.destroy(headers[':path'] === '/error' ? new Error('broken') : undefined), 5)
    })
    await using session = open(origin)
    expect(await failure(session.get('/'))).toMatchObject({ name: 'FetchError' })
    expect(await failure(session.get('/error'))).toMatchObject({ name: 'FetchError' })
  })

  test('that Node 20 ends and then resets, for a handler that breaks off, fails the body', async () => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      wire.respond(stream)
      wire.data(stream, 'half of it')
      setTimeout(() => {
        wire.data(stream, '', true)
        setImmediate(() => wire.reset(stream, 0))
      }, 200)
    })
    await using session = open(origin)
    expect(await failure(session.get('/'))).toMatchObject({ name: 'FetchError' })
  })

  test('that Node 20 resets after a whole body is whole', async () => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      wire.respond(stream)
      for (const text of ['all ', 'of it', '']) wire.data(stream, text, text === '')
      wire.reset(stream, 0)
    })
    await using session = open(origin)
    for (let times = 0; times < 20; times++) expect(await session.get('/')).toBe('all of it')
  })

  test('that is reset with NO_ERROR after a complete answer to an upload is whole', async () => {
    const { origin } = await serve(certificates, (stream) => {
      stream.respond({ ':status': 413 })
      stream.end('too much')
      stream.once('finish', () => stream.close(0))
    })
    await using session = open(origin)
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 14)) })
    const response = await session.fetch('/', { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect([response.status, await response.text()]).toEqual([413, 'too much'])
    expect(await (await session.fetch('/', { method: 'POST', body: 'x'.repeat(1 << 20) })).text()).toBe('too much')
  })

  test.each([
    ['longer', 'five!'],
    ['shorter', 'no'],
    ['shorter by all', ''],
  ])('whose body is %s than its Content-Length says fails', async (_, text) => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      wire.respond(stream, { 'content-length': '4' })
      wire.data(stream, text, true)
    })
    await using session = open(origin)
    expect(await failure(session.get('/'))).toMatchObject({
      name: 'FetchError',
      cause: { cause: { code: 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' } },
    })
  })

  test('that has too many or too long headers fails, and says so', async () => {
    const { origin } = await serve(
      certificates,
      (stream, headers) => {
        const many = Object.fromEntries(Array.from({ length: 2100 }, (_, number) => [`x${number}`, 'v']))
        const long = { 'x-long': 'v'.repeat(70_000) }
        const some = Object.fromEntries(Array.from({ length: 1500 }, (_, number) => [`x${number}`, 'v']))
        stream.respond({ ':status': 200, ...{ '/many': many, '/long': long, '/some': some }[headers[':path'] as '/many'] })
        stream.end('ok')
      },
      { maxSendHeaderBlockLength: 1 << 20, settings: { maxHeaderListSize: 1 << 20 } },
    )
    await using session = open(origin)
    for (const path of ['/many', '/long']) {
      expect(await failure(session.get(path))).toMatchObject({
        message: expect.stringContaining('the response headers are too large'),
        code: 'ERR_HTTP2_HEADERS_OVERFLOW',
      })
    }
    expect((await session.fetch('/some')).headers.get('x1499')).toBe('v')
  })
})

describe('GOAWAY', () => {
  test('lets the response on its way finish, and later calls share one new connection', async () => {
    const { origin, sessions } = await serve(certificates, (stream, _, nth) => {
      stream.respond({ ':status': 200 })
      if (nth !== 5) return void stream.end('x')
      stream.write('x')
      stream.session?.goaway(0, stream.id)
      setTimeout(() => stream.end('y'), 30)
    })
    await using session = open(origin)
    const texts: unknown[] = []
    for (let times = 0; times < 12; times++) texts.push(await session.get('/'))
    expect(texts).toEqual(['x', 'x', 'x', 'x', 'xy', 'x', 'x', 'x', 'x', 'x', 'x', 'x'])
    expect(sessions.length).toBe(2)
  })

  test('of a server that closes gracefully under 50 calls at a time fails none', async () => {
    const { origin, sessions } = await serve(certificates, (stream, _, nth) => {
      if (nth % 100 === 0) stream.session?.close()
      stream.respond({ ':status': 200 })
      setTimeout(() => stream.end('x'), 1)
    })
    await using session = open(origin)
    let left = 1000
    const lane = async () => {
      while (left-- > 0) expect(await session.post('/', { body: 'x' })).toBe('x')
    }
    await Promise.all(Array.from({ length: 50 }, lane))
    expect(sessions.length).toBeLessThanOrEqual(12)
  })

  test('in one packet with the last answers and the end of the connection, as of nginx, loses none of 40 lanes', async () => {
    const waiting = new Map<number, number[]>()
    const { origin, opened } = await serveFrames(certificates, (wire, stream) => {
      if (stream > 99) return
      const streams = waiting.get(wire.nth) ?? []
      waiting.set(wire.nth, [...streams, stream])
      if (stream !== 99 && streams.length < 15) return
      waiting.delete(wire.nth)
      wire.socket.cork()
      for (const one of [...streams, stream]) {
        if (one === 99) wire.goAway(99, 0)
        wire.respond(one, { 'x-long': 'x'.repeat(100) })
        wire.data(one, 'x', true)
      }
      if (stream === 99) wire.socket.end()
      wire.socket.uncork()
    })
    await using session = open(origin)
    let left = 20 * 50
    const lane = async () => {
      while (left-- > 0) expect(await session.post('/', { body: 'x' })).toBe('x')
    }
    await Promise.all(Array.from({ length: 40 }, lane))
    expect(opened()).toBe(20)
  })

  test.each([0, 2])('with code %i sends streams above the last one again, elsewhere, whatever their method', async (code) => {
    const seen: string[] = []
    const { origin, opened } = await serveFrames(certificates, (wire, stream) => {
      seen.push(`${wire.nth}:${stream}`)
      if (wire.nth === 1 && stream === 5) {
        wire.respond(1)
        wire.data(1, 'first', true)
        wire.goAway(1, code)
      } else if (wire.nth > 1) {
        wire.respond(stream)
        wire.data(stream, 'elsewhere', true)
      }
    })
    await using session = open(origin)
    const all = await Promise.all([1, 2, 3].map(() => session.post('/', { body: 'x' })))
    expect(all.sort()).toEqual(['elsewhere', 'elsewhere', 'first'])
    expect(seen).toEqual(['1:1', '1:3', '1:5', '2:1', '2:3'])
    expect(opened()).toBe(2)
  })

  test('with an error fails what the server may have carried out, by its name', async () => {
    const { origin } = await serveFrames(certificates, (wire, stream) => wire.goAway(stream, 11))
    await using session = open(origin)
    const error = await failure(session.get('/'))
    expect(error.message).toContain('the server ended the connection, ENHANCE_YOUR_CALM (ERR_HTTP2_SESSION_ERROR)')
    expect(error).toMatchObject({ code: 'ERR_HTTP2_SESSION_ERROR' })
  })

  test('at every connection ends the call after a few', async () => {
    const { origin, opened } = await serveFrames(certificates, (wire) => wire.goAway(0, 0))
    await using session = open(origin)
    expect(await failure(session.get('/'))).toMatchObject({ code: 'ERR_HTTP2_GOAWAY_SESSION' })
    expect(opened()).toBe(6)
  })
})

describe('a lost socket', () => {
  const lose = (wire: Wire, stream: number, isLost: boolean, end: (wire: Wire) => void) => {
    if (isLost) return end(wire)
    wire.socket.cork()
    wire.respond(stream)
    wire.data(stream, `connection ${wire.nth}`, true)
    wire.socket.uncork()
  }
  const ENDS = [
    ['closed', (wire: Wire) => void wire.socket.destroy()],
    ['ended', (wire: Wire) => void wire.socket.end()],
    ['reset', (wire: Wire) => wire.cut()],
  ] as const

  test.each(ENDS)('%s: an idempotent call on a kept connection is sent once more, others fail', async (_, end) => {
    const { origin } = await serveFrames(certificates, (wire, stream) => lose(wire, stream, stream > 1, end))
    await using session = open(origin)
    expect(await session.get('/')).toBe('connection 1')
    expect(await session.get('/')).toBe('connection 2')
    const { code } = (await failure(session.post('/', { body: 'x' }))) as { code?: string }
    expect(code).toMatch(/^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/)
  })

  test.each(ENDS)('%s: on a fresh connection nothing is sent again', async (_, end) => {
    let requests = 0
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      requests++
      lose(wire, stream, true, end)
    })
    await using session = open(origin)
    await failure(session.get('/'))
    expect(requests).toBe(1)
  })

  test.each(ENDS)('%s in mid-body fails the body, with a length and without', async (_, end) => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      wire.respond(stream, wire.nth === 1 ? {} : { 'content-length': '20' })
      wire.data(stream, 'half of it')
      setTimeout(() => end(wire), 5)
    })
    await using session = open(origin)
    for (let times = 0; times < 2; times++) {
      await expect(session.fetch('/').then((response) => response.text())).rejects.toMatchObject({ message: 'terminated' })
    }
  })

  test('after a whole body that is read late loses nothing of it', async () => {
    const { origin, sessions } = await serve(certificates, (stream) => {
      stream.respond({ ':status': 200 })
      stream.end('x'.repeat(700_000))
      stream.on('close', () => setTimeout(() => sessions[0]?.destroy(), 20))
    })
    await using session = open(origin)
    const response = await session.fetch('/')
    await expect.poll(() => sessions[0]?.destroyed).toBe(true)
    await sleep(20)
    expect((await response.text()).length).toBe(700_000)
  })

  test.each([
    ['one packet', (wire: Wire): void => void wire.socket.end()],
    ['one packet, with GOAWAY', (wire: Wire): void => wire.goAway(1, 2)],
  ] as const)('in %s with a whole body loses nothing of it', async (_, end) => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      wire.socket.cork()
      wire.respond(stream)
      wire.data(stream, 'x'.repeat(10_000), true)
      end(wire)
      wire.socket.uncork()
    })
    await using session = open(origin)
    expect(await session.get('/')).toBe('x'.repeat(10_000))
  })

  test('under 20 calls at a time, each of which was kept once, fails no GET', async () => {
    const { origin } = await serveFrames(certificates, (wire, stream) => {
      lose(wire, stream, stream > 41 && Math.random() < 0.02, (one) => void one.socket.destroy())
    })
    await using session = open(origin, { retry: { limit: 5, delay: 1 } })
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let times = 0; times < 50; times++) expect(await session.get('/')).toMatch(/connection/)
      }),
    )
  })
})

describe('a server that opens', () => {
  test.each([
    ['and sends garbage', (wire: Wire) => void wire.socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['and sends half a frame', (wire: Wire) => void wire.socket.end(Buffer.of(0, 0, 9, 4))],
    ['and closes', (wire: Wire) => void wire.socket.destroy()],
    ['and says GOAWAY at once', (wire: Wire) => wire.goAway(0, 2)],
  ])('%s: one error, one connection for all calls, and none of them hangs', async (_, onOpen) => {
    const { origin, opened } = await serveFrames(certificates, () => undefined, onOpen)
    await using session = open(origin)
    const errors = await Promise.all([1, 2, 3].map(() => failure(session.get('/'))))
    for (const error of errors) {
      expect(error).toMatchObject({ name: 'FetchError', code: expect.any(String) })
      expect(error.message).not.toContain('no error')
    }
    expect(opened()).toBe(1)
    await failure(session.get('/'))
    expect(opened()).toBe(2)
  })

  test('and sends garbage later fails what is on its way, and the next call has a new connection', async () => {
    const { origin, opened } = await serveFrames(certificates, (wire, stream) => {
      if (wire.nth === 1) return void wire.socket.write('garbage that is no frame at all, and goes on and on')
      wire.respond(stream, {}, true)
    })
    await using session = open(origin)
    expect(await failure(session.post('/', { body: 'x' }))).toMatchObject({ code: expect.stringMatching(/^ERR_HTTP2/) })
    expect((await session.fetch('/')).status).toBe(200)
    expect(opened()).toBe(2)
  })

  test('and is never heard of again: the call ends by its own timeout', async () => {
    const { origin } = await serveFrames(certificates, () => undefined, silent)
    await using session = open(origin, { timeout: 50 })
    await expect(session.fetch('/')).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('and is never heard of again ends all calls after 10 s', async () => {
    const { origin, opened } = await serveFrames(certificates, () => undefined, silent)
    await using session = open(origin)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const all = Promise.all([1, 2].map(() => failure(session.get('/'))))
      while (opened() === 0) await new Promise((resolve) => setImmediate(resolve))
      for (let times = 0; times < 20; times++) await new Promise((resolve) => setImmediate(resolve))
      await vi.advanceTimersByTimeAsync(10_000)
      for (const error of await all) expect(error).toMatchObject({ code: 'UND_ERR_CONNECT_TIMEOUT' })
    } finally {
      vi.useRealTimers()
    }
  })
})

/** Sends nothing, and hears nothing. */
function silent({ socket }: Wire): void {
  socket.pause()
}

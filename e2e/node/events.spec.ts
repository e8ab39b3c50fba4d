/** Server-sent events and lines, over a real server. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createSession, FetchError } from 'sessionfetch'
import { events, lines, type ServerEvent } from 'sessionfetch/events'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { listen, shut } from '../loopback.ts'

type Handler = (request: IncomingMessage, response: ServerResponse, number: number) => void

let server: Server
let origin: string
let handler: Handler
let requests: IncomingMessage[] = []
let closed = 0

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request)
    response.on('close', () => {
      closed++
    })
    handler(request, response, requests.length)
  })
  origin = await listen(server)
})
afterAll(() => {
  shut(server)
})
beforeEach(() => {
  requests = []
  closed = 0
})

const stream = (response: ServerResponse, text: string) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(`retry: 5\n${text}`)
}

async function collect(source: AsyncIterable<ServerEvent>): Promise<string[]> {
  const all: string[] = []
  for await (const { data } of source) all.push(data)
  return all
}

describe.each([
  ['the platform’s connections', {}],
  ['a pool', { pool: true }],
])('events() over %s', (_, options) => {
  test('carries cookies and auth, and connects again with Last-Event-ID, until a 204', async () => {
    handler = (request, response, number) => {
      if (number === 1) {
        response.writeHead(204, { 'set-cookie': 'sid=1; Path=/' }).end()
      } else if (number === 2) {
        stream(response, 'id: 7\ndata: a\n\n')
        response.end()
      } else if (number === 3) {
        stream(response, `id: 8\ndata: ${request.headers['last-event-id']}\n\n`)
        response.write('data: cut off')
        setTimeout(() => response.destroy(), 20)
      } else if (number === 4) request.socket.destroy()
      else response.writeHead(204).end()
    }
    const session = createSession({ ...options, baseURL: origin, auth: { token: 't' } })
    await session.fetch('/login')
    expect(await collect(events(session, '/feed'))).toEqual(['a', '7'])
    const seen = requests.slice(1).map(({ headers }) => [headers.cookie, headers.authorization, headers['last-event-id']])
    const all = ['sid=1', 'Bearer t'] as const
    // The pool itself sends a request once more whose kept connection ends without an answer.
    expect(seen.slice(0, 3)).toEqual([
      [...all, undefined],
      [...all, '7'],
      [...all, '8'],
    ])
    expect(seen.at(-1)).toEqual([...all, '8'])
    await session.close()
  })

  test('a status and a wrong type are FetchErrors, and not tried again', async () => {
    const session = createSession({ ...options, baseURL: origin, retry: 2 })
    handler = (_request, response) => response.writeHead(503, { 'content-type': 'application/json' }).end('{"why":"busy"}')
    const refused = await collect(events(session, '/feed?q=1')).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(FetchError)
    expect(refused).toMatchObject({ status: 503, data: { why: 'busy' }, message: `GET ${origin}/feed: 503` })
    handler = (_request, response) => response.writeHead(200, { 'content-type': 'video/mp4' }).write('endless')
    const wrong = await collect(events(session, '/feed')).catch((error: unknown) => error)
    expect(wrong).toBeInstanceOf(FetchError)
    expect((wrong as Error).message).toBe(`GET ${origin}/feed: the answer is no text/event-stream`)
    expect(requests).toHaveLength(2)
    await session.close()
  })

  test('idle connects again; total ends with the headers; break closes the connection', async () => {
    handler = (_request, response, number) => stream(response, `data: ${number}\n\n`)
    const session = createSession({ ...options, baseURL: origin, timeout: { total: 1000, idle: 1500 } })
    const all: string[] = []
    for await (const { data } of events(session, '/feed')) if (all.push(data) === 3) break
    expect(all).toEqual(['1', '2', '3'])
    await expect.poll(() => closed).toBe(3)
    await session.close()
  })

  test('the signal ends it without an error, and closes the connection', async () => {
    handler = (_request, response) => stream(response, 'data: a\n\n')
    const session = createSession({ ...options, baseURL: origin })
    const controller = new AbortController()
    const all: string[] = []
    for await (const { data } of events(session, '/feed', { signal: controller.signal })) {
      all.push(data)
      controller.abort()
    }
    expect(all).toEqual(['a'])
    await expect.poll(() => closed).toBe(1)
    await session.close()
  })

  test('close() of the session ends it with SessionClosedError, and closes the connection', async () => {
    handler = (_request, response) => stream(response, 'data: a\n\n')
    const session = createSession({ ...options, baseURL: origin })
    const read = async () => {
      for await (const _ of events(session, '/feed')) await session.close()
    }
    const error = await read().catch((cause: unknown) => cause)
    expect((error as Error).name).toBe('SessionClosedError')
    await expect.poll(() => closed).toBe(1)
    expect(requests).toHaveLength(1)
  })

  test('a server that is not there is tried again, at most so often', async () => {
    const session = createSession(options)
    const error = await collect(events(session, 'http://127.0.0.1:1/feed', { retry: 5, reconnects: 2 })).catch(
      (cause: unknown) => cause,
    )
    expect(error).toBeInstanceOf(FetchError)
    expect((error as Error).message).toContain('GET http://127.0.0.1:1/feed: ')
    await session.close()
  })

  test('lines() reads a body line by line, and break closes it', async () => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      response.write('{"n":1}\r\n{"n"')
      setTimeout(() => response.write(':2}\n{"n":3}'), 20)
    }
    const session = createSession({ ...options, baseURL: origin })
    const all: unknown[] = []
    for await (const line of lines(await session.fetch('/export'))) if (all.push(JSON.parse(line)) === 2) break
    expect(all).toEqual([{ n: 1 }, { n: 2 }])
    await expect.poll(() => closed).toBe(1)
    await session.close()
  })
})

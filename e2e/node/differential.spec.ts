/**
 * The default transport beside `fetch: globalThis.fetch`: what the server saw and what the caller got must be equal, in both
 * doors, for every input of e2e/differential.ts. What differs stands in a table, with the reason.
 */
import { createServer as createHTTPServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { createSession, type SessionOptions } from 'sessionfetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Case, cases } from '../differential.ts'
import { listen, portOf } from '../loopback.ts'
import { freePort } from '../processes.ts'

/** Inputs for which the two differ, and why that is right. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'header: upper case': 'a Headers object gives its names in lower case only; HTTP/1.1 does not mind, and HTTP/2 demands it',
  'header of a body: a content-length too large': 'fetch sends the wrong length and half a request; nothing is sent here',
  'header of a body: a content-length too small':
    'fetch never comes back (undici 6 to 8); here it is the error that it should be',
  'answer: blanks around a value': 'Headers takes blanks off at both ends (RFC 9110 section 5.5); fetch leaves those at the end',
  ...(Number.parseInt(process.versions.node, 10) < 24 && {
    'failure: a name with a blank': 'Headers takes no name that is none, and nobody can ask for it: it is left out',
  }),
}

const seen: unknown[] = []
const sockets = new Set<Socket>()
let echo: Server
let raw: Server
let refused: number
/** Requests that the echo server has begun to take in. */
let underWay = 0
let answered: Case | undefined

const originOf = (server: Server) => `http://127.0.0.1:${portOf(server)}`
/**
 * Header lines sorted by name: the order between different names says nothing, and differs (src/node/pool/request-headers.ts).
 */
const sorted = (raw: readonly string[]) =>
  raw.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${withoutBoundary(raw[at + 1] ?? '')}`] : [])).sort()
const withoutBoundary = (text: string) => text.replace(/formdata-undici-0\d{11}/g, 'BOUNDARY')

beforeAll(async () => {
  echo = createHTTPServer((request, response) => {
    const chunks: Buffer[] = []
    underWay++
    const note = (ending: string) => {
      underWay--
      const { method, url, rawHeaders } = request
      const body = withoutBoundary(Buffer.concat(chunks).toString('latin1'))
      seen.push({ method, url, headers: sorted(rawHeaders), body, ending })
    }
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      note('whole')
      response.setHeader('date', 'today').end('{"fine":1}')
    })
    request.on('error', () => note('broken off'))
  })
  raw = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    let head = ''
    socket.on('data', async (data) => {
      head += data.toString('latin1')
      if (!head.includes('\r\n\r\n') && !head.startsWith('\x16')) return
      if (!head.startsWith('\x16')) seen.push(head.split('\r\n').sort())
      head = ''
      for (const bytes of answered?.answer ?? []) {
        socket.write(bytes)
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
      const isKept = answered?.answer?.some((bytes) => Buffer.from(bytes as string).includes('content-length'))
      const end = answered?.end ?? (isKept ? 'stay' : 'close')
      if (end === 'reset') setTimeout(() => socket.resetAndDestroy(), 5)
      else if (end === 'close') socket.end()
    })
  })
  for (const server of [echo, raw]) await listen(server)
  refused = await freePort()
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  ;(echo as ReturnType<typeof createHTTPServer>).closeAllConnections()
  for (const server of [echo, raw]) server.close()
})

/** The parts of an error by which a caller can tell it from another. */
function shown(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || depth > 5) return error
  const { name, message, cause } = error
  const { code, errno, syscall } = error as NodeJS.ErrnoException
  return { class: error.constructor.name, name, message, code, errno, syscall, cause: shown(cause, depth + 1) }
}

async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    return { error: shown(error) }
  }
}

async function describeResponse(response: Response): Promise<unknown> {
  const { status, statusText, ok, url, type, redirected, headers } = response
  const isNull = response.body === null
  const body = await outcome(async () => Buffer.from(await response.arrayBuffer()).toString('latin1'))
  return { status, statusText, ok, url, type, redirected, headers: [...headers], isNull, body, bodyUsed: response.bodyUsed }
}

/** Makes a call in both doors; gives what the server saw and what the caller got. */
async function observe(one: Case, options: SessionOptions): Promise<unknown> {
  answered = one
  seen.length = 0
  const whole = one.url?.replace('RAW', originOf(raw).slice(7)).replace('REFUSED', String(refused))
  const url = whole ?? `${originOf(one.answer ? raw : echo)}${one.path ?? '/'}`
  const init = () => {
    const given = one.init?.() ?? {}
    if (one.abortAfter === undefined) return given
    const controller = new AbortController()
    if (one.abortAfter < 0) controller.abort(new RangeError('mine'))
    else setTimeout(() => controller.abort(new RangeError('mine')), one.abortAfter)
    return { ...given, signal: controller.signal }
  }
  await using session = createSession(options)
  const fetched = await outcome(async () => describeResponse(await session.fetch(url, init())))
  const data = await outcome(async () => {
    const { status, _data } = await session.raw(url, { ...(init() as object), ignoreResponseError: true })
    return { status, data: _data instanceof Blob ? await _data.text() : _data }
  })
  // The server has seen all of a broken request only when its connection has ended.
  if ('error' in (fetched as object)) await new Promise((resolve) => setTimeout(resolve, 20))
  await expect.poll(() => underWay, { interval: 2 }).toBe(0)
  return { seen: [...seen], fetched, data }
}

describe('the default transport does as fetch does', () => {
  test('for more than 200 inputs', () => {
    expect(cases.length).toBeGreaterThan(200)
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  })

  test.each(cases)('$name', async (one) => {
    const byFetch = await observe(one, { fetch: globalThis.fetch })
    const byDefault = await observe(one, {})
    if (one.name in DIFFERENCES) expect(byDefault).not.toEqual(byFetch)
    else expect(byDefault).toEqual(byFetch)
  })
})

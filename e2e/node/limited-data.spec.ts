/** Data that breaks off by a limit while its body comes: the same error and a closed connection, whichever way the body is watched. */
import { createServer, type Server } from 'node:http'
import { gzipSync } from 'node:zlib'
import { createSession, type SessionOptions } from 'sessionfetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen, shut } from '../loopback.ts'

let server: Server
let origin: string
let whenCut: Promise<void>

beforeAll(async () => {
  server = createServer((request, response) => {
    whenCut = new Promise((resolve) => response.once('close', resolve))
    response.setHeader('content-type', 'application/json')
    if (request.url === '/gzip') response.setHeader('content-encoding', 'gzip').write(gzipSync('{"a":').subarray(0, 12))
    else response.write('{"a":')
  })
  origin = await listen(server)
})
afterAll(() => {
  shut(server)
})

interface Failure {
  readonly name: string
  readonly cause?: { readonly name: string; readonly limit?: string }
}

const failure = (call: Promise<unknown>): Promise<Failure> =>
  call.then(
    () => ({ name: 'no error' }),
    (error: Failure) => error,
  )

const OVER: Readonly<Record<string, SessionOptions>> = {
  'the platform’s connections': {},
  'its own': { pool: true },
  fetch: { fetch: globalThis.fetch },
}

describe.each(Object.entries(OVER))('over %s', (_, over) => {
  test.each(['/plain', '/gzip'])('by its signal: %s', async (path) => {
    await using session = createSession({ baseURL: origin, ...over })
    const controller = new AbortController()
    const reason = new RangeError('enough')
    const call = session.get(path, { signal: controller.signal, onResponse: () => undefined }).catch((error) => error)
    const lazy = session.get(path, { signal: controller.signal }).catch((error) => error)
    await new Promise((resolve) => server.once('request', () => server.once('request', () => setImmediate(resolve))))
    controller.abort(reason)
    expect([await call, await lazy]).toEqual([reason, reason])
    await whenCut
  })

  test.each(['/plain', '/gzip'])('by the timeout of its attempt: %s', async (path) => {
    await using session = createSession({ baseURL: origin, timeout: 50, ...over })
    const error = await failure(session.get(path))
    expect([error.name, error.cause?.name, error.cause?.limit]).toEqual(['FetchError', 'TimeoutError', 'attempt'])
    await whenCut
  })

  test('by maxBytes, also with a signal', async () => {
    await using session = createSession({ baseURL: origin, maxBytes: 2, signal: new AbortController().signal, ...over })
    const error = await failure(session.get('/plain'))
    expect([error.name, error.cause?.name]).toEqual(['FetchError', 'BodyTooLargeError'])
    await whenCut
  })
})

/**
 * What applications put in place of fetch or beside it: mocks, wrappers, instrumentation, preloads. Each must see every request
 * of the default transport, whether it was installed before the session was made or after.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { execFile } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { inspect, promisify } from 'node:util'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import nock from 'nock'
import { createSession, type SessionOptions } from 'sessionfetch'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { listen, shut } from '../loopback.ts'

let server: Server
let origin: string
const seen: (string | undefined)[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request.headers.traceparent as string | undefined)
    response.setHeader('content-type', 'application/json').end('{"from":"server"}')
  })
  // As a proxy it lets nobody through. Without an answer undici up to 7 would ask it for ever (undici #3897).
  server.on('connect', (_, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
  origin = await listen(server)
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  seen.length = 0
})
afterAll(() => {
  shut(server)
})

const FROM_SERVER = { from: 'server' }
const FROM_MOCK = { from: 'mock' }

/** How a mock is installed and removed. */
const mocks: Readonly<Record<string, () => () => void>> = {
  msw: () => {
    const mock = setupServer(http.get(`${origin}/x`, () => HttpResponse.json(FROM_MOCK)))
    mock.listen()
    return () => mock.close()
  },
  nock: () => {
    nock(origin).persist().get('/x').reply(200, FROM_MOCK)
    return () => {
      nock.cleanAll()
      nock.restore()
    }
  },
  'a stub': () => {
    vi.stubGlobal('fetch', async () => Response.json(FROM_MOCK))
    return () => vi.unstubAllGlobals()
  },
  'a spy': () => {
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(FROM_MOCK))
    return () => spy.mockRestore()
  },
  'a patch with the original beside it, as Next.js has it': () => {
    const original = globalThis.fetch
    globalThis.fetch = Object.assign(async () => Response.json(FROM_MOCK), { __nextPatched: true, _nextOriginalFetch: original })
    return () => {
      globalThis.fetch = original
    }
  },
  'a Proxy': () => {
    const original = globalThis.fetch
    globalThis.fetch = new Proxy(original, { apply: async () => Response.json(FROM_MOCK) })
    return () => {
      globalThis.fetch = original
    }
  },
}

describe.each(Object.entries(mocks))('%s', (name, install) => {
  test('is seen by a session that was there before it, and not after it', async () => {
    if (name === 'nock' && !nock.isActive()) nock.activate()
    await using session = createSession({ baseURL: origin })
    if (name !== 'nock') expect(await session.get('/x')).toEqual(FROM_SERVER)
    const remove = install()
    expect(await session.get('/x')).toEqual(FROM_MOCK)
    expect(await session.fetch('/x').then((response) => response.json())).toEqual(FROM_MOCK)
    await using later = createSession({ baseURL: origin })
    expect(await later.get('/x')).toEqual(FROM_MOCK)
    remove()
    expect(await session.get('/x')).toEqual(FROM_SERVER)
  })
})

test('console.log(session) says which way its requests go', () => {
  expect(inspect(createSession())).toContain('the platform’s connections')
  expect(inspect(createSession({ pool: true }))).toContain('own connections')
  expect(inspect(createSession({ fetch: globalThis.fetch }))).toMatch(/: fetch/)
  vi.stubGlobal('fetch', () => undefined)
  expect(inspect(createSession())).toMatch(/: fetch/)
})

describe('options of the platform', () => {
  test.each([
    [{ credentials: 'include' }, 'platform'],
    [{ keepalive: true }, 'platform'],
    [{ cache: 'no-store' }, 'fetch'],
    [{ integrity: 'sha256-x' }, 'fetch'],
    [{ cf: {} }, 'fetch'],
    [{ dispatcher: undefined }, 'platform'],
  ])('%j goes over %s', async (options, expected) => {
    const told: unknown[] = []
    const trace = ({ type, via }: { type: string; via: string }) => type === 'transport' && told.push(via)
    await using session = createSession({ baseURL: origin, context: { [Symbol.for('sessionfetch.trace')]: trace } as never })
    await session.fetch('/x', options as never).catch(() => undefined)
    expect(told).toEqual([expected])
  })
})

describe('instrumentation through diagnostics channels', () => {
  const CHANNELS = ['create', 'bodySent', 'headers', 'trailers', 'error'].map((name) => `undici:request:${name}`)

  /** What OpenTelemetry's undici instrumentation does: a span per request, and a header that says which. */
  async function traced(options: SessionOptions, call: (session: ReturnType<typeof createSession>) => Promise<unknown>) {
    const storage = new AsyncLocalStorage<string>()
    const spans: unknown[] = []
    const listen = (message: unknown, name: string | symbol) => {
      const { request } = message as {
        request: { method: string; path: string; origin: string; addHeader(name: string, value: string): void }
      }
      spans.push([String(name), request.method, request.path, storage.getStore()])
      if (String(name).endsWith('create')) request.addHeader('traceparent', `00-${storage.getStore()}-01`)
    }
    for (const channel of CHANNELS) subscribe(channel, listen)
    await using session = createSession({ baseURL: origin, ...options })
    await storage.run('span', () => call(session)).catch(() => undefined)
    for (const channel of CHANNELS) unsubscribe(channel, listen)
    return { spans, seen: seen.splice(0) }
  }

  test.each<[string, (session: ReturnType<typeof createSession>) => Promise<unknown>]>([
    ['a GET', (session) => session.get('/x')],
    ['a POST', (session) => session.post('/x?a=1', { body: { a: 1 } })],
    ['a failure', (session) => session.get('http://127.0.0.1:2/')],
  ])('sees %s as it sees one of fetch', async (_, call) => {
    const byFetch = await traced({ fetch: globalThis.fetch }, call)
    const byDefault = await traced({}, call)
    expect(byDefault).toEqual(byFetch)
    expect(byDefault.spans.length).toBeGreaterThan(1)
  })
})

describe('a process', () => {
  const built = pathToFileURL(fileURLToPath(new URL('../../dist/index.js', import.meta.url))).href
  const run = async (script: string, flags: string[] = [], env: Record<string, string> = {}) => {
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--input-type=module', '-e', script], {
      env: { ...process.env, ...env },
    })
    return stdout.trim()
  }

  test('with a preload that wraps fetch goes through the wrapper', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sessionfetch-preload-'))
    const file = join(folder, 'preload.mjs')
    writeFileSync(file, "const real = fetch; globalThis.fetch = (...all) => { console.log('wrapped'); return real(...all) }")
    const script = `import { createSession } from '${built}'; await createSession().get('${origin}/x').catch(() => 0)`
    expect(await run(script, ['--import', pathToFileURL(file).href])).toBe('wrapped')
    rmSync(folder, { recursive: true })
  })

  test('with NODE_USE_ENV_PROXY goes through the proxy where fetch does', async () => {
    const script = (options: string) =>
      `import { createSession } from '${built}'; console.log(JSON.stringify(await createSession(${options}).get('http://nowhere.invalid/x').catch((error) => error.cause.message)))`
    const env = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: origin, http_proxy: origin, NO_PROXY: '', no_proxy: '' }
    expect(await run(script('{}'), [], env)).toBe(await run(script('{ fetch }'), [], env))
  })
})

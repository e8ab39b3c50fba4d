/**
 * Dispatchers that an application puts under the platform's fetch with npm undici's `setGlobalDispatcher`: the default transport
 * goes through them as fetch does. Each is asked by fetch and by default, and must have seen and given the same.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { createSession, type SessionOptions } from 'sessionfetch'
import * as undici7 from 'undici'
import * as undici6 from 'undici-6'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { portOf, shut } from '../loopback.ts'

type Undici = typeof undici7
const SLOTS = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')]
const slots = globalThis as unknown as Record<symbol, unknown>
const node = Number.parseInt(process.versions.node, 10)
/**
 * undici 8 needs Node 22, and Node 26 does not look where undici 6 puts its dispatcher. The types of 6 and 8 are those of 7
 * for what is used here.
 */
const majors: readonly (readonly [string, Undici])[] = [
  ...(node < 26 ? [['6', undici6 as unknown as Undici] as const] : []),
  ['7', undici7],
  ...(node >= 22 ? [['8', (await import('undici-8')) as unknown as Undici] as const] : []),
]

let server: Server
let proxy: Server
let origin: string
let platform: unknown[]
/** What happened, in order, as the servers and the dispatchers tell it. */
const seen: string[] = []
let answer: (request: IncomingMessage, response: ServerResponse) => void

const listen = (one: Server) => new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
const originOf = (one: Server) => `http://127.0.0.1:${portOf(one)}`

beforeAll(async () => {
  void globalThis.Response
  platform = SLOTS.map((slot) => slots[slot])
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['x-by'] ?? '-'}`)
    answer(request, response)
  })
  proxy = createServer((request, response) => {
    seen.push(`proxy ${request.url?.replace(origin, '')}`)
    response.end('by the proxy')
  })
  proxy.on('connect', (request, client) => {
    seen.push('proxy CONNECT')
    const [host, port] = (request.url ?? '').split(':')
    const target = connect(Number(port), host, () => client.write('HTTP/1.1 200 OK\r\n\r\n'))
    for (const socket of [client, target]) socket.on('error', () => undefined)
    client.pipe(target).pipe(client)
  })
  await Promise.all([listen(server), listen(proxy)])
  origin = originOf(server)
})
afterEach(() => {
  vi.unstubAllEnvs()
  for (const [at, slot] of SLOTS.entries()) if (slot in slots) slots[slot] = platform[at]
})
afterAll(() => {
  for (const one of [server, proxy]) {
    shut(one)
  }
})

interface Observed {
  readonly seen: readonly string[]
  readonly got: unknown
}

/** Both doors, and a request with a body. */
async function observe(options: SessionOptions, path = '/x'): Promise<Observed> {
  seen.length = 0
  await using session = createSession({ baseURL: origin, ...options })
  const got = await Promise.allSettled([session.fetch(path).then(describeResponse)])
  got.push(
    ...(await Promise.allSettled([
      session.raw(path, { responseType: 'text' }).then(({ status, _data }) => `${status} ${_data}`),
    ])),
  )
  got.push(...(await Promise.allSettled([session.fetch(path, { method: 'PUT', body: 'text' }).then(describeResponse)])))
  // How many connections it takes differs: by default a call waits for the one that is about to be free, as fetch does not.
  const told = seen.filter((one, at) => one !== 'proxy CONNECT' || seen.indexOf(one) === at)
  return { seen: told, got: got.map((one) => (one.status === 'fulfilled' ? one.value : messages(one.reason))) }
}

const describeResponse = async (response: Response) =>
  `${response.status} ${response.headers.get('x-by') ?? '-'} ${await response.text()}`

function messages(error: unknown): string[] {
  return error instanceof Error ? [`${error.name}: ${error.message}`, ...messages(error.cause)] : []
}

/** Asks by fetch and by default; `make` installs a dispatcher that is new each time. */
async function compare(undici: Undici, make: () => unknown): Promise<Observed> {
  const results: Observed[] = []
  for (const options of [{ fetch: globalThis.fetch }, {}]) {
    undici.setGlobalDispatcher(make() as undici7.Dispatcher)
    results.push(await observe(options))
  }
  const [byFetch, byDefault] = results as [Observed, Observed]
  expect(byDefault).toEqual(byFetch)
  return byDefault
}

const fine = (request: IncomingMessage, response: ServerResponse) => void request.resume().on('end', () => response.end('fine'))

describe.each(majors)('of undici %s', (major, undici) => {
  test('an Agent', async () => {
    answer = fine
    const agents: { readonly count: () => number }[] = []
    const { got } = await compare(undici, () => {
      const agent = new undici.Agent()
      const dispatch = agent.dispatch.bind(agent)
      let count = 0
      agent.dispatch = (options, handler) => {
        count++
        return dispatch(options, handler)
      }
      agents.push({ count: () => count })
      return agent
    })
    expect(got).toEqual(['200 - fine', '200 fine', '200 - fine'])
    expect(agents.map(({ count }) => count())).toEqual([3, 3])
  })

  test('an Agent with interceptors, each of which runs', async () => {
    answer = fine
    const ran: string[] = []
    const interceptor =
      (name: string) =>
      (dispatch: undici7.Dispatcher['dispatch']) =>
      (options: undici7.Dispatcher.DispatchOptions, handler: undici7.Dispatcher.DispatchHandler) => {
        ran.push(`${name} ${options.method} ${options.path}`)
        return dispatch({ ...options, headers: { ...(options.headers as object), 'x-by': name } }, handler)
      }
    const { seen: told } = await compare(undici, () => new undici.Agent().compose(interceptor('inner'), interceptor('outer')))
    expect(told).toEqual(['GET /x inner', 'GET /x inner', 'PUT /x inner'])
    const once = ['outer GET /x', 'inner GET /x', 'outer GET /x', 'inner GET /x', 'outer PUT /x', 'inner PUT /x']
    expect(ran).toEqual([...once, ...once])
  })

  test('a RetryAgent, which can send a text again where fetch has used it up', async () => {
    let requests = 0
    answer = (request, response) => {
      if (requests++ % 2 === 0) response.statusCode = 503
      fine(request, response)
    }
    const agent = () => new undici.RetryAgent(new undici.Agent(), { minTimeout: 1, maxRetries: 2 }) as undici7.Dispatcher
    const got: unknown[] = []
    for (const options of [{ fetch: globalThis.fetch }, {}]) {
      requests = 0
      undici.setGlobalDispatcher(agent())
      await using session = createSession({ baseURL: origin, ...options })
      got.push([await session.fetch('/x').then(describeResponse), await session.get('/x'), requests])
      got.push(await session.fetch('/x', { method: 'PUT', body: 'text' }).then(describeResponse, () => 'an error'))
    }
    const [byFetch, , byDefault, putByDefault] = got
    expect(byDefault).toEqual(byFetch)
    expect([byDefault, putByDefault]).toEqual([['200 - fine', 'fine', 4], '200 - fine'])
  })

  test('a ProxyAgent', async () => {
    answer = fine
    const { seen: told } = await compare(undici, () => new undici.ProxyAgent(originOf(proxy)))
    expect(told.some((one) => one.startsWith('proxy'))).toBe(true)
  })

  test('an EnvHttpProxyAgent', async () => {
    answer = fine
    vi.stubEnv('http_proxy', originOf(proxy))
    vi.stubEnv('no_proxy', '')
    const { seen: told } = await compare(undici, () => new undici.EnvHttpProxyAgent())
    expect(told.some((one) => one.startsWith('proxy'))).toBe(true)
  })

  test('a MockAgent', async () => {
    // Another undici than the platform's may not fit its fetch, and be told of an AsyncGenerator instead of the text.
    const isPlatforms = major === process.versions.undici?.split('.', 1)[0]
    const { seen: told, got } = await compare(undici, () => {
      const agent = new undici.MockAgent()
      agent.disableNetConnect()
      const pool = agent.get(origin)
      pool
        .intercept({ path: '/x' })
        .reply(200, 'mocked', { headers: { 'x-by': 'mock', 'set-cookie': 'a=1' } })
        .times(2)
      pool.intercept({ path: '/x', method: 'PUT', ...(isPlatforms && { body: 'text' }) }).reply(201, { mocked: true })
      return agent
    })
    expect(told).toEqual([])
    if (isPlatforms) expect(got).toEqual(['200 mock mocked', '200 mocked', '201 - {"mocked":true}'])
  })

  test('a MockAgent that knows nothing of the request', async () => {
    const { seen: told } = await compare(undici, () => {
      const agent = new undici.MockAgent()
      agent.disableNetConnect()
      return agent
    })
    expect(told).toEqual([])
  })

  test.each(['a Blob', 'a form', 'parameters'])('a MockAgent that lets %s through', async (kind) => {
    answer = (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => response.end(String(Buffer.concat(chunks)).replace(/-{4,}[\w-]+/g, '')))
    }
    const body = () => {
      const form = new FormData()
      form.set('a', '1')
      return { 'a Blob': new Blob(['blob']), 'a form': form, parameters: new URLSearchParams('a=1') }[kind] as BodyInit
    }
    const got: unknown[] = []
    for (const options of [{ fetch: globalThis.fetch }, {}]) {
      undici.setGlobalDispatcher(new undici.MockAgent() as undici7.Dispatcher)
      await using session = createSession(options)
      got.push(await session.fetch(origin, { method: 'POST', body: body() }).then((response) => response.text(), messages))
    }
    expect(got[1]).toEqual(got[0])
  })
})

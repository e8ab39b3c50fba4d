/**
 * redisStore on a real Redis, with the clients of `redis` and `ioredis`: many processes, a model, a Redis that goes away, a
 * cluster.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Redis, { Cluster } from 'ioredis'
import { createClient, createCluster } from 'redis'
import { createSession } from 'sessionfetch'
import { redisStore, StoreError } from 'sessionfetch/stores'
import { storeCases } from 'sessionfetch/stores/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, type Running, startProgram } from '../processes.ts'

const CHILD = fileURLToPath(new URL('stores/redis-child.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sessionfetch-redis-'))
const KINDS = ['redis', 'ioredis'] as const

function startRedis(port: number, ...more: string[]): Promise<Running> {
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder, ...more]
  return startProgram(port, '/usr/bin/redis-server', args)
}

let server: Running
let nodeRedis: ReturnType<typeof createClient>
let ioredis: Redis

const connect = async (port: number) => {
  const client = createClient({ socket: { host: '127.0.0.1', port } })
  client.on('error', () => undefined)
  await client.connect()
  return client
}
const clientOf = (kind: (typeof KINDS)[number]) => (kind === 'redis' ? nodeRedis : ioredis)

beforeAll(async () => {
  server = await startRedis(await freePort())
  nodeRedis = (await connect(server.port)) as never
  ioredis = new Redis(server.port)
})
afterAll(async () => {
  ioredis?.disconnect()
  nodeRedis?.destroy()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let prefixes = 0
const newPrefix = () => `t${++prefixes}`
const runChild = (kind: string, prefix: string, name: string) => fork(CHILD, [kind, `${server.port}`, prefix, name])
const endOf = (child: ChildProcess) => new Promise<number | null>((resolve) => child.on('exit', resolve))
const put = (name: string, domain = 'shop.example', expires: number | null = null) => ({
  put: { domain, id: `h/;${name}`, expires, data: JSON.stringify({ key: name, value: '1', domain, path: '/', hostOnly: true }) },
})
async function failure(work: Promise<unknown>): Promise<StoreError & { ms: number }> {
  const began = Date.now()
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof StoreError) return Object.assign(error, { ms: Date.now() - began })
  throw new Error(`expected a StoreError, and not ${String(error)}`)
}

describe.each(KINDS)('with a client of %s', (kind) => {
  test.each(storeCases((place) => redisStore(clientOf(kind), { prefix: place })))('$name', ({ run }) => run())

  test('keys end with their last cookie, or ttl after the last write', async () => {
    const [prefix, now] = [newPrefix(), Date.now()]
    const store = redisStore(clientOf(kind), { prefix, ttl: 1000 })
    await store.write([
      put('a', 'a.example', now + 60_000),
      put('b', 'a.example', now + 90_000),
      put('c', 'b.example', now + 300),
    ])
    await store.write([put('d', 'd.example'), put('e', 'e.example', now + 9e9)])
    const ends = async (domain: string) =>
      Math.round(((await ioredis.pttl(`{${prefix}}:of:${domain}`)) + Date.now() - now) / 1000)
    expect(await Promise.all(['a', 'd', 'e'].map((name) => ends(`${name}.example`)))).toEqual([90, 1000, 1000])
    await sleep(400)
    expect(await ioredis.exists(`{${prefix}}:of:b.example`)).toBe(0)
    await store.write(
      ['a', 'b', 'd', 'e'].map((name) => ({ remove: put(name, name === 'b' ? 'a.example' : `${name}.example`).put })),
    )
    expect(await ioredis.keys(`{${prefix}}*`)).toEqual([])
  })

  test('a read is one command, whatever the size of the jar, and so is a write', async () => {
    const prefix = newPrefix()
    const store = redisStore(clientOf(kind), { prefix })
    const session = createSession({
      baseURL: 'https://www.shop.example',
      jar: store,
      fetch: async (url) => new Response('{}', { headers: url.endsWith('/set') ? { 'set-cookie': 'a=1' } : {} }),
    })
    let commands: string[] = []
    const monitor = await ioredis.monitor()
    monitor.on('monitor', (_time, args: string[], source: string) => {
      if (source !== 'lua' && args.join(' ').includes(`{${prefix}}`)) commands.push(args[0] ?? '')
    })
    /** Waits until the monitor, which is heard later than the answers, has reported an echo. */
    const heard = async () => {
      await ioredis.echo(`{${prefix}}`)
      while (commands.at(-1)?.toLowerCase() !== 'echo') await sleep(5)
      const before = commands.slice(0, -1)
      commands = []
      return before.length
    }
    const count = async (path: string) => {
      await heard()
      await session.fetch(path)
      return heard()
    }
    const small = [await count('/'), await count('/set')]
    await store.write(Array.from({ length: 3000 }, (_, n) => put(`n${n}`, `h${n % 100}.example`)))
    expect([small, [await count('/'), await count('/set')]]).toEqual([
      [1, 2],
      [1, 2],
    ])
    monitor.disconnect()
  })

  test('staleTime spares reads, and one sees its own writes at once', async () => {
    const prefix = newPrefix()
    const open = (staleTime: number) =>
      createSession({ baseURL: 'https://shop.example', jar: redisStore(clientOf(kind), { prefix, staleTime }), fetch })
    const seen: (string | null)[] = []
    async function fetch(_: string, init?: RequestInit) {
      seen.push(new Headers(init?.headers).get('cookie'))
      return new Response('{}')
    }
    const [lazy, other] = [open(300), open(0)]
    await lazy.fetch('/')
    await other.cookies.set('a', '1')
    await lazy.fetch('/')
    await lazy.cookies.set('b', '1')
    await lazy.fetch('/')
    await other.cookies.set('c', '1')
    await sleep(310)
    await lazy.fetch('/')
    expect(seen.map((cookie) => cookie?.split('; ').length ?? 0)).toEqual([0, 0, 2, 3])
  })

  test('a key of another making is foreign, and what is no cookie damaged', async () => {
    const prefix = newPrefix()
    const store = redisStore(clientOf(kind), { prefix })
    await ioredis.set(`{${prefix}}:of:a.example`, 'text')
    await ioredis.hset(`{${prefix}}:of:b.example`, 'id', 'hush')
    await ioredis.hset(`{${prefix}}:of:c.example`, 'id', '1 - {"key":"hush"}')
    await ioredis.set(`{${prefix}}:count`, 'text')
    await ioredis.set(`{${prefix}}:lock`, 'text, and no end')
    const errors = [
      await failure(Promise.resolve(store.write([put('a')]))),
      await failure(store.lock(async () => undefined)),
      await failure(createSession({ jar: store }).cookies.getAll('https://c.example')),
      await failure(Promise.resolve(store.read(['a.example']))),
      await failure(Promise.resolve(store.read(['b.example']))),
    ]
    expect(errors.map(({ code }) => code)).toEqual(['foreign', 'foreign', 'damaged', 'foreign', 'damaged'])
    expect(errors.map(String).join()).not.toContain('hush')
  })

  test('lock() runs one at a time, and its key is gone afterwards', async () => {
    const prefix = newPrefix()
    const { lock } = redisStore(clientOf(kind), { prefix })
    const running: number[] = []
    let most = 0
    const work = async (n: number) => {
      running.push(n)
      most = Math.max(most, running.length)
      await sleep(5)
      running.pop()
      return n
    }
    expect(await Promise.all([1, 2, 3, 4].map((n) => lock(() => work(n))))).toEqual([1, 2, 3, 4])
    await expect(lock(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
    expect([most, await ioredis.exists(`{${prefix}}:lock`)]).toEqual([1, 0])
    await ioredis.set(`{${prefix}}:lock`, 'another', 'PX', 200)
    const began = Date.now()
    await lock(async () => undefined)
    expect(Date.now() - began).toBeGreaterThan(150)
  })

  test('lock() is not released by who does not hold it any more', async () => {
    const prefix = newPrefix()
    await redisStore(clientOf(kind), { prefix }).lock(async () => ioredis.set(`{${prefix}}:lock`, 'another'))
    expect(await ioredis.get(`{${prefix}}:lock`)).toBe('another')
  })
})

describe('several processes', () => {
  test('8 × 1,000 sets: none is lost', { timeout: 300_000 }, async () => {
    const prefix = newPrefix()
    const ends = Array.from({ length: 8 }, (_, n) => endOf(runChild(KINDS[n % 2] ?? '', prefix, `p${n}-`)))
    expect(await Promise.all(ends)).toEqual(Array(8).fill(0))
    expect(await redisStore(ioredis, { prefix }).read()).toHaveLength(8000)
  })

  test('8 share one refresh of a token', { timeout: 300_000 }, async () => {
    await ioredis.set('token', 'old')
    const prefix = newPrefix()
    const ends = Array.from({ length: 8 }, (_, n) => endOf(runChild(KINDS[n % 2] ?? '', prefix, 'refresh')))
    expect(await Promise.all(ends)).toEqual(Array(8).fill(0))
    expect([await ioredis.get('token'), await ioredis.get('refreshes')]).toEqual(['new', '1'])
  })

  /**
   * Two processes call at random, and some calls set a new value. By the model a call must not send a value that was replaced by
   * a later call which had ended before this one began.
   */
  test('no call sends cookies older than those of a call that had ended before it', { timeout: 300_000 }, async () => {
    const prefix = newPrefix()
    const children = KINDS.map((kind) => runChild(kind, prefix, 'calls'))
    const calls: { began: number; ended: number; value: string | undefined; sent: string | undefined }[] = []
    let clock = 0
    let onAnswer: () => void = () => undefined
    const nextAnswer = () =>
      new Promise<void>((resolve) => {
        onAnswer = resolve
      })
    for (const child of children) {
      child.on('message', ({ call, cookie }: { call?: number; cookie?: string | null }) => {
        const made = call === undefined ? undefined : calls[call]
        if (made) Object.assign(made, { ended: ++clock, sent: cookie?.slice('v='.length) })
        onAnswer()
      })
    }
    await Promise.all(children.map((child) => new Promise((resolve) => child.once('message', resolve))))
    const open = () => calls.filter(({ ended }) => ended === Number.POSITIVE_INFINITY).length
    for (let call = 0; call < 600; call++) {
      const value = Math.random() < 0.5 ? `n${call}` : undefined
      calls.push({ began: ++clock, ended: Number.POSITIVE_INFINITY, value, sent: undefined })
      children[Math.random() < 0.5 ? 0 : 1]?.send({ call, value, wait: Math.random() < 0.3 ? Math.random() * 4 : 0 })
      // From one at a time to five at once.
      const most = 1 + Math.floor(Math.random() * 5)
      while (open() >= most) await nextAnswer()
    }
    while (open() > 0) await nextAnswer()
    for (const child of children) child.send({ end: true })
    const setters = calls.filter(({ value }) => value !== undefined)
    const stale = calls.filter(({ began, sent }) => {
      const setter = setters.find(({ value }) => value === sent)
      return setters.some(({ began: later, ended }) => ended < began && (setter?.ended ?? 0) < later)
    })
    expect(stale).toEqual([])
    expect(calls.filter(({ sent }) => sent !== undefined).length).toBeGreaterThan(500)
  })
})

describe.each(KINDS)('Redis away, with a client of %s', (kind) => {
  test('unavailable within the time, nothing is sent, and the same session works when it is back', async () => {
    const port = await freePort()
    let own = await startRedis(port)
    const io = new Redis(port, { retryStrategy: () => 50 })
    io.on('error', () => undefined)
    const client = kind === 'redis' ? await connect(port) : io
    let sent = 0
    const fetch = async () => {
      sent++
      return new Response('{}', { headers: { 'set-cookie': `a=${sent}` } })
    }
    const session = createSession({ baseURL: 'https://shop.example', jar: redisStore(client, { timeout: 400 }), fetch })
    await session.get('/')
    await own.stop()
    const error = await failure(session.fetch('/'))
    expect(error).toMatchObject({ code: 'unavailable', name: 'StoreError' })
    expect(error.message).toMatch(new RegExp(`^Redis at [\\w.]+:${port}: `))
    // Without a limit of its own the client would queue the command until Redis is back.
    expect(error.ms).toBeLessThan(10_000)
    const wrapped = await session.get('/').catch((thrown: unknown) => thrown as Error)
    expect((wrapped as Error).cause).toMatchObject({ code: 'unavailable' })
    expect(await session.fetch('/', { timeout: 50 }).catch((thrown: Error) => thrown.name)).toMatch(/TimeoutError|StoreError/)
    expect(sent).toBe(1)
    own = await startRedis(port)
    await expect.poll(() => session.fetch('/').then(() => 'works', String), { interval: 100 }).toBe('works')
    expect(await session.cookies.get('a')).toMatchObject({ value: String(sent) })
    io.disconnect()
    if (kind === 'redis') (client as typeof nodeRedis).destroy()
    await own.stop()
  })
})

/** CRC16-XMODEM of what is in braces, as the specification of Redis Cluster has it. */
function slotOf(key: string): number {
  const tag = /\{([^}]+)\}/.exec(key)?.[1] ?? key
  let crc = 0
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  }
  return crc % 16_384
}

describe('a cluster of three', () => {
  const nodes: Running[] = []
  let io: Cluster
  let own: ReturnType<typeof createCluster>

  beforeAll(async () => {
    for (let n = 0; n < 3; n++) {
      const port = await freePort()
      const bus = await freePort()
      nodes.push(
        await startRedis(port, '--cluster-enabled', 'yes', '--cluster-port', `${bus}`, '--cluster-config-file', `${port}.conf`),
      )
    }
    const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`)
    execFileSync('redis-cli', ['--cluster', 'create', ...hosts, '--cluster-yes'], { stdio: 'pipe' })
    const isUp = () =>
      hosts.every((host) =>
        /cluster_state:ok/.test(
          execFileSync('redis-cli', ['-p', host.split(':')[1] ?? '', 'cluster', 'info'], { encoding: 'utf8' }),
        ),
      )
    while (!isUp()) await sleep(100)
    io = new Cluster(nodes.map(({ port }) => ({ host: '127.0.0.1', port })))
    own = createCluster({ rootNodes: nodes.map(({ port }) => ({ url: `redis://127.0.0.1:${port}` })) }) as never
    await own.connect()
  })
  afterAll(async () => {
    io?.disconnect()
    own?.destroy()
    for (const node of nodes) await node.stop()
  })

  test.each(KINDS)('a jar lies in one slot, and jars in several, with a cluster client of %s', async (kind) => {
    const client = kind === 'redis' ? own : io
    for (const { run } of storeCases((place) => redisStore(client, { prefix: `${kind}-${place}` }))) await run()
    const slots = new Map<string, Set<number>>()
    for (const { port } of nodes) {
      const node = new Redis(port)
      for (const key of await node.keys(`{${kind}-*`)) {
        const slot = Number(await node.cluster('KEYSLOT', key))
        expect(slot).toBe(slotOf(key))
        const jar = key.slice(0, key.indexOf('}'))
        slots.set(jar, (slots.get(jar) ?? new Set()).add(slot))
      }
      node.disconnect()
    }
    expect([...slots.values()].filter(({ size }) => size !== 1)).toEqual([])
    expect(new Set([...slots.values()].flatMap((of) => [...of])).size).toBeGreaterThan(5)
    expect(await redisStore(client, { prefix: kind }).lock(async () => 'held')).toBe('held')
  })
})

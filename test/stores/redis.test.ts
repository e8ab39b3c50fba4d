import { describe, expect, test, vi } from 'vitest'
import { type RedisStoreOptions, redisStore } from '../../src/stores/redis.ts'
import type { RedisClient } from '../../src/stores/redis-client.ts'
import { rejection } from '../support/memory.ts'

type Answer = (script: string, keys: readonly string[], args: readonly string[]) => unknown

/** A client of either kind, that answers by a function. */
function clientOf(kind: 'redis' | 'ioredis', answer: Answer, more: object = {}): RedisClient {
  const none = () => undefined
  const node = (script: string, { keys, arguments: args }: { keys: string[]; arguments: string[] }) => answer(script, keys, args)
  const io = (script: string, count: number, ...rest: string[]) => answer(script, rest.slice(0, count), rest.slice(count))
  // The casts: what the store touches of a client.
  return kind === 'redis'
    ? ({ eval: node as never, sendCommand: none, connect: none, ...more } as RedisClient)
    : ({ eval: io as never, defineCommand: none, ...more } as RedisClient)
}

const KINDS = ['redis', 'ioredis'] as const
const put = (name: string, domain = 'a.example') => ({ put: { domain, id: name, expires: 5000, data: '{"a":1}' } })
const never = () => new Promise(() => undefined)

describe('redisStore()', () => {
  test.each([null, undefined, 5, {}, { eval: 5 }, { eval: () => undefined }, { sendCommand: () => undefined }])(
    'refuses %j as a client',
    (client) => {
      expect(() => redisStore(client as never)).toThrow('redisStore: give a client of redis (version 4 or later) or of ioredis')
    },
  )

  test.each([
    [{ prefix: '' }, 'prefix'],
    [{ prefix: 'a{b}' }, 'prefix'],
    [{ prefix: 5 }, 'prefix'],
    [{ ttl: 0 }, 'ttl'],
    [{ ttl: Number.NaN }, 'ttl'],
    [{ ttl: '5' }, 'ttl'],
    [{ staleTime: -1 }, 'staleTime'],
    [{ timeout: '5' }, 'timeout'],
    [null, 'give an object'],
  ])('refuses %j', (options, word) => {
    const client = clientOf('ioredis', () => undefined)
    expect(() => redisStore(client, options as never)).toThrow(new RegExp(`^redisStore: .*${word}`))
  })

  describe.each(KINDS)('with a client of %s', (kind) => {
    test('asks for a hash per domain, and gives them in the order in which they came', async () => {
      const asked: unknown[] = []
      const client = clientOf(kind, (_, keys) => {
        asked.push(keys)
        return ['1000', ['two', '7 - {"n":2}'], ['one', '3 9000 {"n":\n1}']]
      })
      expect(await redisStore(client, { prefix: 'mine' }).read(['a.example', 'example', 'example'])).toEqual([
        { domain: 'example', id: 'one', expires: 9000, data: '{"n":\n1}' },
        { domain: 'a.example', id: 'two', expires: null, data: '{"n":2}' },
      ])
      expect(asked).toEqual([['{mine}:of:a.example', '{mine}:of:example']])
    })

    test('is told all changes of a write at once', async () => {
      const told: unknown[] = []
      const client = clientOf(kind, (_, keys, [, ...args]) => told.push(keys, args))
      const store = redisStore(client, { ttl: 10 })
      await store.write([put('x'), { remove: { domain: 'b.example', id: 'y' } }, put('z')])
      await store.write([])
      expect(told).toEqual([
        ['{sessionfetch}:domains', '{sessionfetch}:count', '{sessionfetch}:of:a.example', '{sessionfetch}:of:b.example'],
        ['10000', '', '2', 'a.example', 'b.example', '1', 'x', '5000', '{"a":1}', '2', 'y', 'x', '', '1', 'z', '5000', '{"a":1}'],
      ])
    })

    test('unavailable after the time, whatever comes later', async () => {
      const store = redisStore(clientOf(kind, never, { options: { host: 'cache', port: 6379, password: 'hush' } }), {
        timeout: 20,
      })
      for (const work of [store.read(['a']), store.write([put('a')]), store.lock(async () => 1)]) {
        const error = await rejection(Promise.resolve(work))
        expect([error.name, error.code, error.message]).toEqual([
          'StoreError',
          'unavailable',
          'Redis at cache:6379: no answer within 20 ms: is it running?',
        ])
      }
      await store.flush()
    })

    test.each([
      ['unavailable', 'Connection is closed.', 'Redis: Connection is closed.: is it running?'],
      ['unavailable', 'OOM command not allowed', 'Redis refused it: OOM command not allowed'],
      ['foreign', 'ERR value is not an integer', 'Redis: a key of this prefix holds something else: give another prefix'],
      ['foreign', 'WRONGTYPE Operation', 'Redis: a key of this prefix holds something else: give another prefix'],
    ])('%s: %s, without the command in its cause', async (code, message, said) => {
      const client = clientOf(kind, () => {
        throw Object.assign(new Error(message), { command: { args: ['hush'] }, code: 'X' })
      })
      const error = await rejection(Promise.resolve(redisStore(client).read()))
      expect([error.code, error.message]).toEqual([code, said])
      expect(error.cause).toMatchObject({ message, code: 'X' })
      expect(JSON.stringify(error.cause, Object.getOwnPropertyNames(error.cause as object))).not.toContain('hush')
    })
  })

  test.each([
    [{ options: { url: 'redis://user:hush@cache:6380/0' } }, 'Redis at cache:6380: '],
    [{ options: { socket: { host: 'cache', port: 1 } } }, 'Redis at cache:1: '],
    [{ options: { host: 'cache' } }, 'Redis at cache: '],
    [{ options: { url: 'no url' } }, 'Redis: '],
    [{}, 'Redis: '],
  ])('names the host of a client with %j, and nothing secret', async (more, begin) => {
    const store = redisStore(clientOf('redis', () => Promise.reject(undefined), more))
    const { message } = await rejection(Promise.resolve(store.read()))
    expect(message).toBe(`${begin}it failed: is it running?`)
  })

  test('damaged: a field that is no cookie, whose content is not shown', async () => {
    const error = await rejection(Promise.resolve(redisStore(clientOf('redis', () => ['1', ['id', 'hush']])).read(['a'])))
    expect([error.code, error.message]).toEqual([
      'damaged',
      'Redis {sessionfetch}:of:a: holds what is no cookie: remove that key',
    ])
  })

  test('a write after a read comes with the time after which it is too late', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1000 })
    const late: string[] = []
    const client = clientOf('redis', (_, __, args) =>
      args.length > 0 ? late.push(args[2] ?? '') : [String(Date.now() + 60_000), []],
    )
    const store = redisStore(client, { timeout: 1000 })
    await store.read(['a'])
    await store.write([put('a')])
    vi.useRealTimers()
    expect(late).toEqual([String(1000 + 60_000 + 1000)])
  })

  test('staleTime spares reads of what was asked for, but not after a write of its own', async () => {
    let reads = 0
    const open = (options: RedisStoreOptions) =>
      redisStore(
        clientOf('redis', (_, keys, args) => {
          if (args.length === 0) reads++
          return ['1', ...keys.map(() => [])]
        }),
        options,
      )
    const store = open({ staleTime: 60_000 })
    await store.read(['a', 'b'])
    expect([store.read(['b']), store.read(['a', 'b']), reads]).toEqual([undefined, undefined, 1])
    await store.read(['a', 'c'])
    await store.write([put('x', 'b')])
    await store.read(['b'])
    // A write that began while the answer was under way.
    const read = store.read(['d'])
    await store.write([put('x', 'd')])
    await read
    await store.read(['d'])
    expect(reads).toBe(5)
  })
})

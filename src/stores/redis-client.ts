/** What is asked of a Redis client, be it of `redis` or of `ioredis`: to run a script within a time. */
import { clearTimeout, setTimeout } from 'node:timers'
import { StoreError } from './error.ts'

/** A client or cluster client of `redis` (4 and later) or of `ioredis`. */
export interface RedisClient {
  // Both have many overloads of it, and `never` is what each of them takes.
  readonly eval: (...args: never[]) => unknown
}

/** Runs a Lua script in Redis and resolves to what it returns. */
export type RunScript = (script: string, keys: readonly string[], args: readonly string[]) => Promise<unknown>

type Eval = (...args: unknown[]) => unknown

/**
 * A script is one command, so one round trip and one atomic step, whatever it does. It goes as text and not by its hash: a
 * Redis that was started anew knows no hashes.
 *
 * @throws TypeError for an object that is no such client
 */
export function scriptRunner(client: RedisClient, timeout: number): RunScript {
  const run = runnerOf(client)
  return (script, keys, args) => within(timeout, whereIs(client), async () => run(script, keys, args))
}

function runnerOf(client: RedisClient): RunScript {
  const { eval: evaluate, defineCommand, sendCommand, connect } = (client ?? {}) as unknown as Record<string, unknown>
  if (typeof evaluate === 'function') {
    // The cast: which of the two it is has been asked.
    const run = evaluate as Eval
    if (typeof defineCommand === 'function')
      return async (script, keys, args) => run.call(client, script, keys.length, ...keys, ...args)
    if (typeof sendCommand === 'function' && typeof connect === 'function')
      return async (script, keys, args) => run.call(client, script, { keys: [...keys], arguments: [...args] })
  }
  throw new TypeError('redisStore: give a client of redis (version 4 or later) or of ioredis')
}

/** Clients queue commands while Redis is away, for as long as that takes. */
async function within<T>(timeout: number, where: string, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    const late = () => reject(new StoreError('unavailable', `${where}: no answer within ${timeout} ms: is it running?`))
    timer = setTimeout(late, Math.min(timeout, 2 ** 31 - 1))
  })
  try {
    return await Promise.race([work(), tooLong])
  } catch (error) {
    throw asStoreError(error, where)
  } finally {
    clearTimeout(timer)
  }
}

function asStoreError(error: unknown, where: string): StoreError {
  if (error instanceof StoreError) return error
  const { name, message, code } = (error ?? {}) as { name?: unknown; message?: unknown; code?: unknown }
  const text = String(message ?? 'it failed')
  // A copy: ioredis hangs the command's arguments onto its errors, and these are cookies.
  const cause = Object.assign(new Error(text), { name: String(name ?? 'Error') }, code === undefined ? {} : { code })
  if (/^WRONGTYPE/.test(text)) {
    return new StoreError('foreign', `${where}: a key of this prefix holds something else: give another prefix`, cause)
  }
  return new StoreError('unavailable', `${where}: ${text || String(code ?? 'it failed')}: is it running?`, cause)
}

/** Host and port, where the client tells; never its URL, which may hold a password. */
function whereIs(client: RedisClient): string {
  const { options } = client as unknown as { options?: { host?: unknown; port?: unknown; url?: unknown; socket?: unknown } }
  const { host, port } = (options?.socket ?? options ?? {}) as { host?: unknown; port?: unknown }
  if (typeof host === 'string') return `Redis at ${host}${port === undefined ? '' : `:${String(port)}`}`
  const url = typeof options?.url === 'string' && URL.canParse(options.url) ? new URL(options.url) : undefined
  return url ? `Redis at ${url.host}` : 'Redis'
}

/** Runs scripts in Redis within a time, by a client of `redis` or of `ioredis`. */
import { clearTimeout, setTimeout } from 'node:timers'
import { StoreError } from './error.ts'

/** A client or cluster client of `redis` (4 and later) or of `ioredis`. */
export interface RedisClient {
  /** Runs a script of Lua. Both clients have many overloads of it; arguments of type `never` fit each of them. */
  readonly eval: (...args: never[]) => unknown
}

/** Runs a Lua script in Redis and resolves to what it returns. */
export type RunScript = (script: string, keys: readonly string[], args: readonly string[]) => Promise<unknown>

type Eval = (...args: unknown[]) => unknown

/**
 * Makes the function that runs scripts. A script is one command, and so one round trip and one atomic step. It is sent as text
 * and not by its hash, since a Redis that was restarted knows no hashes.
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
    // The cast: each of the two clients is called as it wants to be called.
    const run = evaluate as Eval
    if (typeof defineCommand === 'function')
      return async (script, keys, args) => run.call(client, script, keys.length, ...keys, ...args)
    if (typeof sendCommand === 'function' && typeof connect === 'function')
      return async (script, keys, args) => run.call(client, script, { keys: [...keys], arguments: [...args] })
  }
  throw new TypeError('redisStore: give a client of redis (version 4 or later) or of ioredis')
}

/** Does the work within a time: while Redis is away, clients queue commands without a limit. */
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
  // A copy: errors of ioredis carry the arguments of the command, and these are cookies.
  const cause = Object.assign(new Error(text), { name: String(name ?? 'Error') }, code === undefined ? {} : { code })
  // The second is Redis' word for a count that is none.
  if (/^WRONGTYPE|value is not an integer/.test(text)) {
    return new StoreError('foreign', `${where}: a key of this prefix holds something else: give another prefix`, cause)
  }
  // Its own refusals, such as OOM, READONLY and NOPERM, begin with a word in capitals.
  if (/^[A-Z]+ /.test(text)) return new StoreError('unavailable', `${where} refused it: ${text}`, cause)
  return new StoreError('unavailable', `${where}: ${text || String(code ?? 'it failed')}: is it running?`, cause)
}

/** The host and port of a client, if it tells them; never its URL, which may hold a password. */
function whereIs(client: RedisClient): string {
  const { options } = client as unknown as { options?: { host?: unknown; port?: unknown; url?: unknown; socket?: unknown } }
  const { host, port } = (options?.socket ?? options ?? {}) as { host?: unknown; port?: unknown }
  if (typeof host === 'string') return `Redis at ${host}${port === undefined ? '' : `:${String(port)}`}`
  const url = typeof options?.url === 'string' && URL.canParse(options.url) ? new URL(options.url) : undefined
  return url ? `Redis at ${url.host}` : 'Redis'
}

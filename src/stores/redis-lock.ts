/** A lock that many processes share: one key with the token of its holder, which expires if the holder dies. */
import { randomUUID } from 'node:crypto'
import { clearInterval, setInterval, setTimeout } from 'node:timers'
import type { RunScript } from './redis-client.ts'
import { RELEASE, RENEW, TAKE } from './redis-scripts.ts'

/** Milliseconds that the key lives without being renewed. */
const LIFE = 10_000
/** Milliseconds between two tries to take it, on average. */
const POLL = 50

/** Runs work while nobody else does. */
export type WithLock = <T>(work: () => Promise<T>) => Promise<T>

/** Makes a lock. The callers of this process wait for each other, so that only one of them asks Redis. */
export function redisLock(run: RunScript, key: string): WithLock {
  let row: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = row.then(() => underLock(run, key, work))
    row = turn.catch(() => undefined)
    return turn
  }
}

async function underLock<T>(run: RunScript, key: string, work: () => Promise<T>): Promise<T> {
  const token = randomUUID()
  while ((await run(TAKE, [key], [token, String(LIFE)])) !== 1) await pause(POLL * (0.5 + Math.random()))
  // A failure to renew or release is ignored: the key expires by itself, and the result of the work counts.
  const tryTo = (script: string, args: readonly string[]) => run(script, [key], args).catch(() => undefined)
  const renewal = setInterval(() => tryTo(RENEW, [token, String(LIFE)]), LIFE / 3)
  renewal.unref()
  try {
    return await work()
  } finally {
    clearInterval(renewal)
    await tryTo(RELEASE, [token])
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

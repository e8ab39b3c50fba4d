/**
 * `redisStore`: a jar that many processes share.
 *
 * The promise: a call that starts after another one has resolved, in whatever process, sends no cookies older than that one's. So
 * every hop reads, unless `staleTime` allows it not to; a read and a write are one script each, and so one round trip.
 */
import type { JarStore, StoreChange, StoredCookie } from '../contract/jar-store.ts'
import { MAX_LIFE } from '../cookies/limits.ts'
import { checkedChanges } from './changes.ts'
import { StoreError } from './error.ts'
import { milliseconds, optionsOf } from './options.ts'
import { type RedisClient, type RunScript, scriptRunner } from './redis-client.ts'
import { redisLock, type WithLock } from './redis-lock.ts'
import { READ, READ_ALL, WRITE } from './redis-scripts.ts'

/** The options of `redisStore`. */
export interface RedisStoreOptions {
  /** Names the jar. @default 'sessionfetch' */
  readonly prefix?: string | undefined
  /** Seconds after the last write when a domain's cookies end at the latest. @default 34_560_000 (400 days) */
  readonly ttl?: number | undefined
  /** Milliseconds that a read may be old; one's own writes never are. @default 0: every hop reads */
  readonly staleTime?: number | undefined
  /** Milliseconds that an answer may take, also while the client waits for Redis to come back. @default 3000 */
  readonly timeout?: number | undefined
}

/** A store over Redis, and a lock for everybody who uses that Redis. */
export interface RedisStore extends JarStore {
  /** Resolves when every change so far is in Redis; rejects with the reason that it is not. */
  flush(): Promise<void>
  /** Runs `work` while no other process, and no other caller in this one, runs under this lock. */
  readonly lock: WithLock
}

/**
 * Makes a store that keeps a jar in Redis. The client is yours: it is never closed, and gets no listener.
 *
 * @throws TypeError for an object that is no client, and for options that cannot be
 * @example
 * ```ts
 * const client = await createClient().connect()
 * const session = createSession({ baseURL: 'https://shop.example', jar: redisStore(client) })
 * ```
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): RedisStore {
  const { prefix = 'sessionfetch', ttl = MAX_LIFE / 1000, staleTime, timeout } = optionsOf(options, 'redisStore')
  if (typeof prefix !== 'string' || !/^[^{}]+$/.test(prefix))
    throw new TypeError('redisStore: prefix: give a string without braces, not empty')
  if (typeof ttl !== 'number' || !(ttl > 0) || !Number.isFinite(ttl)) throw new TypeError('redisStore: ttl: give seconds')
  const store = new RedisJar(scriptRunner(client, milliseconds(timeout, 3000, 'redisStore: timeout')), {
    base: `{${prefix}}:`,
    ttl: ttl * 1000,
    staleTime: milliseconds(staleTime, 0, 'redisStore: staleTime'),
    timeout: milliseconds(timeout, 3000, 'redisStore: timeout'),
  })
  return {
    read: (domains) => store.read(domains),
    write: (changes) => store.write(changes),
    flush: () => store.flush(),
    lock: store.lock,
  }
}

/** The last date of JavaScript, in milliseconds. */
const LAST_DATE = 8.64e15
/** Domains at most whose last question is remembered, since a crawler asks for ever new ones; then all are forgotten. */
const MOST_REMEMBERED = 10_000

interface Settings {
  readonly base: string
  readonly ttl: number
  readonly staleTime: number
  readonly timeout: number
}

class RedisJar {
  readonly lock: WithLock
  readonly #run: RunScript
  readonly #settings: Settings
  /** When each domain was last asked for; see `staleTime`. */
  readonly #asked = new Map<string, number>()
  readonly #pending = new Set<Promise<unknown>>()
  #writes = 0
  /** Milliseconds by which the clock of Redis is ahead of ours, at most. */
  #ahead: number | undefined

  constructor(run: RunScript, settings: Settings) {
    this.#run = run
    this.#settings = settings
    this.lock = redisLock(run, `${settings.base}lock`)
  }

  read(domains?: readonly string[]): Promise<readonly StoredCookie[]> | undefined {
    const { staleTime } = this.#settings
    const isFresh = (domain: string) => Date.now() - (this.#asked.get(domain) ?? Number.NEGATIVE_INFINITY) < staleTime
    return domains?.every(isFresh) ? undefined : this.#ask(domains && [...new Set(domains)])
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    const checked = checkedChanges(changes)
    if (checked.length === 0) return
    const { base, ttl, timeout } = this.#settings
    const domains = [...new Set(checked.map((change) => placeOf(change).domain))]
    this.#writes++
    for (const domain of domains) this.#asked.delete(domain)
    const now = Date.now()
    // Clients queue while Redis is away: a write whose call has failed must not be done later, over what others wrote since.
    const late = this.#ahead === undefined ? '' : String(now + this.#ahead + timeout)
    const keys = [`${base}domains`, `${base}count`, ...domains.map((domain) => `${base}of:${domain}`)]
    const args = [String(now), String(ttl), late, String(domains.length), ...domains]
    const written = this.#run(WRITE, keys, [...args, ...checked.flatMap((change) => argsOf(change, domains))])
    this.#pending.add(written)
    try {
      await written
    } finally {
      this.#pending.delete(written)
    }
  }

  async flush(): Promise<void> {
    await Promise.all(this.#pending)
  }

  async #ask(domains: readonly string[] | undefined): Promise<readonly StoredCookie[]> {
    const { base, staleTime } = this.#settings
    const [began, writes] = [Date.now(), this.#writes]
    const answer = domains
      ? await this.#run(
          READ,
          domains.map((domain) => `${base}of:${domain}`),
          [],
        )
      : await this.#run(READ_ALL, [`${base}domains`], [])
    const [time, ...hashes] = answer as [unknown, ...unknown[]]
    this.#ahead = Number(time) - began
    const found = domains ? domains.map((domain, index) => [domain, hashes[index]] as const) : (hashes as [string, unknown][])
    // An answer to a question from before a write of ours counts as old.
    if (this.#asked.size > MOST_REMEMBERED) this.#asked.clear()
    if (staleTime > 0 && writes === this.#writes) for (const [domain] of found) this.#asked.set(domain, began)
    return found
      .flatMap(([domain, hash]) => entriesOf(domain, hash, base))
      .sort((one, other) => one.order - other.order)
      .map(({ cookie }) => cookie)
  }
}

function placeOf(change: StoreChange): { readonly domain: string; readonly id: string } {
  return 'put' in change ? change.put : change.remove
}

function argsOf(change: StoreChange, domains: readonly string[]): string[] {
  const { domain, id } = placeOf(change)
  const at = String(domains.indexOf(domain) + 1)
  if (!('put' in change)) return [at, id, 'x', '']
  const { expires, data } = change.put
  return [at, id, expires === null ? '-' : String(Math.min(Math.floor(expires), LAST_DATE)), data]
}

/** The cookies of a hash, which Redis gives as a list of fields and values in turn. */
function entriesOf(domain: string, hash: unknown, base: string): { readonly order: number; readonly cookie: StoredCookie }[] {
  const flat = hash as readonly string[]
  return flat.flatMap((id, index) => {
    if (index % 2 === 1) return []
    const [, order, end, data] = /^(\d+) (-|-?\d+) (.*)$/s.exec(String(flat[index + 1])) ?? []
    if (data === undefined) throw new StoreError('damaged', `Redis ${base}of:${domain}: holds what is no cookie: remove that key`)
    return [{ order: Number(order), cookie: { domain, id, expires: end === '-' ? null : Number(end), data } }]
  })
}

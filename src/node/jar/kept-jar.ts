/** A jar that a `JarStore` keeps: asked before a hop, told after it. */
import type { JarStore, StoredCookie } from '../../contract/jar-store.ts'
import type { Cookie } from '../../cookies/tough.ts'
import { noteStoreFailure } from '../../exchange/failure.ts'
import { andThen, isPromise, type Maybe } from '../maybe.ts'
import { domainsOf } from './host-domains.ts'
import { Jar, type Setter } from './jar.ts'
import { KeptStore } from './kept-store.ts'
import { expiryOf } from './rules.ts'
import type { Site } from './site.ts'

/** Domains remembered at most, since a crawler asks for ever new ones; then all are forgotten. */
const MOST_REMEMBERED = 10_000

/** A store has one reader, so sessions given the same store share one jar. */
const jars = new WeakMap<JarStore, KeptJar>()

/** Reports whether a `jar` option is a store. */
export function isJarStore(option: object): option is JarStore {
  const { read, write } = option as Partial<JarStore>
  return typeof read === 'function' && typeof write === 'function'
}

/** The jar of a store, made at its first use. */
export function keptJar(store: JarStore, now: () => number): KeptJar {
  const jar = jars.get(store) ?? new KeptJar(store, now)
  jars.set(store, jar)
  return jar
}

class KeptJar extends Jar {
  readonly #from: JarStore
  readonly #copy: KeptStore
  /** Domains that were asked for at least once. */
  readonly #loaded = new Set<string>()
  #isAllLoaded = false
  /** Questions of this turn, by host. */
  readonly #shared = new Map<string, Promise<void>>()
  /** Changes under way, from the question before them to the store's confirmation. */
  readonly #changing = new Set<Promise<void>>()
  /** The last write, which the next one waits for. */
  #writing: Promise<void> | undefined
  #isAsync = false

  constructor(from: JarStore, now: () => number) {
    const copy = new KeptStore(now)
    super(copy, now)
    this.#from = from
    this.#copy = copy
  }

  override snapshot(): readonly Cookie[] | undefined {
    return this.#isAsync ? undefined : super.snapshot()
  }

  override header(site: Site): Maybe<string> {
    const loading = this.#load(site.host)
    return loading ? loading.then(() => super.header(site)) : super.header(site)
  }

  override cookies(site: Site): Maybe<readonly Cookie[]> {
    return andThen(this.#load(site.host), () => super.cookies(site))
  }

  override all(): Maybe<readonly Cookie[]> {
    return andThen(this.#load(undefined), () => super.all())
  }

  override add(cookie: Cookie, isSecure: boolean, from: Setter): Maybe<string | undefined> {
    return andThen(this.addAll([cookie], isSecure, from), ([reason]) => reason)
  }

  override addAll(cookies: readonly Cookie[], isSecure: boolean, from: Setter): Maybe<readonly (string | undefined)[]> {
    const domains = new Set(cookies.flatMap(({ domain }) => domainsOf(domain ?? '')))
    const missing = this.#isAllLoaded ? [] : [...domains].filter((domain) => !this.#loaded.has(domain))
    let reasons: readonly (string | undefined)[] = []
    const add = () => {
      reasons = cookies.map((cookie) => this.#addOne(cookie, isSecure, from))
    }
    const told = andThen(missing.length > 0 ? this.#ask(missing) : undefined, () => this.#write(add))
    return andThen(this.#begun(told), () => reasons)
  }

  override removeWhere(fits: (cookie: Cookie) => boolean, host?: string): Maybe<unknown> {
    return this.#begun(andThen(this.#load(host), () => this.#write(() => super.removeWhere(fits, host))))
  }

  override async flush(): Promise<void> {
    await Promise.allSettled(this.#changing)
    await this.#from.flush?.()
  }

  #begun(change: Maybe<void>): Maybe<void> {
    if (!isPromise(change)) return change
    this.#changing.add(change)
    const end = () => this.#changing.delete(change)
    change.then(end, end)
    return change
  }

  /** Adds one cookie to the copy, which is in memory and so answers at once. */
  #addOne(cookie: Cookie, isSecure: boolean, from: Setter): string | undefined {
    const hasEnded = expiryOf(cookie) <= this.now()
    // The cast: a store in memory gives no promise.
    const reason = super.add(cookie, isSecure, from) as string | undefined
    if (reason === undefined && hasEnded) this.#copy.end(cookie)
    return reason
  }

  /** Hops that begin in the same turn share one question. One of an earlier turn may be older than what a hop must know. */
  #load(host: string | undefined): Maybe<void> {
    const key = host ?? ''
    const shared = this.#shared.get(key)
    if (shared) return shared
    const asked = this.#ask(host === undefined ? undefined : domainsOf(host))
    if (!isPromise(asked)) return asked
    this.#shared.set(key, asked)
    void this.#unshare(key)
    return asked
  }

  async #unshare(key: string): Promise<void> {
    // Calls that began together come here within eight microtasks of each other, and no news from outside arrives between microtasks.
    for (let steps = 0; steps < 8; steps++) await undefined
    this.#shared.delete(key)
  }

  #ask(domains: readonly string[] | undefined): Maybe<void> {
    let answer: ReturnType<JarStore['read']>
    try {
      answer = this.#from.read(domains)
    } catch (error) {
      throw noteStoreFailure(error)
    }
    // Nothing has changed: what a file answers to most hops.
    if (answer === undefined) return this.#note(domains)
    const take = this.#copy.ask(domains)
    const done = (cookies: readonly StoredCookie[] | undefined) => {
      const isList = cookies === undefined || Array.isArray(cookies)
      take(isList ? cookies : undefined)
      if (!isList) throw new TypeError('the cookie store gave no list of cookies')
      this.#note(domains)
    }
    return this.#guarded(
      () => answer,
      done,
      () => take(undefined),
    )
  }

  /** Notes that the cookies of these domains are in the copy. */
  #note(domains: readonly string[] | undefined): void {
    if (!domains) this.#isAllLoaded = true
    else if (!domains.every((domain) => this.#loaded.has(domain))) {
      if (this.#loaded.size > MOST_REMEMBERED) this.#loaded.clear()
      for (const domain of domains) this.#loaded.add(domain)
    }
  }

  /** One write for all that `work` changes, after the writes before it. */
  #write(work: () => void): Maybe<void> {
    const changes = this.#copy.collect(work)
    if (changes.length === 0) return undefined
    const told = changes.map(({ what }) => what)
    const tell = () =>
      this.#guarded(
        () => this.#from.write(told),
        () => this.#copy.confirm(changes),
        () => this.#copy.undo(changes),
      )
    if (!this.#writing) {
      const done = tell()
      return isPromise(done) ? this.#queue(done) : done
    }
    return this.#queue(this.#writing.then(tell))
  }

  #queue(writing: Promise<void>): Promise<void> {
    const settled: Promise<void> = writing.then(
      () => this.#endOf(settled),
      () => this.#endOf(settled),
    )
    this.#writing = settled
    return writing
  }

  #endOf(settled: Promise<void>): void {
    if (this.#writing === settled) this.#writing = undefined
  }

  /** Asks the store; what it fails with comes out of the call as it is. */
  #guarded<T>(ask: () => Maybe<T>, done: (answer: T) => void, failed: () => void): Maybe<void> {
    const fail = (error: unknown): never => {
      failed()
      throw noteStoreFailure(error)
    }
    const finish = (answer: T) => {
      try {
        done(answer)
      } catch (error) {
        throw noteStoreFailure(error)
      }
    }
    let answer: Maybe<T>
    try {
      answer = ask()
    } catch (error) {
      return fail(error)
    }
    if (!isThenable(answer)) return finish(answer)
    this.#isAsync = true
    return Promise.resolve(answer).then(finish, fail)
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function'
}

/**
 * A jar in a file, and when it is read and saved.
 *
 * Theory of operation
 * - `#base` is the file as it was last seen, `#unsaved` our changes since then, `#view` both together, from which is read.
 * - A change starts a save in the next tick; changes during a save make one more. A save applies our changes to the file as it
 *   is then, so that other processes' changes stay, and what they removed is not brought back.
 * - Changes are counted: `#told` of them so far, of which the first `#safe` are on the disk. `flush()` waits until `#safe` has
 *   reached the present `#told`.
 */
import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers'
import type { StoreChange, StoredCookie } from '../contract/jar-store.ts'
import { Answered } from './answered.ts'
import { checkedChanges } from './changes.ts'
import type { Encryption } from './encryption.ts'
import { forgetAtExit, type Saver, saveAtExit } from './exit.ts'
import { type Form, readForm, writeForm } from './file-form.ts'
import { asStoreError, stampOf } from './place.ts'
import { saveSteps } from './save.ts'
import { Job, runSync } from './steps.ts'
import { Table } from './table.ts'
import { warn } from './warning.ts'

/** Milliseconds that a save waits for the lock: while one live process holds it, and in all. */
const PATIENCE = { holder: 5000, total: Number.POSITIVE_INFINITY }
/** The same at the end of the process, which must not be held up for long. */
const LAST_PATIENCE = { holder: 2000, total: 2000 }

interface Waiter {
  readonly upTo: number
  resolve(): void
  reject(error: unknown): void
}

/** The store, with the clock as a parameter. */
export class FileJar {
  readonly #path: string
  readonly #encryption: Encryption | undefined
  readonly #staleTime: number
  readonly #now: () => number
  #base = new Table()
  #view = new Table()
  /** The stamp of the file whose content is `#base`; `undefined` before the first look. */
  #stamp: string | undefined
  #looked = 0
  #unsaved: StoreChange[] = []
  #told = 0
  #safe = 0
  #job: Job<string> | undefined
  #isScheduled = false
  #hasWarned = false
  #waiters: Waiter[] = []
  readonly #answered = new Answered()
  readonly #saver: Saver = { abandon: () => this.#abandon(), save: () => this.#saveNow() }

  constructor(path: string, encryption: Encryption | undefined, staleTime: number, now: () => number = () => Date.now()) {
    this.#path = path
    this.#encryption = encryption
    this.#staleTime = staleTime
    this.#now = now
  }

  read(domains?: readonly string[]): readonly StoredCookie[] | undefined {
    const age = this.#now() - this.#looked
    // A question for all domains always looks, for `clear()` must see everything. A negative age: the clock was set back.
    if (this.#stamp === undefined || domains === undefined || age >= this.#staleTime || age < 0) this.#look()
    if (this.#answered.isUnchanged(domains)) return undefined
    this.#answered.note(domains)
    return domains ? this.#view.ofDomains(domains) : this.#view.all()
  }

  write(changes: readonly StoreChange[]): void {
    const checked = checkedChanges(changes)
    if (this.#stamp === undefined) this.#look()
    if (checked.length === 0) return
    for (const change of checked) {
      this.#view.apply(change)
      this.#unsaved.push(change)
      this.#answered.change(('put' in change ? change.put : change.remove).domain)
    }
    this.#told += checked.length
    saveAtExit(this.#saver)
    this.#schedule()
  }

  flush(): Promise<void> {
    if (this.#safe === this.#told) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiters.push({ upTo: this.#told, resolve, reject })
      this.#schedule()
    })
  }

  /** Reads the file if it has changed. */
  #look(): void {
    try {
      const stamp = stampOf(this.#path)
      if (stamp !== this.#stamp) this.#take(stamp)
      this.#looked = this.#now()
    } catch (error) {
      throw asStoreError(error, this.#path)
    }
  }

  #take(stamp: string): void {
    const known = new Map(this.#base.all().map((cookie) => [cookie.data, cookie]))
    const text = stamp === '' ? '' : readFileSync(this.#path, 'utf8')
    this.#base = new Table(readForm(text, this.#form(this.#now()), known))
    this.#stamp = stamp
    this.#view = new Table(this.#base.all())
    for (const change of this.#unsaved) this.#view.apply(change)
    this.#answered.changeAll()
  }

  #form(now: number): Form {
    return { path: this.#path, encryption: this.#encryption, now }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#job) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      if (!this.#job && this.#safe < this.#told) void this.#save()
    })
  }

  async #save(): Promise<void> {
    const attempt = this.#attempt()
    const job = new Job(saveSteps(this.#path, attempt, PATIENCE))
    this.#job = job
    try {
      const done = await job.run()
      if (!done) return
      this.#job = undefined
      attempt.succeeded(done.value)
      if (this.#safe < this.#told) this.#schedule()
    } catch (error) {
      this.#job = undefined
      this.#failed(error)
    }
  }

  /** Saves synchronously, at the end of the process. */
  #saveNow(): void {
    if (this.#safe === this.#told) return
    const attempt = this.#attempt()
    try {
      attempt.succeeded(runSync(saveSteps(this.#path, attempt, LAST_PATIENCE)))
    } catch (error) {
      this.#failed(error, true)
    }
  }

  #abandon(): void {
    this.#job?.abandon()
    this.#job = undefined
  }

  /** One save: the text to write, and what to note when it is written. */
  #attempt() {
    let saved = new Table()
    let count = 0
    return {
      next: () => {
        this.#look()
        const now = this.#now()
        saved = new Table(this.#base.all())
        count = this.#unsaved.length
        for (const change of this.#unsaved) saved.apply(change)
        for (const { domain, id, expires } of saved.all()) {
          if (expires !== null && expires <= now) saved.apply({ remove: { domain, id } })
        }
        return writeForm(saved.all(), this.#form(now))
      },
      succeeded: (stamp: string) => {
        this.#base = saved
        this.#stamp = stamp
        this.#unsaved = this.#unsaved.slice(count)
        this.#safe += count
        this.#hasWarned = false
        if (this.#safe === this.#told) forgetAtExit(this.#saver)
        this.#settle((waiter) => waiter.upTo <= this.#safe, 'resolve')
      },
    }
  }

  /** Reports a failed save: to whoever flushes, else by one warning. The changes are kept, and saved with the next one. */
  #failed(failure: unknown, isAtExit = false): void {
    const error = asStoreError(failure, this.#path)
    const isHeard = this.#waiters.length > 0 && !isAtExit
    this.#settle(() => true, 'reject', error)
    if (isHeard || this.#hasWarned) return
    this.#hasWarned = true
    warn(`cookies are not saved: ${error instanceof Error ? error.message : 'the save failed'}`, isAtExit)
  }

  #settle(isDue: (waiter: Waiter) => boolean, how: 'resolve' | 'reject', error?: unknown): void {
    const due = this.#waiters.filter(isDue)
    this.#waiters = this.#waiters.filter((waiter) => !isDue(waiter))
    for (const waiter of due) waiter[how](error)
  }
}

/**
 * Work that runs in two ways. A save waits for the disk and for a lock without holding anybody up; at the end of the process
 * the same save must run in one go. So it is a generator whose slow steps are yielded, each with both ways to do it.
 *
 * All that names or unnames a file (open, rename, unlink, link) is done at once in both ways: if a rename were under way in
 * another thread while the process ends, it could land after that of the last save, and put older cookies over newer ones.
 */
import * as fs from 'node:fs'
import { setTimeout } from 'node:timers'

/** One slow step, with both ways to do it. */
export interface Step {
  sync(): void
  async(): Promise<void>
}

/** A job of slow steps. */
export type Steps<T> = Generator<Step, T, void>

/** Runs a job in one go. */
export function runSync<T>(steps: Steps<T>): T {
  for (let next = steps.next(); ; next = steps.next()) {
    if (next.done) return next.value
    try {
      next.value.sync()
    } catch (error) {
      // What the generator does with the error; it never yields for it.
      const after = steps.throw(error)
      if (after.done) return after.value
    }
  }
}

/** A save under way, which the end of the process may cut short. */
export class Job<T> {
  readonly #steps: Steps<T>
  #isOver = false

  constructor(steps: Steps<T>) {
    this.#steps = steps
  }

  /** Ends it where it is; what it holds is given back, and nothing of it happens later. */
  abandon(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#steps.return(undefined as never)
  }

  /** Resolves to `undefined` if it was abandoned. */
  async run(): Promise<{ readonly value: T } | undefined> {
    try {
      let next = this.#steps.next()
      while (!next.done) {
        const failure = await settle(next.value.async())
        if (this.#isOver) return undefined
        next = failure ? this.#steps.throw(failure.error) : this.#steps.next()
      }
      return { value: next.value }
    } finally {
      this.#isOver = true
    }
  }
}

async function settle(work: Promise<void>): Promise<{ readonly error: unknown } | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    return { error }
  }
}

/** Waits; the timer is part of a save, which the process may wait for. */
export function pause(ms: number): Step {
  return {
    sync: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
    async: () => new Promise((resolve) => setTimeout(resolve, ms)),
  }
}

/** Writes a text to an open file, down to the disk, and closes it: also when the job is abandoned in the middle. */
export function writeDown(file: number, text: string): Step {
  return {
    sync() {
      try {
        fs.writeFileSync(file, text)
        fs.fsyncSync(file)
      } finally {
        fs.closeSync(file)
      }
    },
    async() {
      const written = new Promise<void>((resolve, reject) => {
        fs.writeFile(file, text, (failed) => {
          if (failed) reject(failed)
          else fs.fsync(file, (error) => (error ? reject(error) : resolve()))
        })
      })
      return written.finally(() => fs.closeSync(file))
    },
  }
}

/** Makes a rename in this folder last through a power cut. Some systems and file systems have no such thing. */
export function syncFolder(folder: string): Step {
  const open = () => {
    try {
      return fs.openSync(folder, 'r')
    } catch {
      return undefined
    }
  }
  return {
    sync() {
      const file = open()
      if (file === undefined) return
      try {
        fs.fsyncSync(file)
      } catch {
        // Windows refuses it, and so do some network file systems: nothing is left to do there.
      }
      fs.closeSync(file)
    },
    async() {
      const file = open()
      if (file === undefined) return Promise.resolve()
      return new Promise((resolve) => fs.fsync(file, () => fs.close(file, () => resolve())))
    },
  }
}

/**
 * Work that can be done in two ways. A save waits for the disk and for a lock without blocking the program; at the end of the
 * process the same save must run synchronously. So it is a generator that yields its slow steps, each with both ways to do it.
 *
 * Whatever gives a file its name or takes it away (open, rename, unlink, link) is synchronous in both ways: a rename that was under
 * way in another thread while the process ends could come after that of the last save, and put older cookies over newer ones.
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
      // The generator cleans up and throws on; it yields nothing more.
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

  /** Ends the job where it is: it releases what it holds, and takes no further step. */
  abandon(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#steps.return(undefined as never)
  }

  /** Does the job. Resolves to `undefined` if it was abandoned. */
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

/** A wait. Its timer keeps the process alive, as it belongs to a save. */
export function pause(ms: number): Step {
  return {
    sync: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
    async: () => new Promise((resolve) => setTimeout(resolve, ms)),
  }
}

/** Writes a text to an open file, waits until it is on the disk, and closes the file, also if the job is abandoned meanwhile. */
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

/** Syncs a folder, so that a rename in it outlasts a power cut. Does nothing where the system cannot open a folder. */
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
        // Windows and some network file systems refuse it, and have nothing else to offer.
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

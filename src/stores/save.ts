/** One save: the lock, the file read again, our changes applied, the new file in its place. */
import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from './error.ts'
import { newHolder } from './holder.ts'
import { type Lock, type Patience, takeLock } from './lock.ts'
import { stampOf, targetOf } from './place.ts'
import { type Steps, syncFolder, writeDown } from './steps.ts'
import { removeLeftOvers, temporaryName } from './temporary.ts'

/** What a save writes, asked for when the lock is held. */
export interface Content {
  /** What is to be written, with what the file holds now. Throws for a file that was not understood. */
  next(): string
}

/** The steps of a save. They give the stamp of the file that was written. */
export function* saveSteps(path: string, content: Content, patience: Patience): Steps<string> {
  fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const target = targetOf(path)
  const folder = dirname(target)
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Throws for a folder, before a lock is made beside it.
  stampOf(target)
  const lock = yield* takeLock(`${target}.lock`, patience)
  try {
    removeLeftOvers(target, lock.id)
    const stamp = yield* replace(target, content.next(), lock)
    yield syncFolder(folder)
    return stamp
  } finally {
    lock.release()
  }
}

function* replace(target: string, text: string, lock: Lock): Steps<string> {
  const temporary = temporaryName(target, newHolder())
  const file = createPrivate(temporary)
  try {
    yield writeDown(file, text)
    if (!lock.isHeld()) throw new StoreError('locked', `${target}: another host took the lock while this process stood still`)
    fs.renameSync(temporary, target)
  } finally {
    // Removes what a failure left behind: after the rename the file has its own name.
    fs.rmSync(temporary, { force: true })
  }
  return stampOf(target)
}

/** Opens a new file with mode 0600 from its creation, also where the umask would take more away. */
function createPrivate(path: string): number {
  const file = fs.openSync(path, 'wx', 0o600)
  try {
    fs.fchmodSync(file, 0o600)
  } catch {
    // A file system that knows no modes.
  }
  return file
}

/**
 * The lock of a file: `path.lock`, which names its holder.
 *
 * Theory of operation
 * - A lock file is written under another name and then linked to its own, so that it never exists without its content.
 * - The lock of a dead process of this host is taken over at once, that of another host after 10 s in which it was not touched.
 *   The holder of a lock touches it every 2.5 s.
 * - Two processes that find the same dead lock must not both remove it: the slower one would remove the faster one's new lock.
 *   So whoever wants to remove lock X first takes the lock `path.lock.X`, and looks once more. If the holder of that one dies
 *   too, the same rules hold for it.
 */
import * as fs from 'node:fs'
import { hostname } from 'node:os'
import { clearInterval, setInterval } from 'node:timers'
import { StoreError, systemCode } from './error.ts'
import { type Holder, isAlive, newHolder } from './holder.ts'
import { pause, type Steps } from './steps.ts'
import { temporaryName } from './temporary.ts'

/** Milliseconds without a sign of life after which another host's lock counts as left behind. */
const SIGN_OF_LIFE = 10_000
/** Milliseconds between two looks at a lock, on average. */
const POLL = 20

/** A lock that was taken. */
export interface Lock {
  readonly id: string
  /** Whether it is still ours: another host may have taken it over after 10 s without a sign of life. */
  isHeld(): boolean
  release(): void
}

/** The lock of another holder, as it was seen at one moment. */
interface Seen {
  readonly holder: Holder | undefined
  /** Tells this lock from every other one, also if its content cannot be read. */
  readonly name: string
  readonly touched: number
  /** Milliseconds since it was last touched, by the clock of the file system. */
  readonly age: number
}

/** Milliseconds to wait for a lock: while one live holder has it, and in all. */
export interface Patience {
  readonly holder: number
  readonly total: number
}

/** Takes the lock, waiting for others to release it. */
export function* takeLock(path: string, patience: Patience): Steps<Lock> {
  const began = performance.now()
  let known: { readonly name: string; readonly since: number; readonly touched: number; readonly quietSince: number } | undefined
  for (;;) {
    const seen = tryLock(path)
    if ('release' in seen) return seen
    const now = performance.now()
    if (known?.name !== seen.name) known = { name: seen.name, since: now, touched: seen.touched, quietSince: now }
    if (known.touched !== seen.touched) known = { ...known, touched: seen.touched, quietSince: now }
    const isQuiet = Math.max(seen.age, now - known.quietSince) >= SIGN_OF_LIFE
    if (isElsewhere(seen) && isQuiet && removeLock(path, seen)) continue
    // Another host's lock is waited for until it is touched again, or may be taken over.
    const mayWait = isElsewhere(seen) ? known.since === known.quietSince : now - known.since < patience.holder
    const isOver = now - began >= patience.total || (!mayWait && now - known.since >= patience.holder)
    if (isOver) throw new StoreError('locked', `${path}: held by ${describe(seen)}: end that process, or wait for it`)
    // At a random moment, so that those who wait do not all look at the same time.
    yield pause(POLL * (0.5 + Math.random()))
  }
}

function isElsewhere({ holder }: Seen): boolean {
  return holder?.host !== hostname()
}

function isDead({ holder }: Seen): boolean {
  return holder?.host === hostname() && !isAlive(holder.pid, holder.start)
}

function describe({ holder }: Seen): string {
  return holder ? `process ${holder.pid} of host ${holder.host}` : 'somebody who did not write down a name'
}

/** Takes the lock if it is free or a dead process's. Otherwise gives the lock that it saw. */
function tryLock(path: string): Lock | Seen {
  const holder = newHolder()
  const temporary = temporaryName(path, holder)
  try {
    fs.writeFileSync(temporary, JSON.stringify(holder), { flag: 'wx', mode: 0o600 })
    for (;;) {
      if (link(temporary, path)) return lockOf(path, holder)
      const seen = look(path, fs.statSync(temporary).mtimeMs)
      if (!seen) continue
      if (!isDead(seen) || !removeLock(path, seen)) return seen
    }
  } finally {
    fs.rmSync(temporary, { force: true })
  }
}

function link(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    if (!/^(EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EINVAL)$/.test(systemCode(error))) throw error
    // A file system without links. There the lock is empty for a moment, and then counts as another host's.
    return copyNew(from, to)
  }
}

function copyNew(from: string, to: string): boolean {
  try {
    fs.writeFileSync(to, fs.readFileSync(from), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

function lockOf(path: string, holder: Holder): Lock {
  const isHeld = () => look(path, 0)?.name === holder.id
  const signs = setInterval(() => isHeld() && touch(path), SIGN_OF_LIFE / 4)
  signs.unref()
  return {
    id: holder.id,
    isHeld,
    release() {
      clearInterval(signs)
      if (isHeld()) fs.rmSync(path, { force: true })
    },
  }
}

/** Writes one byte as it is, so that the time of the touch comes from the file system's clock, as other hosts see it. */
function touch(path: string): void {
  const file = fs.openSync(path, 'r+')
  fs.writeSync(file, '{', 0)
  fs.closeSync(file)
}

/** The lock as it is, or `undefined` if there is none any more. */
function look(path: string, now: number): Seen | undefined {
  try {
    const text = fs.readFileSync(path, 'utf8')
    const { mtimeMs, ino } = fs.statSync(path)
    const holder = parse(text)
    return { holder, name: holder?.id ?? `file-${ino}`, touched: mtimeMs, age: now - mtimeMs }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { host, pid, start, id } = JSON.parse(text) as Record<string, unknown>
    if (typeof host !== 'string' || !Number.isInteger(pid) || typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id))
      return undefined
    return { host, pid: pid as number, start: String(start), id }
  } catch {
    return undefined
  }
}

/** Removes a lock that was left behind; `false` if another process is doing so. */
function removeLock(path: string, left: Seen): boolean {
  const claim = tryLock(`${path}.${left.name}`)
  if (!('release' in claim)) return false
  try {
    const now = look(path, 0)
    if (now?.name === left.name && now.touched === left.touched) fs.rmSync(path, { force: true })
  } finally {
    claim.release()
  }
  return true
}

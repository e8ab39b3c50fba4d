/** The processes that hold locks or have left files behind, and whether they still live. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** The process that holds a lock. */
export interface Holder {
  readonly host: string
  readonly pid: number
  /** When the process began, as the system words it: the pid alone may belong to a later process. */
  readonly start: string
  /** Random; new for each lock. */
  readonly id: string
}

/** This process as the holder of a new lock. */
export function newHolder(): Holder {
  return { host: hostname(), pid: process.pid, start: ownStart(), id: randomBytes(8).toString('hex') }
}

/** Reports whether a process of this host still lives. */
export function isAlive(pid: number, start: string): boolean {
  // Our own pid with another start belongs to an earlier process: in a container every one has the same pid.
  if (pid === process.pid) return isSameStart(start, ownStart())
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: the process lives, and belongs to another user.
    if ((error as { code?: unknown }).code !== 'EPERM') return false
  }
  const now = startOf(pid)
  return now === undefined || isSameStart(start, now)
}

let own: string | undefined

function ownStart(): string {
  own ??= startOf(process.pid) ?? String(Math.round(Date.now() - process.uptime() * 1000))
  return own
}

/** The start of a process: on Linux the ticks since boot and the id of that boot, elsewhere `undefined`. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The fields after the name of the program, which stands in parentheses and may hold some: first the state, 19 later the start.
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie: a process that has ended keeps its pid until its parent has asked for its status.
    return 'ZX'.includes(state) ? 'ended' : `${fields[18]}@${bootOf()}`
  } catch {
    return undefined
  }
}

let boot: string | undefined

/** The first eight characters of the boot's random id, which tell one boot from another. */
function bootOf(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8)
  return boot
}

/**
 * Whether two starts are the same. Ticks are exact; milliseconds, which each thread works out for itself, may differ by two
 * seconds.
 */
function isSameStart(one: string, other: string): boolean {
  if (one === other) return true
  const isClock = (start: string) => /^\d+$/.test(start)
  return isClock(one) && isClock(other) && Math.abs(Number(one) - Number(other)) < 2000
}

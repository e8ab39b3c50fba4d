/** Who holds a lock or has left a file behind, and whether that process still lives. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Who holds a lock. */
export interface Holder {
  readonly host: string
  readonly pid: number
  /** When the process began, in words of the system: a pid alone may be another process of today. */
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
  // One's own pid with another start is of an earlier life: in a container every life has the same pid.
  if (pid === process.pid) return isSameStart(start, ownStart())
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, as another user.
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

/** In Linux the ticks since boot, with the boot they belong to; elsewhere there is no way to ask. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name of the program, in parentheses, may hold blanks and parentheses. After it come the state, and 19 further on the start.
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // What has ended and was not yet waited for still has its pid.
    return 'ZX'.includes(state) ? 'ended' : `${fields[18]}@${bootOf()}`
  } catch {
    return undefined
  }
}

let boot: string | undefined

/** A part of the boot's random id is enough to tell it from the one before. */
function bootOf(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8)
  return boot
}

/** Ticks are exact; milliseconds that two threads have worked out may differ a little. */
function isSameStart(one: string, other: string): boolean {
  if (one === other) return true
  const isClock = (start: string) => /^\d+$/.test(start)
  return isClock(one) && isClock(other) && Math.abs(Number(one) - Number(other)) < 2000
}

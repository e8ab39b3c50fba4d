/** Temporary files beside a file. Their names say which process made them, so that those of dead processes can be removed. */
import { createHash } from 'node:crypto'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { type Holder, isAlive } from './holder.ts'

/** Milliseconds after which another host's file counts as left behind: no save takes that long. */
const OLD = 60_000

interface Owner {
  readonly isHere: boolean
  readonly pid: number
  readonly start: string
}

/** The name of a temporary file. It holds a hash of the host's name, since a file name may have no more than 255 bytes. */
export function temporaryName(path: string, { host, pid, start, id }: Holder): string {
  return `${path}.${shortHash(host)}.${pid}.${start}.${id}.tmp`
}

/** Removes what dead processes have left of saving this file. The caller holds the lock, with this id. */
export function removeLeftOvers(path: string, lock: string): void {
  const folder = dirname(path)
  const begin = `${basename(path)}.`
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(begin)) continue
    const owner = ownerOf(name)
    const isOver = owner ? isLeftBehind(join(folder, name), owner) : isOldClaim(name.slice(begin.length), lock)
    if (isOver) rmSync(join(folder, name), { force: true })
  }
}

/** Whether the name is that of a claim (`path.lock.X`, see `lock.ts`) to another lock than the caller's, which is no more. */
function isOldClaim(rest: string, lock: string): boolean {
  return /^lock(\.([0-9a-f]{16}|file-\d+))+$/.test(rest) && !rest.startsWith(`lock.${lock}`)
}

function isLeftBehind(path: string, { isHere, pid, start }: Owner): boolean {
  if (isHere) return !isAlive(pid, start)
  const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() }
  return Date.now() - mtimeMs > OLD
}

function ownerOf(name: string): Owner | undefined {
  const [, host, pid, start = ''] = /\.([0-9a-f]{8})\.(\d+)\.([\d@a-f]+)\.[0-9a-f]{16}\.tmp$/.exec(name) ?? []
  return host === undefined ? undefined : { isHere: host === shortHash(hostname()), pid: Number(pid), start }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

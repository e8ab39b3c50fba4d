/**
 * What is unsaved is saved when the process ends.
 *
 * - One list for the process, whatever builds of the package and however many stores it has: of two signal listeners each would
 *   take the other for the program's own and leave the decision to it.
 * - A signal's listener stays for good: to take it away after a save swallows a signal that came during the save.
 * - It stands first, so that a listener that is there `once` still counts when it asks whether there are others.
 */

/** Somebody with something unsaved. Neither function may throw. */
export interface Saver {
  /** Ends a save that is under way and gives its lock back, which another saver may be in want of. */
  abandon(): void
  save(): void
}

interface Ending {
  readonly savers: Set<Saver>
}

const KEY = Symbol.for('sessionfetch.stores.ending')
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Has somebody save when the process ends. */
export function saveAtExit(saver: Saver): void {
  ending().savers.add(saver)
}

/** Nothing is unsaved any more. */
export function forgetAtExit(saver: Saver): void {
  ending().savers.delete(saver)
}

function ending(): Ending {
  // The cast: a property of our own.
  const holder = process as unknown as { [KEY]?: Ending }
  holder[KEY] ??= install(new Set())
  return holder[KEY]
}

function install(savers: Set<Saver>): Ending {
  const saveAll = () => {
    for (const saver of savers) saver.abandon()
    for (const saver of [...savers]) saver.save()
  }
  process.on('exit', saveAll)
  // Deno (2.9) has no exit event after an uncaught exception.
  process.on('uncaughtExceptionMonitor', saveAll)
  for (const signal of SIGNALS) {
    const listener = () => {
      saveAll()
      // Others decide; alone, we let the signal do what it would have done, exit status included.
      if (process.listenerCount(signal) > 1) return
      process.removeListener(signal, listener)
      process.kill(process.pid, signal)
    }
    process.prependListener(signal, listener)
  }
  return { savers }
}

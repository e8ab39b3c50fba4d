/**
 * Saves what is unsaved when the process ends.
 *
 * - There is one list for the process, also with two builds of the package and many stores: of two signal listeners, each would
 *   take the other for the program's own and leave it to that one to end the process.
 * - The listener of a signal stays for good: removing it after a save would swallow a signal that came during the save.
 * - It is the first listener, so that a `once` listener of the program is still there when it counts the others.
 */

/** A store with unsaved changes. Neither function may throw. */
export interface Saver {
  /** Ends a save that is under way and releases its lock, for which another saver may be waiting. */
  abandon(): void
  /** Saves everything now, synchronously. */
  save(): void
}

interface Ending {
  readonly savers: Set<Saver>
}

const KEY = Symbol.for('sessionfetch.stores.ending')
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Adds a store to those that save when the process ends. */
export function saveAtExit(saver: Saver): void {
  ending().savers.add(saver)
}

/** Takes a store off the list: it has no unsaved changes any more. */
export function forgetAtExit(saver: Saver): void {
  ending().savers.delete(saver)
}

function ending(): Ending {
  // The cast: the property is ours. It hangs on the process, so that both builds of the package find the same list.
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
      // With other listeners the program decides. Without, the signal is sent again, to end the process with the status it has.
      if (process.listenerCount(signal) > 1) return
      process.removeListener(signal, listener)
      process.kill(process.pid, signal)
    }
    process.prependListener(signal, listener)
  }
  return { savers }
}

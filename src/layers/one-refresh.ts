/** A refresh that several calls wait for. It has its own time limit, since it belongs to none of these calls. */

/** How the work ended: well, too late, or with what it threw. */
export type Outcome = 'done' | 'late' | { readonly cause: unknown }

/** A refresh under way, and those who wait for it. */
export interface Running {
  /** Never rejects, since nobody may be waiting any more. */
  readonly outcome: Promise<Outcome>
  /** Notes a caller who waits, until the returned function is called. */
  hold(): () => void
}

/**
 * Begins the work, and ends the wait for it after `ms`; a later result is ignored. `onEnd` is called before those who wait are
 * told. The timer keeps the process alive while somebody waits, or the process would end before they are told.
 */
export function beginRefresh(work: () => Promise<unknown>, ms: number, onEnd: () => void): Running {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Outcome>((resolve) => {
    if (ms !== Number.POSITIVE_INFINITY) timer = setTimeout(() => resolve('late'), ms)
  })
  const worked = work().then(
    (): Outcome => 'done',
    (cause: unknown): Outcome => ({ cause }),
  )
  const outcome = Promise.race([worked, late]).finally(() => {
    clearTimeout(timer)
    onEnd()
  })
  let waiting = 0
  const keepAlive = () => setKeepsAlive(timer, waiting > 0)
  keepAlive()
  return {
    outcome,
    hold() {
      waiting++
      keepAlive()
      return () => {
        waiting--
        keepAlive()
      }
    },
  }
}

/** Sets whether a timer keeps the process alive. Only timers of Node and its like can; elsewhere a timer is a number. */
function setKeepsAlive(timer: unknown, keeps: boolean): void {
  const { ref, unref } = (timer ?? {}) as { ref?: () => void; unref?: () => void }
  if (keeps) ref?.call(timer)
  else unref?.call(timer)
}

/** A refresh that several calls wait for. It has a time limit of its own, since it belongs to none of these calls. */

/** How the work ended: well, too late, or with what it threw. */
export type Outcome = 'done' | 'late' | { readonly cause: unknown }

/** A refresh under way, and those who wait for it. */
export interface Running {
  /** Never rejects: perhaps nobody is waiting any more. */
  readonly outcome: Promise<Outcome>
  /** Says that somebody waits, until the returned function is called. */
  hold(): () => void
}

/**
 * Begins the work, and ends the wait for it after `ms`; what it comes to later is ignored. `onEnd` is called before anyone who
 * waits is told. The timer keeps the process alive only while somebody waits: without one, nobody would ever be told.
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

/** Timers of Node, Bun and Deno's Node layer; elsewhere a timer is a number, and there is no process that it would keep. */
function setKeepsAlive(timer: unknown, keeps: boolean): void {
  const { ref, unref } = (timer ?? {}) as { ref?: () => void; unref?: () => void }
  if (keeps) ref?.call(timer)
  else unref?.call(timer)
}

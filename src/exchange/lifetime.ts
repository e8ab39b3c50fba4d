/**
 * How long a call, or one attempt of it, may go on: the caller's signal and the timeouts, linked by hand.
 *
 * `AbortSignal.any` and `AbortSignal.timeout` keep about 2 kB per call alive until the timer fires, so a scope holds
 * plain callbacks, and makes an `AbortController` only when somebody asks for the signal.
 */

type OnAbort = (reason: unknown) => void
type Reason = (scope: Scope) => unknown

/** The callbacks that wait for a signal. All calls that share the signal share the one listener on it. */
const listeners = new WeakMap<AbortSignal, { readonly waiting: Set<OnAbort>; readonly fire: () => void }>()

/** Calls back when the signal fires, until the returned function is called. */
function onSignal(signal: AbortSignal, callback: OnAbort): () => void {
  let hub = listeners.get(signal)
  if (!hub) {
    const waiting = new Set<OnAbort>()
    const fire = () => {
      for (const waiter of [...waiting]) waiter(signal.reason)
    }
    hub = { waiting, fire }
    listeners.set(signal, hub)
  }
  const { waiting, fire } = hub
  if (waiting.size === 0) signal.addEventListener('abort', fire)
  waiting.add(callback)
  return () => {
    waiting.delete(callback)
    if (waiting.size === 0) signal.removeEventListener('abort', fire)
  }
}

/**
 * Lets go of a signal when nobody holds the scope any more: a body that is never read must not keep it for ever. Workers of
 * an older compatibility date have neither this nor WeakRef; there it is kept, as long as the request lives.
 */
const forgotten = globalThis.FinalizationRegistry && new FinalizationRegistry((off: () => void) => off())

export class Scope {
  /** Whether anything can end this scope early; if not, nothing needs to be guarded. */
  canAbort = false
  aborted = false
  reason: unknown
  #controller: AbortController | undefined
  /** What there may be of each is made when it is needed: most calls have no signal and no timer. */
  #waiting: Set<OnAbort> | undefined
  #signals: AbortSignal[] | undefined
  #limits: { readonly at: number; readonly reason: Reason }[] | undefined
  #timers: Set<ReturnType<typeof setTimeout>> | undefined
  #cleanUp: (() => void)[] | undefined

  /** A scope inside another: it ends with it, but can also end alone. */
  constructor(outer?: Scope) {
    if (!outer?.canAbort) return
    this.canAbort = true
    if (outer.aborted) this.abort(outer.reason)
    else this.#onFinish(outer.onAbort((reason) => this.abort(reason)))
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.aborted) this.#controller.abort(this.reason)
    }
    return this.#controller.signal
  }

  /** Ends with the caller's signal. */
  follow(signal: AbortSignal): void {
    this.canAbort = true
    if (signal.aborted) {
      this.abort(signal.reason)
      return
    }
    this.#signals ??= []
    this.#signals.push(signal)
    this.#onFinish(onSignal(signal, (reason) => this.abort(reason)))
  }

  /** Ends after `ms`, with what `reason` makes. That must not hold the scope itself, or a dropped body would keep its timer. */
  limit(ms: number, reason: Reason): void {
    this.canAbort = true
    this.#limits ??= []
    this.#limits.push({ at: performance.now() + ms, reason })
    this.after(ms, () => this.abort(reason(this)))
  }

  /** A timer that ends with the scope. Returns a function that calls it off. */
  after(ms: number, callback: () => void): () => void {
    this.#timers ??= new Set()
    const timers = this.#timers
    const timer = setTimeout(() => {
      timers.delete(timer)
      callback()
    }, ms)
    timers.add(timer)
    return () => {
      clearTimeout(timer)
      timers.delete(timer)
    }
  }

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    this.finish()
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#controller?.abort(reason)
    for (const callback of waiting ?? []) callback(reason)
  }

  stopTimers(): void {
    for (const timer of this.#timers ?? []) clearTimeout(timer)
    this.#timers?.clear()
  }

  /** Lets go of timers and listeners: the call is over, body and all. */
  finish(): void {
    this.stopTimers()
    for (const undo of this.#cleanUp?.splice(0) ?? []) undo()
  }

  #onFinish(undo: () => void): void {
    this.#cleanUp ??= []
    this.#cleanUp.push(undo)
  }

  /**
   * The headers are there, the body is the caller's. If it is dropped unread, nothing of this may stay: the signal holds the
   * scope weakly from here on, and the timers do not keep the process alive.
   */
  loosen(): void {
    if (!forgotten) return
    for (const undo of this.#cleanUp?.splice(0) ?? []) undo()
    this.stopTimers()
    const weak = new WeakRef(this)
    const undo = [
      ...(this.#signals ?? []).map((signal) => onSignal(signal, abortWeakly(weak))),
      ...(this.#limits ?? []).map(({ at, reason }) => armWeakly(weak, at - performance.now(), reason)),
    ]
    const off = runAll(undo)
    forgotten.register(this, off, this)
    this.#onFinish(off)
    this.#onFinish(() => void forgotten.unregister(this))
  }

  onAbort(callback: OnAbort): () => void {
    this.#waiting ??= new Set()
    const waiting = this.#waiting.add(callback)
    return () => void waiting.delete(callback)
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }

  /** The promise, or the reason of the abort if that comes first: for waits that know nothing of signals. */
  race<T>(work: Promise<T> | T): Promise<T> | T {
    if (!this.canAbort) return work
    return new Promise<T>((resolve, reject) => {
      if (this.aborted) reject(this.reason)
      const off = this.onAbort(reject)
      Promise.resolve(work).then(resolve, reject).finally(off)
    })
  }
}

/* Apart from the class: a closure made beside another shares what that one holds, and would hold the scope. */

function abortWeakly(scope: WeakRef<Scope>): OnAbort {
  return (reason) => scope.deref()?.abort(reason)
}

function armWeakly(weak: WeakRef<Scope>, ms: number, reason: Reason): () => void {
  const fire = () => {
    const scope = weak.deref()
    scope?.abort(reason(scope))
  }
  const timer = setTimeout(fire, Math.max(0, ms))
  ;(timer as { unref?: () => void }).unref?.()
  return () => clearTimeout(timer)
}

function runAll(undo: readonly (() => void)[]): () => void {
  return () => {
    for (const one of undo) one()
  }
}

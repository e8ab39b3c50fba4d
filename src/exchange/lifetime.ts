/**
 * How long a call, or one attempt of it, may go on: the caller's signals and the timeouts, linked by hand.
 *
 * `AbortSignal.any` and `AbortSignal.timeout` keep about 2 kB per call alive until the timer fires, so a lifetime holds plain
 * callbacks, and makes an `AbortController` only when somebody asks for the signal.
 */

type OnAbort = (reason: unknown) => void

/** Something that can end a lifetime: it begins to watch, and returns how to stop watching. */
type Source = (abort: OnAbort) => () => void

interface Watch {
  readonly stop: () => void
  readonly timer?: ReturnType<typeof setTimeout>
}

/** How signals and timers know a lifetime: first they keep it alive, and once it is loosened they do not. */
interface Hold {
  lifetime: { deref(): Lifetime | undefined }
}

/**
 * Stops the watches of a lifetime that was garbage-collected: a body that is never read must not keep a listener on a signal for
 * ever. Workers of an older compatibility date have neither this nor WeakRef; there the listener lives as long as the request.
 */
const forgotten = globalThis.FinalizationRegistry && new FinalizationRegistry(stopAll)

/** How long a call, or one attempt of it, may go on, and who is told when it is over. */
export class Lifetime {
  /** Whether anything can end this lifetime early; if not, nothing needs to be guarded. */
  canAbort = false
  aborted = false
  reason: unknown
  #controller: AbortController | undefined
  // Made at the first use: most calls have no signal and no timer.
  #waiting: Set<OnAbort> | undefined
  #watches: Set<Watch> | undefined
  #hold: Hold | undefined

  /** Made when somebody asks: most calls need none, and an AbortController costs as much as all the rest of the chain. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.aborted) this.#controller.abort(this.reason)
    return this.#controller.signal
  }

  /** Ends with the caller's signal. */
  follow(signal: AbortSignal): void {
    this.watch((abort) => onSignal(signal, abort))
  }

  /** Ends with another lifetime, but can also end alone. */
  within(outer: Lifetime): void {
    if (outer.canAbort) this.watch((abort) => outer.onAbort(abort))
  }

  /**
   * Ends after `ms` with what `reason` makes, unless the returned function is called before. `reason` must not hold the
   * lifetime, or a dropped body would keep its timer.
   */
  limit(ms: number, reason: () => unknown): () => void {
    const abort = this.#ender()
    const timer = setTimeout(() => abort(reason()), ms)
    return this.#add({ stop: () => clearTimeout(timer), timer })
  }

  /** Begins to watch; `finish` stops it, and so does the returned function. */
  watch(source: Source): () => void {
    return this.#add({ stop: source(this.#ender()) })
  }

  #ender(): OnAbort {
    this.canAbort = true
    this.#hold ??= { lifetime: { deref: () => this } }
    return endBy(this.#hold)
  }

  #add(watch: Watch): () => void {
    this.#watches ??= new Set()
    const watches = this.#watches.add(watch)
    return () => {
      watch.stop()
      watches.delete(watch)
    }
  }

  abort(reason: unknown): void {
    if (this.aborted) return
    this.canAbort = true
    this.aborted = true
    this.reason = reason
    this.finish()
    this.#controller?.abort(reason)
    const waiting = this.#waiting
    this.#waiting = undefined
    for (const callback of waiting ?? []) callback(reason)
  }

  /** Stops all timers and listeners: the call is over, its body included. */
  finish(): void {
    if (this.#watches) stopAll(this.#watches)
  }

  /**
   * From here on signals and timers hold the lifetime weakly: the caller has the response now, and if its body is dropped unread,
   * no listener and no timer may stay.
   */
  loosen(): void {
    if (!forgotten || !this.#watches || !this.#hold) return
    this.#hold.lifetime = new WeakRef(this)
    // A response that was dropped must not keep the process alive. A number, without `unref`, in a page.
    for (const { timer } of this.#watches) (timer as { unref?: () => void } | undefined)?.unref?.()
    forgotten.register(this, this.#watches)
  }

  /** Calls back when it is over, which may be at once, until the returned function is called. */
  onAbort(callback: OnAbort): () => void {
    if (this.aborted) callback(this.reason)
    this.#waiting ??= new Set()
    const waiting = this.#waiting.add(callback)
    return () => void waiting.delete(callback)
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }

  /**
   * What comes of a work that knows nothing of signals, or the reason of the abort if that comes first. `isHeld`: whether the work
   * is to be waited for all the same.
   */
  race<T>(work: Promise<T>): Promise<T>
  race<T>(work: Promise<T> | T, isHeld?: () => unknown): Promise<T> | T
  race<T>(work: Promise<T> | T, isHeld?: () => unknown): Promise<T> | T {
    if (!this.canAbort) return work
    return new Promise((resolve, reject) => {
      const off = this.onAbort((reason) => isHeld?.() || reject(reason))
      Promise.resolve(work).then(resolve, reject).finally(off)
    })
  }

  /** Waits `ms`, or rejects with the reason of the abort. */
  async sleep(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      await this.race(
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, ms)
        }),
      )
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Adds a call to those that wait for one signal. They share the only listener on it, whatever their number. */
type Wait = (callback: OnAbort) => () => void

const waits = new WeakMap<AbortSignal, Wait>()

/** Calls back when the signal fires, until the returned function is called. */
function onSignal(signal: AbortSignal, callback: OnAbort): () => void {
  if (signal.aborted) {
    callback(reasonOf(signal))
    return () => undefined
  }
  const wait = waits.get(signal) ?? waitsFor(signal)
  waits.set(signal, wait)
  return wait(callback)
}

function waitsFor(signal: AbortSignal): Wait {
  const callbacks = new Set<OnAbort>()
  // A function, since the signals of some polyfills take no other listener.
  const listener = () => {
    for (const callback of [...callbacks]) callback(reasonOf(signal))
  }
  return (callback) => {
    if (callbacks.size === 0) signal.addEventListener('abort', listener)
    callbacks.add(callback)
    return () => {
      callbacks.delete(callback)
      if (callbacks.size === 0) signal.removeEventListener('abort', listener)
    }
  }
}

/** React Native's signals have no `reason`. */
function reasonOf({ reason }: AbortSignal): unknown {
  if (reason !== undefined) return reason
  const message = 'This operation was aborted'
  return globalThis.DOMException
    ? new DOMException(message, 'AbortError')
    : Object.assign(new Error(message), { name: 'AbortError' })
}

function stopAll(watches: Set<Watch>): void {
  for (const { stop } of watches) stop()
  watches.clear()
}

// Top-level on purpose: closures made in one function share a context, so one written inside the class would keep the lifetime
// alive, and defeat the WeakRef.
function endBy(hold: Hold): OnAbort {
  return (reason) => hold.lifetime.deref()?.abort(reason)
}

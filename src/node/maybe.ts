/** Values that may be there at once or come by a promise: a jar in memory answers at once, a user's store may be async. */

/** A value, or a promise of it. */
export type Maybe<T> = T | Promise<T>

/** Tells a promise by its `then`: one of another library is none of ours, and none of the platform's is one of zone.js'. */
export function isPromise<T>(value: Maybe<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>> | null | undefined)?.then === 'function'
}

/** Hands a value on: at once if it is there, else when its promise resolves. */
export function andThen<T, U>(value: Maybe<T>, next: (value: T) => Maybe<U>): Maybe<U> {
  return isPromise(value) ? Promise.resolve(value).then(next) : next(value)
}

/** Does the work for one item after the other; the next begins when the one before it is done. */
export function inTurn<T>(items: readonly T[], work: (item: T) => Maybe<unknown>): Maybe<unknown> {
  let last: Maybe<unknown>
  for (const item of items) last = andThen(last, () => work(item))
  return last
}

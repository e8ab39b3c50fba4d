/** Values that may be there at once: an in-memory jar answers without a tick, a store of the user's by a promise. */

export type Maybe<T> = T | Promise<T>

/** Goes on at once if it can. */
export function andThen<T, U>(value: Maybe<T>, next: (value: T) => Maybe<U>): Maybe<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** One after the other, not all at once. */
export function inTurn<T>(items: readonly T[], work: (item: T) => Maybe<unknown>): Maybe<unknown> {
  let last: Maybe<unknown>
  for (const item of items) last = andThen(last, () => work(item))
  return last
}

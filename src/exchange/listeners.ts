/** Listeners as options: one or several. */

/** What listeners have thrown. It is the caller's own, and comes out as it is, also through a body that it broke off. */
const thrown = new WeakSet<object>()

/** Tells them all, in order. */
export function tell<T>(listeners: undefined | ((value: T) => void) | readonly ((value: T) => void)[], value: T): void {
  if (!listeners) return
  try {
    for (const listener of [listeners].flat()) listener(value)
  } catch (error) {
    if (Object(error) === error) thrown.add(error as object)
    throw error
  }
}

/** What a listener has thrown, among an error and its causes. */
export function ofListener(error: unknown): unknown {
  for (let cause = error, depth = 0; cause && depth < 5; cause = (cause as Error).cause, depth++)
    if (thrown.has(Object(cause))) return cause
  return undefined
}

/** Listeners that are given as options: one, or several in a list. */

/** Errors that listeners have thrown. They are the caller's own and come out as they are, also by way of a body. */
const thrown = new WeakSet<object>()

/** Calls the listeners with a value, in their order. */
export function tell<T>(listeners: undefined | ((value: T) => void) | readonly ((value: T) => void)[], value: T): void {
  if (!listeners) return
  try {
    for (const listener of [listeners].flat()) listener(value)
  } catch (error) {
    if (Object(error) === error) thrown.add(error as object)
    throw error
  }
}

/** The error of a listener among an error and its causes; `undefined` if there is none. */
export function ofListener(error: unknown): unknown {
  return causes(error).find((cause) => thrown.has(Object(cause)))
}

/** An error and its causes, eight in all at most: they may go round in a circle. */
export function causes(error: unknown): readonly Partial<Error>[] {
  const found: Partial<Error>[] = []
  for (let one = error as Partial<Error> | undefined; one && found.length < 8; one = one.cause as typeof one) found.push(one)
  return found
}

/** Listeners as options: one or several. */

/** Tells them all, in order. */
export function tell<T>(listeners: undefined | ((value: T) => void) | readonly ((value: T) => void)[], value: T): void {
  if (listeners) for (const listener of [listeners].flat()) listener(value)
}

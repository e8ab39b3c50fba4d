/** The options of the stores. */

/** A copy of options with their own keys only, so that a polluted prototype changes nothing. */
export function optionsOf<T extends object>(options: T, of: string): T {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${of}: give an object of options`)
  // The cast: the same keys, without a prototype to inherit others from.
  return Object.assign(Object.create(null), options) as T
}

/** Checks an option in milliseconds. Throws a `TypeError` that names it. */
export function milliseconds(value: unknown, otherwise: number, name: string): number {
  if (value === undefined) return otherwise
  if (typeof value === 'number' && value >= 0) return value
  throw new TypeError(`${name}: give milliseconds, 0 or more`)
}

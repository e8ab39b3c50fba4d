/** Maps as options: an object or pairs, for headers, queries and forms. */

/** Lists the entries of an object, or of anything that iterates over pairs. */
export function pairsOf(given: unknown, option: string): [name: unknown, value: unknown][] {
  if (typeof given !== 'object' || given === null) throw new TypeError(`${option}: give an object or pairs`)
  return [...(Symbol.iterator in given ? (given as Iterable<unknown>) : Object.entries(given))].map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError(`${option}: a pair must be [name, value]`)
    return pair as [unknown, unknown]
  })
}

/** Sets pairs over others, by name; `null` removes. Repeated pairs of one name stay together, as in `new Headers(pairs)`. */
export function setPairs(target: Headers | URLSearchParams, pairs: readonly (readonly [string, string | null])[]): void {
  for (const [name] of pairs) target.delete(name)
  for (const [name, value] of pairs) if (value !== null) target.append(name, value)
}

/**
 * What is on its way, in numbered places.
 *
 * Not a Set: one that is added to and deleted from all the time gets a new table now and then, V8 lets the old one lead to the new
 * one, and so whatever has been in it since outlives the small collections of garbage: with redirects 7.7 MB of each 46 MB.
 */
export class Places<T> {
  readonly #taken: (T | undefined)[] = []
  readonly #free: number[] = []

  /** Takes a place, and gives its number. */
  add(one: T): number {
    const place = this.#free.pop() ?? this.#taken.length
    this.#taken[place] = one
    return place
  }

  free(place: number): void {
    this.#taken[place] = undefined
    this.#free.push(place)
  }

  all(): T[] {
    return this.#taken.filter((one) => one !== undefined)
  }
}

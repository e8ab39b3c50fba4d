/** Cookie headers, remembered until the jar changes or one of the host's cookies ends. */
import type { Cookie } from './tough.ts'

/** URLs whose header is remembered; more than a client talks to at a time. */
const MAX_REMEMBERED = 256

interface Remembered {
  readonly revision: number
  readonly until: number
  readonly header: string
  readonly cookies: readonly Cookie[]
}

export class HeaderMemory {
  /** A session gives the same URL object for the same input. */
  readonly #byURL = new WeakMap<URL, Remembered>()
  readonly #byPath = new Map<string, Remembered>()

  /** What is still true of a jar at this revision, at this time. */
  get(url: URL, revision: number, now: number): Remembered | undefined {
    const known = this.#byURL.get(url) ?? this.#byPath.get(pathKey(url))
    return known && known.revision === revision && now < known.until ? known : undefined
  }

  set(url: URL, remembered: Remembered): void {
    if (this.#byPath.size >= MAX_REMEMBERED) this.#byPath.clear()
    this.#byPath.set(pathKey(url), remembered)
    this.#byURL.set(url, remembered)
  }
}

function pathKey({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`
}

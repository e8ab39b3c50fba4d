/** Cookie headers, remembered until the jar changes or one of the host's cookies ends. */
import { expiryOf, type Site } from './cookie-rules.ts'
import type { Cookie } from './tough.ts'

/** Sites whose header is remembered; more than a client talks to at a time. */
const MAX_REMEMBERED = 256

interface Header {
  readonly revision: number
  readonly header: string
  readonly cookies: readonly Cookie[]
}

interface Remembered extends Header {
  readonly until: number
}

export class HeaderMemory {
  readonly #known = new Map<string, Remembered>()

  /** What is still true of a jar at this revision, at this time. */
  get(site: Site, revision: number, now: number): Remembered | undefined {
    const key = hostKey(site)
    const known = this.#known.get(key) ?? this.#known.get(key + site.path)
    return known && known.revision === revision && now < known.until ? known : undefined
  }

  /** Notes the header of a site, whose host has these cookies. Where none of them asks for a path it is that of all paths. */
  set(site: Site, ofHost: readonly Cookie[], header: Header): Remembered {
    const until = ofHost.reduce((end, cookie) => Math.min(end, expiryOf(cookie)), Number.POSITIVE_INFINITY)
    const remembered = { ...header, until }
    const key = hostKey(site)
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear()
    if (ofHost.every(({ path }) => path === '/')) {
      this.#known.set(key, remembered)
    } else {
      this.#known.delete(key)
      this.#known.set(key + site.path, remembered)
    }
    return remembered
  }
}

/** Hosts are lower case, and no path begins with a blank. */
function hostKey({ host, isSecure }: Site): string {
  return isSecure ? host : `${host} `
}

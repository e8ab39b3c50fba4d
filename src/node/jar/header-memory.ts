/** Cookie headers, remembered until the jar changes or one of the host's cookies ends. */

import { type Cookie, cookieCompare } from '../../cookies/tough.ts'
import { expiryOf, isSentTo } from './rules.ts'
import type { Site } from './site.ts'

/** Headers that are remembered: one for each host, or for each path of a host one of whose cookies asks for a path. */
const MAX_REMEMBERED = 1024

interface Remembered {
  readonly revision: number
  readonly header: string
  readonly cookies: readonly Cookie[]
  /** When the first of the host's cookies ends. */
  readonly until: number
}

/** The headers of a jar, by host or by path. */
export class HeaderMemory {
  readonly #known = new Map<string, Remembered>()

  /** What is still true of a jar at this revision, at this time. */
  get(site: Site, revision: number, now: number): Remembered | undefined {
    const key = hostKey(site)
    const known = this.#known.get(key) ?? this.#known.get(key + site.path)
    return known && known.revision === revision && now < known.until ? known : undefined
  }

  /** Works out the header of a site from its host's live cookies. Where none of them asks for a path it is that of all paths. */
  set(site: Site, ofHost: readonly Cookie[], revision: number): Remembered {
    let until = Number.POSITIVE_INFINITY
    let isOfAllPaths = true
    for (const cookie of ofHost) {
      until = Math.min(until, expiryOf(cookie))
      if (cookie.path !== '/') isOfAllPaths = false
    }
    const cookies = inSendingOrder(ofHost, site)
    const remembered = { revision, header: toHeader(cookies), cookies, until }
    const key = hostKey(site)
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear()
    // What was true of all paths before is not any more.
    if (!isOfAllPaths) this.#known.delete(key)
    this.#known.set(isOfAllPaths ? key : key + site.path, remembered)
    return remembered
  }
}

/** Section 5.8.3: longest path first, then oldest. */
export function inSendingOrder(cookies: readonly Cookie[], site: Site): readonly Cookie[] {
  const sent: Cookie[] = []
  for (const cookie of cookies) if (isSentTo(cookie, site)) sent.push(cookie)
  return sent.length > 1 ? sent.sort(cookieCompare) : sent
}

/** A Cookie header; a cookie without a name is its value alone. */
function toHeader(cookies: readonly Cookie[]): string {
  let header = ''
  for (const cookie of cookies) header += header === '' ? cookie.cookieString() : `; ${cookie.cookieString()}`
  return header
}

/** Hosts are lower case, and no path begins with a blank. */
function hostKey({ host, isSecure }: Site): string {
  return isSecure ? host : `${host} `
}

/** Cookie headers, remembered until the jar changes or one of the host's cookies ends. */

import { type Cookie, cookieCompare } from '../../cookies/tough.ts'
import { expiryOf, isSentTo } from './rules.ts'
import type { Site } from './site.ts'

/** Headers remembered at most: one for each host, or one for each path of a host that has a cookie with a path of its own. */
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

  /** The header of a site, if the jar has not changed and no cookie of the host has expired since it was made. */
  get(site: Site, revision: number, now: number): Remembered | undefined {
    const key = hostKey(site)
    const known = this.#known.get(key) ?? this.#known.get(key + site.path)
    return known && known.revision === revision && now < known.until ? known : undefined
  }

  /**
   * Makes the header of a site from its host's live cookies. If all of them have the path `/`, it serves every path of the
   * host.
   */
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
    // The header that served all paths is out of date.
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

/** The key of a host, with a blank after it for http: host and path begin with other characters, so no two keys are the same. */
function hostKey({ host, isSecure }: Site): string {
  return isSecure ? host : `${host} `
}

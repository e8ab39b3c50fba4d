/** A URL as cookies see it. */
import { hostOf, isSecure } from '../../cookies/domains.ts'

/** A URL, taken apart once for all that is asked about it. */
export interface Site {
  /** A trailing dot names the same host, and IPv6 goes without brackets, as in tough-cookie. */
  readonly host: string
  readonly path: string
  /** Https, or a loopback host, which nobody on the network can impersonate. */
  readonly isSecure: boolean
}

/** Takes a URL apart. */
export function siteOf(url: URL): Site {
  const host = hostOf(url)
  // A mount's URL may have no path.
  return { host, path: url.pathname || '/', isSecure: isSecure(url.protocol, host) }
}

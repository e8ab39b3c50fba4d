/** Mounts: requests under a URL prefix go to a handler instead of the platform's fetch. */
import type { MountHandler } from '../contract/settings.ts'

interface Mount {
  /** Scheme and host in lower case; the host is empty in a prefix like `mock://`, which takes every host. */
  readonly origin: string
  readonly path: string
  readonly handler: MountHandler
}

const PREFIX = /^([a-z][a-z\d+.-]*:)\/\/([^/?#\\]*)(\/[^?#]*)?$/i

/** The mounts of a session. A copy is a snapshot: what is mounted later does not touch it. */
export class Mounts {
  #table = new Map<string, Mount>()

  constructor(from?: Mounts) {
    if (from) this.#table = new Map(from.#table)
  }

  /** Mounts a handler, or with `null` unmounts it. */
  set(prefix: string, handler: MountHandler | null): void {
    const [origin, path] = parsePrefix(prefix)
    if (handler === null) return void this.#table.delete(origin + path)
    if (typeof handler !== 'function') throw new TypeError('mount: the handler must be a function, or null to unmount')
    this.#table.set(origin + path, { origin, path, handler })
  }

  /** The handler with the longest prefix of a URL. */
  find(url: URL): MountHandler | undefined {
    if (this.#table.size === 0) return undefined
    const scheme = `${url.protocol}//`
    const origin = scheme + url.host.toLowerCase()
    const fitting = [...this.#table].filter(
      ([, mount]) => (mount.origin === origin || mount.origin === scheme) && isUnder(url.pathname, mount.path),
    )
    return fitting.sort(([one], [other]) => other.length - one.length)[0]?.[1].handler
  }

  /** Reports whether a handler is mounted under a scheme, such as `mock:`. */
  hasScheme(scheme: string): boolean {
    return [...this.#table.keys()].some((prefix) => prefix.startsWith(scheme.toLowerCase()))
  }
}

/** Whether a path lies under a prefix, at the boundary of a segment: `/api/x` lies under `/api`, and `/apiary` does not. */
function isUnder(pathname: string, prefix: string): boolean {
  if (!pathname.startsWith(prefix)) return false
  return prefix === '' || prefix.endsWith('/') || pathname.length === prefix.length || pathname[prefix.length] === '/'
}

function parsePrefix(prefix: string): [origin: string, path: string] {
  const [, scheme = '', host = '', path = ''] = PREFIX.exec(prefix) ?? []
  // The URL parser drops default ports, so that https://host:443 is https://host.
  const url = `${scheme}//${host || 'host'}${path}`
  if (scheme === '' || host.includes('@') || !URL.canParse(url)) {
    throw new TypeError("mount: the prefix must be like 'https://host/path' or 'scheme://', without userinfo or query")
  }
  const parsed = new URL(url)
  const origin = host === '' ? '' : parsed.host.toLowerCase()
  return [`${parsed.protocol}//${origin}`, path === '' || path === '/' ? '' : parsed.pathname]
}

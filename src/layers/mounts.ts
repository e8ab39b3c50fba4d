/** Mounts: requests under a URL prefix go to a handler instead of the platform's fetch. */
import type { MountHandler } from '../contract/settings.ts'
import { originOf } from '../http/origin.ts'
import { isUnder, tryParse } from '../http/url.ts'

const PREFIX = /^([a-z][a-z\d+.-]*:)\/\/([^/?#\\]*)(\/[^?#]*)?$/i

/** The mounts of a session. A copy is a snapshot: what is mounted later does not touch it. */
export class Mounts {
  readonly #handlers: Map<string, MountHandler>

  constructor(from?: Mounts) {
    this.#handlers = new Map(from ? from.#handlers : [])
  }

  /** Mounts a handler, or with `null` unmounts it. */
  set(prefix: string, handler: MountHandler | null): void {
    const key = normalised(prefix)
    if (handler === null) this.#handlers.delete(key)
    else if (typeof handler === 'function') this.#handlers.set(key, handler)
    else throw new TypeError('mount: the handler must be a function, or null to unmount')
  }

  /** The handler with the longest prefix of a URL. A prefix like `mock://` is one of every host. */
  find(url: URL): MountHandler | undefined {
    if (this.#handlers.size === 0) return undefined
    const addresses = [originOf(url), `${url.protocol}//`].map((start) => start + url.pathname)
    const fitting = [...this.#handlers].filter(([prefix]) => addresses.some((address) => isUnder(address, prefix)))
    return fitting.sort(([one], [other]) => other.length - one.length)[0]?.[1]
  }

  /** Reports whether a handler is mounted under a scheme, such as `mock:`. */
  hasScheme(scheme: string): boolean {
    return [...this.#handlers.keys()].some((prefix) => prefix.startsWith(scheme.toLowerCase()))
  }
}

/** Scheme and host in lower case, without the port that the scheme implies and without a lone slash at the end. */
function normalised(prefix: string): string {
  const [, scheme = '', host = '', path = ''] = PREFIX.exec(prefix) ?? []
  const url = tryParse(`${scheme}//${host || 'host'}${path}`)
  if (!url || host.includes('@'))
    throw new TypeError("mount: the prefix must be like 'https://host/path' or 'scheme://', without userinfo or query")
  return (host ? originOf(url) : `${url.protocol}//`) + url.pathname.replace(/^\/$/, '')
}

/** Origins: scheme, host and port. */

/** Returns a URL's origin, also for the schemes of mounts, for which `URL.origin` is `'null'`. */
export function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host.toLowerCase()}`
}

/** Reports whether two URLs have the same scheme, host and port. */
export function isSameOrigin(one: URL, other: URL): boolean {
  return one === other || originOf(one) === originOf(other)
}

/** A URL for messages: origin and path, nothing that could be secret. A `data:` or `blob:` URL is its own content. */
export function addressOf(url: URL): string {
  return isOpaque(url) ? url.protocol : originOf(url) + url.pathname
}

/** Reports whether a URL goes straight to the platform, with no secret: `data:` and `blob:`. */
export function isOpaque({ protocol }: URL): boolean {
  return protocol === 'data:' || protocol === 'blob:'
}

/** Origins: scheme, host and port. */

/** Returns a URL's origin, also for the schemes of mounts, for which `URL.origin` is `'null'`. */
export function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host.toLowerCase()}`
}

/** Reports whether two URLs have the same scheme, host and port. */
export function isSameOrigin(one: URL, other: URL): boolean {
  return one === other || originOf(one) === originOf(other)
}

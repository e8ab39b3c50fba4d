/** Where secrets go: they belong to an origin, and what leaves the origin leaves without them. */

/** Fetch standard 4.4 (HTTP-redirect fetch) removes `authorization`; the rest is what browsers and clients add. */
const SECRET_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization'])
/** Not secret, but wrong at another origin. */
const ORIGIN_HEADERS: ReadonlySet<string> = new Set(['host', 'www-authenticate'])

/** Reports whether a header is a secret: one of the known names, or one that the caller called sensitive. */
export function isSecretHeader(name: string, sensitive: ReadonlySet<string>): boolean {
  return SECRET_HEADERS.has(name) || sensitive.has(name)
}

/** Returns a copy of the headers without those that must not cross an origin. */
export function headersForOtherOrigin(headers: Headers, sensitive: ReadonlySet<string>): Headers {
  const kept = new Headers(headers)
  for (const name of headers.keys()) {
    if (isSecretHeader(name, sensitive) || ORIGIN_HEADERS.has(name)) kept.delete(name)
  }
  return kept
}

/** Reports whether two URLs have the same scheme, host and port. */
export function isSameOrigin(one: URL, other: URL): boolean {
  return one.protocol === other.protocol && one.host.toLowerCase() === other.host.toLowerCase()
}

/** `URL.origin` is `'null'` for every scheme but http(s), and mounts have schemes of their own. */
export function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host.toLowerCase()}`
}

/** Secrets belong to an origin: a request that leaves the origin loses them here. */

/** Fetch standard 4.4 (HTTP-redirect fetch) removes `authorization`; the rest is what browsers and clients add. */
const SECRET_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization'])
/** Not secret, but wrong at another origin. */
const ORIGIN_HEADERS: ReadonlySet<string> = new Set(['host', 'www-authenticate'])

/** Reports whether a header is a secret: one of the known names, or one that the caller called sensitive. */
export function isSecretHeader(name: string, sensitive: ReadonlySet<string>): boolean {
  return SECRET_HEADERS.has(name) || sensitive.has(name)
}

/** Removes the secret headers: credentials, and those that the caller called sensitive. */
export function removeSecrets(headers: Headers, sensitive: ReadonlySet<string>): void {
  for (const name of [...headers.keys()]) if (isSecretHeader(name, sensitive)) headers.delete(name)
}

/** Returns a copy of the headers without those that must not cross an origin. */
export function headersForOtherOrigin(headers: Headers, sensitive: ReadonlySet<string>): Headers {
  const kept = new Headers(headers)
  removeSecrets(kept, sensitive)
  for (const name of ORIGIN_HEADERS) kept.delete(name)
  return kept
}

/**
 * The headers of a request that somebody has moved to another origin: those of now, without the secrets that stood in it before.
 * The caller's code may set credentials for the new origin, but cannot take the old ones along.
 */
export function headersAfterMove(now: Headers, before: Headers, sensitive: ReadonlySet<string>): Headers {
  const kept = new Headers(now)
  for (const [name, value] of before) {
    const carried = kept.get(name)
    // A part counts too: somebody may have appended to a Cookie header, or cut it.
    const isSame = carried && value && (carried.includes(value) || value.includes(carried))
    if (isSame && isSecretHeader(name, sensitive)) kept.delete(name)
  }
  return kept
}

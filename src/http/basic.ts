/** Basic auth, RFC 7617. */

/** Credentials for Basic (RFC 7617), in UTF-8; for `digest()` too. */
export interface Credentials {
  readonly username: string
  readonly password: string
}

/** Checks a user name and password. RFC 7617 section 2 and RFC 7616 section 3.4.2: a colon in the name would end it. */
export function checkCredentials({ username, password }: Credentials): void {
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw new TypeError('auth: username and password must be strings')
  }
  if (username.includes(':')) throw new TypeError("auth: a username must not hold ':'")
  if (/[\0-\x1f\x7f]/.test(username + password))
    throw new TypeError('auth: username and password must not hold control characters')
}

/** RFC 7617, with its `charset="UTF-8"`. */
export function basic({ username, password }: Credentials): string {
  checkCredentials({ username, password })
  const bytes = new TextEncoder().encode(`${username}:${password}`)
  return `Basic ${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`
}

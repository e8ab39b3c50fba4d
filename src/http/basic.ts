/** Basic auth, RFC 7617. */
import { utf8ByteString } from './byte-string.ts'

/** Credentials for Basic (RFC 7617), in UTF-8; for `digest()` too. */
export interface Credentials {
  /** Without `:` and control characters; sent as UTF-8. */
  readonly username: string
  /** Without control characters; sent as UTF-8. */
  readonly password: string
}

/**
 * Checks a user name and password, and returns a copy of them. RFC 7617 section 2 and RFC 7616 section 3.4.2: a colon in the
 * name would end it. `option` is what the error calls the option.
 */
export function checkCredentials(credentials: Credentials, option = 'auth'): Credentials {
  // By its own keys: a polluted prototype must not log anybody in.
  const { username, password }: Partial<Credentials> = Object.assign(Object.create(null), credentials)
  if (typeof username !== 'string' || typeof password !== 'string' || /[\0-\x1f\x7f]/.test(username + password))
    throw new TypeError(`${option}: username and password must be strings without control characters`)
  if (username.includes(':')) throw new TypeError(`${option}: a username must not hold ':'`)
  return { username, password }
}

/** RFC 7617, with its `charset="UTF-8"`. */
export function basic(credentials: Credentials): string {
  const { username, password } = checkCredentials(credentials)
  return `Basic ${btoa(utf8ByteString(`${username}:${password}`))}`
}

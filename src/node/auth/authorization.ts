/**
 * The `Authorization` header of digest auth, RFC 7616 section 3.4, and of RFC 2069 for servers without `qop`.
 *
 * All texts in here are byte strings: what the server sent goes back, and into the hash, byte for byte, whatever its encoding.
 */
import type { Credentials } from '../../http/basic.ts'
import { utf8ByteString } from '../../http/byte-string.ts'
import type { Challenge } from './challenge.ts'
import { type HashName, hexHash } from './hash.ts'

/** A challenge that can be answered. */
export interface DigestChallenge {
  readonly hash: HashName
  /** With `-sess` the key is made once for each challenge. */
  readonly isSession: boolean
  /** `undefined`: the server asks for none, as in RFC 2069. */
  readonly qop: 'auth' | undefined
  readonly parameters: Challenge['parameters']
}

/** A challenge with what its answers have in common. */
export interface Nonce extends DigestChallenge {
  /** The nonce of the challenge, which the key of `-sess` stays bound to: RFC 7616 section 3.4.2. */
  readonly first: string
  /** The nonce of the next request; the server may name another one, section 3.5. */
  current: string
  /** The client's nonce; the key of `-sess` depends on it too. */
  readonly cnonce: string
  /** How many requests were sent with the current nonce. */
  count: number
}

/** Makes the Authorization header of one request, and raises the count of its nonce. */
export function authorization(
  credentials: Credentials,
  request: { readonly url: URL; readonly method: string },
  nonce: Nonce,
): string {
  const { parameters, hash: name, isSession, qop, current, cnonce } = nonce
  const nc = (++nonce.count).toString(16).padStart(8, '0')
  const realm = parameters.get('realm') ?? ''
  const uri = `${request.url.pathname}${request.url.search}`
  const hash = (...parts: string[]) => hexHash(name, parts.join(':'))
  const { username, password } = encoded(credentials, parameters)
  const key = hash(utf8ByteString(username), realm, utf8ByteString(password))
  const ha1 = isSession ? hash(key, nonce.first, cnonce) : key
  const ha2 = hash(request.method, uri)
  const response = qop ? hash(ha1, current, nc, cnonce, qop, ha2) : hash(ha1, current, ha2)
  const fields = [
    isFlagSet(parameters, 'userhash')
      ? `username="${hash(utf8ByteString(username), realm)}", userhash=true`
      : usernameField(username, parameters),
    `realm="${escaped(realm)}", nonce="${escaped(current)}", uri="${escaped(uri)}", response="${response}"`,
    parameters.has('algorithm') && `algorithm=${name}${isSession ? '-sess' : ''}`,
    parameters.has('opaque') && `opaque="${escaped(parameters.get('opaque') ?? '')}"`,
    qop ? `qop=${qop}, nc=${nc}, cnonce="${cnonce}"` : isSession && `cnonce="${cnonce}"`,
  ]
  return `Digest ${fields.filter(Boolean).join(', ')}`
}

/** Reports whether a parameter of a challenge is `true`, in any case and quoted or not. */
export function isFlagSet(parameters: Challenge['parameters'], name: string): boolean {
  return parameters.get(name)?.toLowerCase() === 'true'
}

/** RFC 7616 section 4: with `charset=UTF-8` both are in Normalization Form C, as in the server's file. */
function encoded({ username, password }: Credentials, parameters: Challenge['parameters']): Credentials {
  if (parameters.get('charset')?.toLowerCase() !== 'utf-8') return { username, password }
  return { username: username.normalize('NFC'), password: password.normalize('NFC') }
}

/**
 * A name beyond ASCII goes as `username*`, RFC 7616 section 3.4, but only to a server that shows by `charset` or `userhash` that
 * it knows that RFC. Other servers get the UTF-8 bytes in `username`, as curl sends them.
 */
function usernameField(username: string, parameters: Challenge['parameters']): string {
  const isModern = parameters.has('charset') || parameters.has('userhash')
  if (!isModern || /^[\x20-\x7e]*$/.test(username)) return `username="${escaped(utf8ByteString(username))}"`
  return `username*=UTF-8''${encodeURIComponent(username).replace(/['()*]/g, percentEncoded)}`
}

/** Percent-encodes a character that `encodeURIComponent` leaves as it is and RFC 8187 section 3.2.1 does not allow. */
function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** The inside of a quoted string, RFC 9110 section 5.6.4. */
function escaped(text: string): string {
  return text.replace(/["\\]/g, '\\$&')
}

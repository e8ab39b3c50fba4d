/** Which names are those of secrets, and which values look like one. Every expression is linear in the text. */

const SECRET_WORD =
  /token|secret|passw|pwd|passphrase|passcode|apikey|accesskey|privatekey|auth(?!or(?!i[sz]))|signature|credential|session|jwt|csrf|xsrf|assertion|tkn|dpop|subscriptionkey|functionskey/
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'sid',
  'sig',
  'code',
  'key',
  'pass',
  'pin',
  'otp',
  'totp',
  'cvv',
  'cvc',
  'bearer',
  'nonce',
  'ticket',
  'samlresponse',
  'samlrequest',
])

/** Those of them that tell a secret also as a part of a name: `x-sid`, `card[cvv]`, `userPass`. */
const SECRET_PARTS: ReadonlySet<string> = new Set(['sid', 'sig', 'pass', 'pin', 'otp', 'totp', 'cvv', 'cvc'])

/** Reports whether a parameter, field or header is called like a secret. */
export function isSecretName(name: string): boolean {
  const plain = plainName(name)
  return SECRET_NAMES.has(plain) || SECRET_WORD.test(plain) || partsOf(name).some((part) => SECRET_PARTS.has(part))
}

/** Reports whether a name can only be that of a secret; a `key` or a `code` may be a plain word. */
export function isSurelySecret(name: string): boolean {
  return SECRET_WORD.test(plainName(name))
}

function plainName(name: string): string {
  return decoded(name)
    .toLowerCase()
    .replace(/[-_.\s[\]]/g, '')
}

function partsOf(name: string): string[] {
  return decoded(name)
    .replace(/[A-Z]+/g, (letters) => `_${letters}`)
    .toLowerCase()
    .split(/[-_.\s[\]]/)
}

/** Reports whether a value looks made by a machine to be unguessable: a JWT, or 20 characters and more of letters and digits. */
export function looksLikeToken(value: string): boolean {
  const plain = decoded(value)
  if (isJWT(plain)) return true
  const isDate = /^\d{4}-\d\d-\d\d/.test(plain)
  return plain.length >= 20 && !isDate && /^[\w.~+/=-]+$/.test(plain) && /\d/.test(plain) && /[a-z]/i.test(plain)
}

/** RFC 7519: header and payload are JSON objects in base64url, so both begin with `{"`. */
export function isJWT(text: string): boolean {
  return /^eyJ[\w-]+\.[\w-]+/.test(text)
}

/** Without percent-encoding, where it is one. */
export function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * AES-256-GCM over the text of a jar, by node:crypto: WebCrypto is async, and could not save when the process ends.
 *
 * A passphrase becomes a key by scrypt (RFC 7914) with a salt that stays with the file, since working out the key takes
 * about 0.1 s; the nonce is new for each save.
 */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
/** 32 MiB of memory for each guess. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 }

/** An encrypted text and what is needed, beside the key, to open it; all but `cipher` in base64. */
export interface Sealed {
  readonly cipher: string
  /** Absent where the key was given as bytes. */
  readonly salt?: string
  readonly nonce: string
  readonly tag: string
  readonly text: string
}

/** Seals and opens the text of a file with the `key` of `fileStore`. */
export class Encryption {
  readonly #secret: string | Uint8Array
  #derived: { readonly salt: string; readonly key: Uint8Array } | undefined

  /** @throws TypeError for what is neither a passphrase nor 32 bytes */
  constructor(key: unknown) {
    const isRight = typeof key === 'string' ? key !== '' : key instanceof Uint8Array && key.length === 32
    if (!isRight) throw new TypeError('fileStore: key: give a passphrase (a string, not empty) or 32 bytes (Uint8Array)')
    this.#secret = typeof key === 'string' ? key : Uint8Array.from(key as Uint8Array)
  }

  seal(text: string): Sealed {
    const salt = typeof this.#secret === 'string' ? (this.#derived?.salt ?? encode(randomBytes(16))) : undefined
    const nonce = randomBytes(12)
    const cipher = createCipheriv(CIPHER, this.#keyFor(salt), nonce).setAAD(purpose(salt))
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return {
      ...{ cipher: CIPHER, ...(salt === undefined ? {} : { salt }) },
      ...{ nonce: encode(nonce), tag: encode(cipher.getAuthTag()), text: encode(sealed) },
    }
  }

  /** The text, or `undefined` where the key does not fit or something was altered. */
  open({ cipher, salt, nonce, tag, text }: Sealed): string | undefined {
    if (cipher !== CIPHER || (salt !== undefined) !== (typeof this.#secret === 'string')) return undefined
    try {
      const decipher = createDecipheriv(CIPHER, this.#keyFor(salt), decode(nonce), { authTagLength: 16 })
      decipher.setAAD(purpose(salt)).setAuthTag(decode(tag))
      return Buffer.concat([decipher.update(decode(text)), decipher.final()]).toString('utf8')
    } catch {
      return undefined
    }
  }

  #keyFor(salt: string | undefined): Uint8Array {
    if (typeof this.#secret !== 'string') return this.#secret
    if (salt === undefined || this.#derived?.salt !== salt) {
      const bytes = salt === undefined ? randomBytes(16) : decode(salt)
      this.#derived = { salt: encode(bytes), key: scryptSync(this.#secret, bytes, 32, SCRYPT) }
    }
    return this.#derived.key
  }
}

/** Data that is authenticated with the text (AAD): it binds the text to its purpose and its salt. */
function purpose(salt = ''): Buffer {
  return Buffer.from(`sessionfetch jar 1 ${salt}`)
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

/** The bytes of a base64 text. Node ignores characters that are not base64, so a text that was altered is refused here. */
function decode(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new TypeError('not base64')
  return bytes
}

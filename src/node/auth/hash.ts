/**
 * The hashes of digest auth, RFC 7616 section 6.1. Not WebCrypto's: it has neither MD5 nor SHA-512/256. Not for anything else.
 */
import { md5 } from '@noble/hashes/legacy'
import { sha256, sha512_256 } from '@noble/hashes/sha2'
import { bytesOf } from '../../http/byte-string.ts'

/** By the names of the registry "Hash Algorithms for HTTP Digest Authentication", the strongest first. */
const HASHES = { 'SHA-512-256': sha512_256, 'SHA-256': sha256, MD5: md5 } as const

/** The name of a hash, as a challenge gives it, in upper case. */
export type HashName = keyof typeof HASHES

/** The hashes that digest knows, the strongest first. */
export const HASH_NAMES = Object.keys(HASHES) as HashName[]

/** The hash of a byte string, as hexadecimal digits in lower case. */
export function hexHash(name: HashName, byteString: string): string {
  return hex(HASHES[name](bytesOf(byteString)))
}

/** Bytes as hexadecimal digits in lower case. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

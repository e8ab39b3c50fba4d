/** MD5, which WebCrypto does not have and Digest still asks for. Not for anything else. */
export { md5 } from '@noble/hashes/legacy'

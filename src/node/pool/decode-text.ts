/** Bytes to text, by the platform's own decoder. */
import { builtin } from '../builtin.ts'

let decoder: InstanceType<typeof TextDecoder> | undefined

/** The text of UTF-8 bytes. Jest's jsdom has no global TextDecoder, so there Node's own is taken; it is made at the first use. */
export function decodeText(bytes: Uint8Array): string {
  decoder ??= new (globalThis.TextDecoder ?? builtin('node:util').TextDecoder)()
  return decoder.decode(bytes)
}

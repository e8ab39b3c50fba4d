/** UTF-8 of the platform's own decoder. */
import { builtin } from '../builtin.ts'

let decoder: InstanceType<typeof TextDecoder> | undefined

/** The text of bytes. The decoder is made when it is needed: Jest's jsdom has none, and Node has one of its own for it. */
export function decodeText(bytes: Uint8Array): string {
  decoder ??= new (globalThis.TextDecoder ?? builtin('node:util').TextDecoder)()
  return decoder.decode(bytes)
}

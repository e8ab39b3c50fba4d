/** Bytes of a stream. */

/** Reads a stream to its end, or until its reader is cancelled, and joins what came. */
export async function readBytes(stream: ReadableStream<Uint8Array> | ReadableStreamDefaultReader<Uint8Array>) {
  const reader = 'read' in stream ? stream : stream.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    chunks.push(step.value)
    length += step.value.byteLength
  }
  return joinBytes(chunks, length)
}

/** Joins chunks of `length` bytes in all. */
export function joinBytes(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

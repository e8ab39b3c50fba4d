/** Bodies that nobody wants: read up to a cap, so that their connection can be used again, and then cancelled. */

/** Bytes read of a discarded body at most, 512 kB: more than redirects and error pages have. */
const MAX_BYTES = 1 << 19
/** Milliseconds to wait for a discarded body at most: longer costs more than a new connection. */
const MAX_TIME = 300

/**
 * The method of a response that drains it without its stream. A registered symbol, so that a trace can remove it, to see the
 * bytes.
 */
export const DUMP = Symbol.for('sessionfetch.dump')

interface Dumpable {
  readonly [DUMP]?: (maxBytes: number, ms: number) => Promise<void> | undefined
}

/** Drains a response within the caps, then cancels it. `undefined`: there is nothing to wait for. */
export function discard(response: Response | undefined): Promise<void> | undefined {
  if (!response) return undefined
  const { [DUMP]: dump } = response as Dumpable
  if (dump) return dump.call(response, MAX_BYTES, MAX_TIME)
  // Nothing to drain, and the connection is free already: Node's fetch has read to the end of an empty body by itself.
  if (response.headers.get('content-length') === '0') return undefined
  const { body } = response
  return !body || response.bodyUsed || body.locked ? undefined : drain(body)
}

/** What a work comes to; if that is an error, nobody reads the response that was there before. */
export async function orDiscard<T>(response: Response | undefined, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await discard(response)
    throw error
  }
}

/** Reads a body up to the caps. Never throws, since nobody wants the body. */
async function drain(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader()
  const cancel = () => void reader.cancel().catch(() => undefined)
  const timer = setTimeout(cancel, MAX_TIME)
  try {
    for (let bytes = 0; bytes <= MAX_BYTES; ) {
      const { done, value } = await reader.read()
      if (done) return
      bytes += value.byteLength
    }
    cancel()
  } catch {
    // A broken gzip or a reset: the next hop does not depend on it.
  } finally {
    clearTimeout(timer)
  }
}

/** The lines of a body. */
import { LineSplitter } from './line-splitter.ts'

/**
 * Gives the lines of a response's body as they arrive, without LF or CRLF; the last one need not have any. `break` cancels the
 * body. For JSON lines and logs.
 *
 * @throws what the body breaks off with; TypeError if it was read already
 * @example
 * ```ts
 * for await (const line of lines(await session.fetch('/export.ndjson'))) console.log(JSON.parse(line))
 * ```
 */
export async function* lines(response: Response): AsyncGenerator<string, void, undefined> {
  if (typeof response !== 'object' || response === null || !('body' in response))
    throw new TypeError('lines: give a Response, such as await session.fetch(url)')
  if (!response.body) return
  const splitter = new LineSplitter('LF')
  for await (const piece of textOf(response.body)) yield* splitter.push(piece)
  const last = splitter.end()
  if (last !== undefined) yield last
}

/**
 * The text of a body, piece by piece. The decoder is made at once: that a platform has none, as Jest's jsdom, is no failure of
 * the stream, which another connection might mend.
 */
export function textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  return decode(body, new TextDecoder())
}

/** By a reader, since streams cannot be iterated over in WebKit. */
async function* decode(body: ReadableStream<Uint8Array>, decoder: TextDecoder): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader()
  let isOver = false
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read())
      yield decoder.decode(step.value, { stream: true })
    isOver = true
    yield decoder.decode()
  } catch (error) {
    isOver = true
    throw error
  } finally {
    // The caller left early: the rest of the body is cancelled, and whether that fails does not matter.
    if (!isOver) await reader.cancel().catch(() => undefined)
    reader.releaseLock()
  }
}

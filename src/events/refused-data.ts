/** The body of an answer that is no event stream, for the error. */
import type { SessionResponse } from '../index.ts'
import { textOf } from './lines.ts'

/** Characters read of it at most: an answer that is no event stream may still be endless. */
const MAX_LENGTH = 65_536

/** Reads a short text or JSON into `_data`, which the error shows as its `data`. Any other body is cancelled. */
export async function withData(response: Response): Promise<SessionResponse> {
  const refused = response as SessionResponse
  const type = response.headers.get('content-type') ?? ''
  if (!/json|^text\/(?!event-stream)/i.test(type)) {
    await response.body?.cancel().catch(() => undefined)
    return refused
  }
  const text = await beginning(response)
  if (text !== undefined) refused._data = /json/i.test(type) ? parsed(text) : text
  return refused
}

async function beginning({ body }: Response): Promise<string | undefined> {
  let text = ''
  try {
    for await (const piece of body ? textOf(body) : []) {
      text += piece
      if (text.length > MAX_LENGTH) return undefined
    }
    return text
  } catch {
    // Without the body the status still tells what happened.
    return undefined
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What a server says in place of an event stream. */
import type { SessionResponse } from '../index.ts'
import { textOf } from './lines.ts'

/** No more than this is read, in characters: an answer that is no event stream may still be endless. */
const MAX_LENGTH = 65_536

/** Reads a short text or JSON into `_data`, from where the error's `data` comes; everything else is cancelled. */
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
    // The status says enough.
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

/** What a request sends, looked at without using it up. */

import type { SessionRequest } from '../index.ts'
import { Captured } from './captured.ts'
import type { TraceBody } from './entry.ts'
import type { Mask } from './secrets.ts'

type Body = SessionRequest['body']

/** A body on its way, and what to send in its place. */
export interface SentBody {
  /** What goes on: the body as it was, or a function that tells of what it makes. */
  readonly body: Body
  /** What was recorded, as soon as it is known. */
  readonly recorded: Promise<TraceBody | undefined>
}

/**
 * Looks at a body. A function is not called, since it may be called once for each send: what it makes is looked at when
 * the transport calls it. A stream is left alone.
 */
export function lookAtBody(body: Body, headers: Headers, most: number, mask: Mask): SentBody {
  const record = (made: unknown) => recordBody(made, headers, most, mask)
  if (typeof body !== 'function') return { body, recorded: record(body) }
  let told: (recorded: Promise<TraceBody | undefined>) => void = () => {}
  const recorded = new Promise<TraceBody | undefined>((resolve) => {
    told = resolve
  })
  const made = () => {
    const now = body()
    told(record(now))
    return now
  }
  return { body: made, recorded }
}

/**
 * The type that the platform sends with a body where no header says one (Fetch standard, "extract a body"). That of a FormData
 * holds a boundary which is drawn when it is sent. By tag: a test environment's classes are another realm's.
 */
export function impliedType(body: Body): string | undefined {
  if (typeof body === 'string') return 'text/plain;charset=UTF-8'
  const tag = Object.prototype.toString.call(body)
  if (tag === '[object URLSearchParams]') return 'application/x-www-form-urlencoded;charset=UTF-8'
  return tag === '[object Blob]' || tag === '[object File]' ? (body as Blob).type || undefined : undefined
}

/** Never rejects: what cannot be looked at is not recorded. */
async function recordBody(body: unknown, headers: Headers, most: number, mask: Mask): Promise<TraceBody | undefined> {
  if (body === null || body === undefined || isStream(body)) return undefined
  try {
    // The platform's own reading of it: the bytes of a form, and the type that a body without a header brings.
    const whole = new Response(body as BodyInit)
    const mimeType = headers.get('content-type') ?? whole.headers.get('content-type') ?? ''
    const captured = new Captured(most)
    await readUpTo(whole, captured)
    return captured.show(mimeType, mask)
  } catch {
    return undefined
  }
}

function isStream(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false
  return 'getReader' in body || 'pipe' in body || (Symbol.asyncIterator in body && !('size' in body))
}

async function readUpTo({ body }: Response, captured: Captured): Promise<void> {
  const reader = body?.getReader()
  if (!reader) return
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    captured.add(step.value)
    if (captured.isCut) return reader.cancel()
  }
}

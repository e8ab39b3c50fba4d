/** Bodies: which can be sent again, and what the platform makes of the others. */
import type { Body, SessionRequest } from '../exchange/request.ts'

type AnyBody = SessionRequest['body']

/** Reports whether a body is used up by sending it: streams and iterators, but not strings, bytes, blobs and forms. */
export function isOneShot(body: AnyBody | undefined): boolean {
  if (typeof body !== 'object' || body === null) return false
  return 'getReader' in body || 'pipe' in body || (Symbol.asyncIterator in body && !('size' in body))
}

/** The body to send now: a function is called, and asked again for the next hop or attempt. */
export function currentBody(body: AnyBody): Body | null {
  if (typeof body !== 'function') return body
  const made = body()
  checkFetchBody(made)
  return made ?? null
}

/** Fetch standard 5.4 (new Request), step 36: GET and HEAD have none. */
export function checkBody(method: string, body: unknown): void {
  if (body === null || body === undefined) return
  if (method === 'GET' || method === 'HEAD') throw new TypeError(`body: a ${method} request cannot have one`)
}

/** `session.fetch` is the platform's fetch, which would send a plain object as the text `[object Object]`. */
export function checkFetchBody(body: unknown): void {
  const plain =
    typeof body === 'object' && body !== null && [Object.prototype, Array.prototype, null].includes(Object.getPrototypeOf(body))
  if (plain)
    throw new TypeError(
      'body: a plain object is sent as JSON by session.post and its like only; otherwise use form, or JSON.stringify',
    )
}

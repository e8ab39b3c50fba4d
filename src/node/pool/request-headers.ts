/** The headers of a request as undici is given them: the caller's, the cookie of the hop, and what the body brings. */
import type { Extracted } from './bodies.ts'

/** Headers as a plain object, as the platform's fetch gives them to undici: interceptors of dispatchers look names up in it. */
export type WireHeaders = Record<string, string>

/**
 * Puts the headers of a request together. They come sorted out of a `Headers`, where the platform's fetch sends them in the order
 * in which they were set. That order has no meaning (RFC 9110 section 5.3), and only the platform itself can read it.
 *
 * @param cookie the Cookie header of the hop, in place of one among the headers
 */
export function wireHeaders(headers: Headers, cookie: string | undefined, { type }: Extracted): WireHeaders {
  // Not by assignment: it would lose a header named `__proto__`.
  const sent: WireHeaders = Object.fromEntries(headers)
  if (cookie !== undefined) sent.cookie = cookie
  if (type !== undefined) addHeader(sent, 'content-type', type)
  return sent
}

/** Adds a header unless there is one of that name. */
export function addHeader(sent: WireHeaders, name: string, value: string): void {
  if (!Object.hasOwn(sent, name)) sent[name] = value
}

/** The headers of a request as undici is given them: the caller's, the cookie of the hop, and what the body brings. */
import type { Extracted } from './bodies.ts'

/** An object, as the platform's fetch gives it: interceptors of dispatchers look names up in it. */
export type WireHeaders = Record<string, string>

/**
 * Puts the headers of a request together. Those of a `Headers` come sorted, where the platform's fetch would have them in the
 * order in which they were set: that order says nothing (RFC 9110 section 5.3), and nobody else can read it.
 *
 * @param cookie the Cookie header of the hop, in place of one among the headers
 */
export function wireHeaders(headers: Headers, cookie: string | undefined, { type }: Extracted): WireHeaders {
  const sent: WireHeaders = {}
  for (const [name, value] of headers) sent[name] = value
  if (cookie !== undefined) sent.cookie = cookie
  if (type !== undefined) addHeader(sent, 'content-type', type)
  return sent
}

/** Adds a header unless there is one of that name. */
export function addHeader(sent: WireHeaders, name: string, value: string): void {
  if (!Object.hasOwn(sent, name)) sent[name] = value
}

/** The headers of a request as HTTP/2 has them: RFC 9113 section 8.3.1 for those of its line, 8.2.2 for those that go. */
import type { OutgoingHttpHeaders } from 'node:http2'
import type { Dispatcher } from 'undici'
import { wrongLength } from './http2-errors.ts'
import type { WireHeaders } from './request-headers.ts'

/** What says something of the connection, which is not the request's here; `host` is `:authority`. */
const OF_CONNECTION: ReadonlySet<string> = new Set(
  'connection host http2-settings keep-alive proxy-connection transfer-encoding upgrade'.split(' '),
)
/** Methods whose requests have a length also when there is no body (RFC 9110 section 8.6). */
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/**
 * Makes the fields of a request, and says how long its body must be.
 *
 * @param length the body's length, where it is known
 * @throws Error where the caller's Content-Length is not that of the body
 */
export function http2Fields(
  { method, path, origin, headers }: Dispatcher.DispatchOptions,
  length: number | undefined,
): { readonly fields: OutgoingHttpHeaders; readonly expected: number | undefined } {
  const given = headers as WireHeaders
  const { host, protocol } = new URL(String(origin))
  // Without a prototype, so that a header named `__proto__` is one.
  const fields: OutgoingHttpHeaders = Object.assign(Object.create(null), {
    ':method': method,
    ':scheme': protocol.slice(0, -1),
    ':authority': given.host ?? host,
    ':path': path,
  })
  for (const [name, value] of Object.entries(given)) {
    if (!OF_CONNECTION.has(name) && (name !== 'te' || value === 'trailers')) fields[name] = value
  }
  const said = given['content-length']
  const expected = said === undefined ? length : Number(said)
  if (length !== undefined && expected !== length) throw wrongLength('REQ')
  if (expected !== undefined && (expected > 0 || WITH_BODY.has(method))) fields['content-length'] = expected
  return { fields, expected }
}

/** What RFC 9113 section 6.5.2 counts for each field beside its name and its value. */
const PER_FIELD = 32

/** The length of a request's headers, as a server limits it by SETTINGS_MAX_HEADER_LIST_SIZE: RFC 9113 section 6.5.2. */
export function lengthOf(fields: OutgoingHttpHeaders): number {
  return Object.entries(fields).reduce((sum, [name, value]) => sum + name.length + String(value).length + PER_FIELD, 0)
}

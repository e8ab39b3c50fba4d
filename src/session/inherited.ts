/** The headers of a call: what it takes over from its session, and what it may not. */
import { headerNames } from '../exchange/checked-options.ts'
import { removeSecrets } from '../exchange/credentials.ts'
import { type HeaderPairs, setHeaders } from '../http/headers.ts'
import type { SessionState } from './state.ts'

interface HeaderRules {
  readonly isHome: boolean
  readonly isOpaque: boolean
  readonly sensitiveHeaders: ReadonlySet<string>
  /** Whether the call brings credentials of its own, which go before a header of the session's. */
  readonly hasAuth: boolean
}

/** The headers of a call: its own over its session's. */
export function mergedHeaders(state: SessionState, pairs: HeaderPairs, body: unknown, rules: HeaderRules): Headers {
  const { isHome, isOpaque, sensitiveHeaders, hasAuth } = rules
  const headers = new Headers(state.headers)
  // What the session calls sensitive stays so, whatever the call says of its own headers.
  if (!isHome) removeSecrets(headers, headerNames([...sensitiveHeaders, ...state.sensitiveHeaders]))
  if (hasAuth) headers.delete('authorization')
  // A form's boundary, and a Blob's own type, are only in the type that the platform makes of the body.
  if (bringsType(body)) headers.delete('content-type')
  setHeaders(headers, pairs)
  if (isForm(body) && /^multipart\/form-data\s*(?:;|$)(?!.*boundary=)/i.test(headers.get('content-type') ?? ''))
    headers.delete('content-type')
  if (isOpaque) removeSecrets(headers, sensitiveHeaders)
  return headers
}

/** A FormData or URLSearchParams, by shape: a test environment has classes of its own. */
function isForm(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'append' in body
}

function bringsType(body: unknown): boolean {
  return isForm(body) || (typeof body === 'object' && body !== null && 'arrayBuffer' in body && (body as Blob).type !== '')
}

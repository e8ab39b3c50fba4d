/** The platform's failures, told apart from what user code threw, and put into words without secrets. */

import { describe, isSessionError } from './errors.ts'
import { type LayerRequest, stateOf } from './request.ts'

/** Errors of the wire; the value says whether another try may help. */
const wireErrors = new WeakMap<object, boolean>()

/** Reports whether the wire or the server failed the call, as opposed to the caller's code. */
export function isWireError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && wireErrors.has(error)
}

/** Reports whether the network failed, so that another try may help. */
export function isNetworkError(error: unknown): boolean {
  return isWireError(error) && wireErrors.get(error as object) === true
}

/** A `TypeError` as the platform's fetch has it for what another try would not mend: a redirect that was not wanted, a store that failed. */
export function refusal(message: string, cause?: unknown): TypeError {
  const error = new TypeError(message, cause === undefined ? undefined : { cause })
  wireErrors.set(error, false)
  return error
}

/** What the system's error codes mean, and what to do. */
const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: is the server running?',
  ENOTFOUND: 'the host name was not found',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed while sending',
  ETIMEDOUT: 'the connection timed out',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed: trust it with tls.ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate chain is self-signed: trust its root with tls.ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the certificate's issuer is unknown: trust it with tls.ca",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the certificate's issuer is unknown: trust it with tls.ca",
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host name',
  UND_ERR_SOCKET: 'the server closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'connecting took too long',
  UND_ERR_HEADERS_TIMEOUT: 'the headers took too long',
  UND_ERR_BODY_TIMEOUT: 'the body took too long',
  UND_ERR_HEADERS_OVERFLOW: 'the headers are too large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the body is not as long as content-length says',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'the body is not as long as content-length says',
  UND_ERR_INVALID_ARG: 'the request is invalid',
}

/** The error of a send that failed: a `TypeError` as the platform's fetch throws it, with a message that says where. */
export function networkError(error: unknown, request: LayerRequest, hint = ''): unknown {
  if (!(error instanceof Error) || isSessionError(error)) return error
  const { attempt, call } = stateOf(request)
  const tries = call.retry && attempt > 1 ? ` (attempt ${attempt} of ${call.retry.limit + 1})` : ''
  const message = `${describe(request)}: ${reason(error)}${hint}${tries}`
  const wrapped = new TypeError(message, quotesSecret(error, request) ? undefined : { cause: error })
  wireErrors.set(wrapped, true)
  return wrapped
}

function reason(error: Error): string {
  for (let cause: unknown = error, depth = 0; cause && depth < 5; depth++) {
    const {
      code,
      cause: inner,
      errors,
      message,
    } = cause as { code?: unknown; cause?: unknown; errors?: unknown[]; message?: string }
    const [, status] = /^Proxy (?:response|Authentication Required) \((\d+)\)/.exec(message ?? '') ?? []
    if (status) return `the proxy answered ${status}: look at the user name and password in proxy`
    if ((cause as Error).name === 'HTTPParserError') return 'the answer is not valid HTTP'
    if (message === 'bad port') return 'the Fetch standard blocks this port'
    const known =
      typeof code === 'string'
        ? (CODES[code] ?? (code.startsWith('HPE_') ? 'the answer is not valid HTTP' : undefined))
        : undefined
    if (known) return `${known} (${String(code)})`
    cause = inner ?? errors?.[0]
  }
  return 'the request failed'
}

/** Platforms quote URLs and header values, and these may hold a token: such a cause is not worth its secret. */
function quotesSecret(error: Error, request: LayerRequest): boolean {
  const { url, headers } = request
  const { referrer } = stateOf(request).call.platform
  const secrets = [url.search.slice(1), referrer ?? '', ...['authorization', 'cookie'].map((name) => headers.get(name) ?? '')]
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const text = `${cause.message}\n${cause.stack ?? ''}`
    if (secrets.some((secret) => secret !== '' && text.includes(secret))) return true
  }
  return false
}

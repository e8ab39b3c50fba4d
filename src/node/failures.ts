/** What failures of Node's fetch and of undici mean, in words. They come as error codes, up to five causes deep. */
import type { Meaning } from '../exchange/failure.ts'

const NOT_TLS = 'the answer is not TLS: give http:// to a server, or a proxy, that has none'

/** What the system's error codes mean, and what to do. */
const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: is the server running?',
  ENOTFOUND: 'the host name was not found',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed while sending',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network of the host',
  EMFILE: 'this process has too many files and connections open: give concurrency, or pool: { connections }',
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_TLS,
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'the server knows old versions of TLS only: start Node with --tls-min-v1.0',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION:
    'the server does not know the versions of TLS that Node offers: start it with --tls-min-v1.0',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
    'the server takes no protocol that was offered: give pool: { http2: true } to one that speaks HTTP/2 only',
  ERR_SSL_DH_KEY_TOO_SMALL: "the server's key is too short: start Node with --tls-cipher-list=DEFAULT@SECLEVEL=1",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the server asks for a certificate of yours: give tls.cert and tls.key',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'the server refused the handshake: if it asks for a certificate of yours, give tls.cert and tls.key',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet: is the clock right?',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed: trust it with tls.ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate chain is self-signed: trust its root with tls.ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the certificate's issuer is unknown: trust it with tls.ca",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the certificate's issuer is unknown: trust it with tls.ca",
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host name',
  UND_ERR_SOCKET: 'the server closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'connecting took too long',
  UND_ERR_HEADERS_TIMEOUT: 'no headers within the 300 s of the platform’s fetch: with pool: true only timeout counts',
  UND_ERR_BODY_TIMEOUT: 'no bytes of the body within the 300 s of the platform’s fetch: with pool: true only timeout counts',
  UND_ERR_HEADERS_OVERFLOW: 'the response headers are too large: start Node with --max-http-header-size=65536, for instance',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the body is not as long as content-length says',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'the body is not as long as content-length says',
  UND_ERR_INVALID_ARG: 'the request is invalid',
  UND_ERR_SOCKS5_VERSION: 'the proxy does not speak SOCKS5',
  UND_ERR_SOCKS5_AUTH_REJECTED: 'the proxy takes no sign-in that can be given: look at the user name and password in proxy',
  UND_ERR_SOCKS5_AUTH_FAILED: 'the proxy refused the sign-in: look at the user name and password in proxy',
  // RFC 1928 section 6.
  UND_ERR_SOCKS5_REPLY_1: 'the proxy failed',
  UND_ERR_SOCKS5_REPLY_2: 'the proxy does not let this host through',
  UND_ERR_SOCKS5_REPLY_3: 'the proxy has no route to the network of the host',
  UND_ERR_SOCKS5_REPLY_4: 'the proxy could not reach the host',
  UND_ERR_SOCKS5_REPLY_5: 'the host refused the connection to the proxy',
  UND_ERR_SOCKS5_REPLY_6: 'the proxy could not reach the host in time',
  ERR_HTTP2_STREAM_ERROR: 'the server broke the answer off',
  ERR_HTTP2_SESSION_ERROR: 'the server ended the connection',
  ERR_HTTP2_GOAWAY_SESSION: 'the server ended the connection',
  ERR_HTTP2_ERROR: 'the answer is not valid HTTP/2',
  ERR_HTTP2_HEADERS_OVERFLOW: 'the response headers are too large: more than 64 kB, or than 2000 of them',
  ERR_CONNECTION_DROPPED: 'the connection was closed before it was open',
}

/** How undici refuses a header that it writes itself. */
const OWN_HEADER = /^(?:invalid|duplicate) ([\w-]+) header$|^expect header not supported$/

/** What undici and fetch say without a code, or with that of another failure. */
const MESSAGES: Readonly<Record<string, string>> = {
  'bad port': 'the Fetch standard blocks this port',
  'bad response': 'the server sent 100 Continue, for which nobody had asked; undici takes none',
  'bad upgrade': 'the server changed to another protocol (101), for which nobody had asked',
}

/** Our own, which say what to do and with which number. */
const OWN_WORDS = 'ERR_HTTP2_REQUEST_HEADERS'

/** What another try would not mend. */
const FINAL: ReadonlySet<string | undefined> = new Set(['UND_ERR_HEADERS_OVERFLOW', 'ERR_HTTP2_HEADERS_OVERFLOW', OWN_WORDS])

/** What a proxy's status means, where more can be said than the number. */
const PROXY_STATUSES: Readonly<Record<string, string>> = {
  401: ': look at the user name and password in proxy',
  403: ': it does not let this host through',
  407: ': look at the user name and password in proxy',
  502: ': it could not reach the host',
  503: ': it could not reach the host',
  504: ': the host did not answer it in time',
}

/** Explains an error by the codes and statuses in its chain of causes. Messages are not quoted, since they may hold secrets. */
export function explainFailure(error: Error, note = ''): Meaning {
  let code: string | undefined
  for (let cause: unknown = error, depth = 0; cause && depth < 5; depth++) {
    const at = cause as Error & { code?: unknown; errors?: unknown[] }
    if (typeof at.code === 'string') code = at.code
    const text = meaningOf(at)
    if (text) return { text: `${text}${note}`, code, isFinal: FINAL.has(code) || OWN_HEADER.test(at.message) }
    cause = at.cause ?? at.errors?.[0]
  }
  return { text: `the request failed${code === undefined ? '' : ` (${code})`}${note}`, code }
}

function meaningOf({ name, message, code }: Error & { code?: unknown }): string | undefined {
  const [, status] = /^Proxy (?:response|Authentication Required) \((\d+)\)/.exec(message) ?? []
  if (status) return `the proxy answered ${status}${PROXY_STATUSES[status] ?? ''}`
  if (name === 'HTTPParserError' || (typeof code === 'string' && code.startsWith('HPE_')))
    return `the answer is not valid HTTP${typeof code === 'string' ? ` (${code})` : ''}`
  const refused = OWN_HEADER.exec(message)
  if (refused) return `the header '${refused[1] ?? 'expect'}' is the connection's own: leave it out (${code})`
  if (Object.hasOwn(MESSAGES, message)) return MESSAGES[message]
  if (code === OWN_WORDS) return `${message} (${code})`
  if (typeof code === 'string' && code.startsWith('ERR_OSSL_'))
    return `tls.cert and tls.key cannot be used: give PEM text, a key that belongs to the certificate, and its passphrase (${code})`
  if (typeof code !== 'string' || !CODES[code]) return undefined
  const [, reason] = (code.startsWith('ERR_HTTP2_') && /: ([A-Z_\d]+)$/.exec(message)) || []
  return `${CODES[code]}${reason === undefined ? '' : `, ${reason}`} (${code})`
}

/**
 * An error with the message of the platform's fetch, over whichever connections it happened: retry libraries compare that
 * message.
 */
export function failed(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause })
}

/** Takes the bytes of a reply out of the parser's errors, and the query out of Bun's: `console.log(error)` would show them. */
export function withoutReply<E>(error: E): E {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const shown = cause as { data?: unknown; path?: unknown }
    if (cause.name === 'HTTPParserError' && shown.data !== undefined) shown.data = undefined
    if (typeof shown.path === 'string' && shown.path.includes('?')) shown.path = shown.path.split('?', 1)[0]
  }
  return error
}

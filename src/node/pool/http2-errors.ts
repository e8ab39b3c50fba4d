/** How HTTP/2 ends other than well: as errors whose `code` `failures.ts` puts into words. */

/** RFC 9113 section 7. */
const NAMES =
  'NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR REFUSED_STREAM CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED'.split(
    ' ',
  )

/** A graceful end. */
export const NO_ERROR = 0
/** One side has done what it must not. */
export const PROTOCOL_ERROR = 1
/** The server has not looked at the request. */
export const REFUSED_STREAM = 7
/** The client does not want the rest. */
export const CANCEL = 8
/** Too much of something. */
export const ENHANCE_YOUR_CALM = 11
/** The server wants the request over HTTP/1.1. */
export const HTTP_1_1_REQUIRED = 13

const refused = new WeakMap<object, number>()

/**
 * How often a request may be sent once more that the server has said it has not looked at: `0` for any other error.
 * Whatever its method is, that changes nothing (RFC 9113 section 8.7).
 */
export function timesToSendAgain(error: unknown): number {
  return refused.get(error as object) ?? 0
}

/** Notes that the server has not looked at the request that fails with this error. */
export function notLookedAt<E extends Error>(error: E, times: number): E {
  refused.set(error, times)
  return error
}

/** An error with a code. */
export function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}

/** The server has broken the stream off. */
export function resetError(code: number): Error {
  return coded('ERR_HTTP2_STREAM_ERROR', `the server reset the stream: ${nameOf(code)}`)
}

/** The server has ended the connection. */
export function goneAway(code: number): Error {
  return coded(
    code === NO_ERROR ? 'ERR_HTTP2_GOAWAY_SESSION' : 'ERR_HTTP2_SESSION_ERROR',
    `the server ended the connection: ${nameOf(code)}`,
  )
}

/** The server has done what HTTP/2 does not allow. */
export function brokenProtocol(code: number): Error {
  return coded('ERR_HTTP2_ERROR', `the server broke the protocol: ${nameOf(code)}`)
}

/** The request has more headers than the server takes. The message is for the caller as it is. */
export function headersTooLong(length: number, most?: number): Error {
  const limit = most === undefined ? 'the server refused it' : `at most ${most} can be sent`
  return coded(
    'ERR_HTTP2_REQUEST_HEADERS',
    `the request has ${length} bytes of headers, and ${limit}: send fewer or shorter ones, cookies too`,
  )
}

/** The server has sent more headers than are taken. */
export function headersOverflow(): Error {
  return coded('ERR_HTTP2_HEADERS_OVERFLOW', 'too many response headers')
}

/** The name of an error code. */
function nameOf(code: number): string {
  return NAMES[code] ?? `code ${code}`
}

/** A body is not as long as its Content-Length says: the request's or the response's. */
export function wrongLength(side: 'REQ' | 'RES'): Error {
  return coded(`UND_ERR_${side}_CONTENT_LENGTH_MISMATCH`, 'the body is not as long as content-length says')
}

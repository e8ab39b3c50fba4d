/** Which methods are safe, and which may be sent again. */

/** RFC 9110 section 9.2.1: methods that change nothing. */
export const SAFE: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE']

/** RFC 9110 section 9.2.2: methods that may be sent twice. */
export const IDEMPOTENT: readonly string[] = [...SAFE, 'PUT', 'DELETE']

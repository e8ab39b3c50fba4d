/** The limits of RFC 6265bis, for what a server sets and for what a caller does. */

/** Section 5.6: bytes of name and value together. */
export const MAX_PAIR = 4096
/** Section 5.6: bytes of one attribute's value. */
export const MAX_ATTRIBUTE = 1024
/** Section 5.5: 400 days, in milliseconds. */
export const MAX_LIFE = 400 * 86_400_000
/** As milliseconds this is March 1973, as seconds the year 5138: an `expires` below it was meant in seconds. */
export const LEAST_MILLISECONDS = 1e11

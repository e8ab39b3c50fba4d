/** Tokens: the words of HTTP, such as methods and header names. */

const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/

/** Reports whether a value is a token, RFC 9110 section 5.6.2. */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && TOKEN.test(value)
}

/** Which methods there are, which are safe, and which may be sent again. */
import { isToken } from './token.ts'

/** Fetch standard 2.2.1: a method is a token, and three of them are forbidden. */
export function isMethod(value: unknown): boolean {
  return isToken(value) && !/^(?:CONNECT|TRACE|TRACK)$/i.test(value)
}

/** RFC 9110 section 9.2.1: methods that change nothing. */
export const SAFE: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE']

/** RFC 9110 section 9.2.2: methods that may be sent twice. */
export const IDEMPOTENT: readonly string[] = [...SAFE, 'PUT', 'DELETE']

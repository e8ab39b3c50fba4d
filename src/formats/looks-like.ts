/** Says what an input looks like that a format cannot read, for its error. */
import { ownOf, parseJSON } from './json.ts'

/** The kinds of a text, by its beginning. */
const TEXTS: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/^</, 'HTML'],
  [/^SQLite format 3/, 'the database (SQLite) of a browser, which has to be exported first'],
  [/^(#HttpOnly_|#( Netscape)? HTTP Cookie File)/, 'a cookies.txt, which cookiesTxt reads'],
  [/^[^\t\r\n]+\t(TRUE|FALSE)\t[^\t\r\n]*\t(TRUE|FALSE)\t/i, 'a cookies.txt, which cookiesTxt reads'],
  [/^set-cookie:/i, 'Set-Cookie lines of a response'],
  [/^cookie:/i, 'a Cookie header, which cookieHeader reads'],
  [/^[\w!#$%&'*+.^`|~-]+=[^\r\n]*$/, 'a Cookie header, which cookieHeader reads'],
]

/**
 * Says what an input looks like; `undefined` if that cannot be told. Never quotes it.
 * @param isNoJSON whether a text was tried as JSON, which takes long, and is none
 */
export function looksLike(input: unknown, isNoJSON = false): string | undefined {
  if (typeof input === 'string') return looksLikeText(input, isNoJSON)
  if (input === null || typeof input !== 'object') return input === null ? 'null' : `a value of type ${typeof input}`
  if (ArrayBuffer.isView(input) || input instanceof ArrayBuffer) return 'bytes, which have to be decoded to text first'
  return looksLikeObject(input)
}

function looksLikeText(text: string, isNoJSON: boolean): string | undefined {
  const head = text
    .slice(0, 2000)
    .replace(/^\ufeff/, '')
    .trimStart()
  if (head === '') return 'an empty text'
  const found = TEXTS.find(([pattern]) => pattern.test(head))?.[1]
  if (found !== undefined || !/^[[{"]/.test(head)) return found
  const parsed = isNoJSON ? undefined : parseJSON(text)
  return parsed ? looksLikeObject(parsed) : 'damaged JSON'
}

function looksLikeObject(object: object): string {
  const cookies = Array.isArray(object) ? object : ownOf(object, 'cookies')
  const first: unknown = Array.isArray(cookies) ? cookies[0] : undefined
  if (ownOf(object, 'log') !== undefined) return 'a HAR, which har reads'
  if (Array.isArray(ownOf(object, 'skipped'))) return 'what a format has already read'
  if (ownOf(first, 'key') !== undefined) return 'the saved state of a jar, which createSession({ jar }) takes as it is'
  return ownOf(first, 'name') === undefined ? 'other JSON' : 'cookies in JSON, which storageState reads'
}

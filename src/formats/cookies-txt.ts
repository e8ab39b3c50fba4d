/**
 * Netscape's cookies.txt, as curl, wget, Python's http.cookiejar and yt-dlp write it. A line is a cookie of 7 fields:
 *
 *     host  TRUE if subdomains too  path  TRUE if Secure  expiry in seconds  name  value
 *
 * Whether subdomains get the cookie stands in the second field; Mozilla's dot before the host means nothing.
 */
import type { SessionCookie } from '../cookies/session-cookies.ts'
import { type Claim, endOfSeconds } from './claim.ts'
import { type ReadCookies, Reading } from './reading.ts'
import { cookieList, dotted, misfit, owned, secondsOf } from './writing.ts'

const FORMAT = 'cookiesTxt'
/** Python wants this very line to come first. */
const HEADER = '# Netscape HTTP Cookie File'
/** In front of a host; it looks like a comment so that programs older than HttpOnly pass over the cookie. */
const HTTP_ONLY = '#HttpOnly_'
/**
 * A comment of ours in front of a cookie whose bytes are not UTF-8, and so are lost in a text: they follow, percent-encoded. Other
 * programs pass over it.
 */
const BYTES = '# bytes: '
/** Python takes `$` for a comment too. */
const NOT_A_COOKIE = /^\s*(?:[#$]|$)/
const NUMBER = /^[-+]?\d+(?:\.\d*)?$/

/** The cookies.txt of curl, wget, Python and yt-dlp. SameSite and Partitioned do not fit into it and are lost. */
export const cookiesTxt = {
  /**
   * Reads the text of a cookies.txt. The header line need not be there.
   *
   * @throws TypeError if this is not a cookies.txt; the message says what it looks like
   * @example
   * ```ts
   * const session = createSession({ jar: cookiesTxt.read(await readFile('cookies.txt', 'utf8')) })
   * ```
   */
  read(text: string): ReadCookies {
    const reading = new Reading(FORMAT, text)
    // HTML, in which some line may look like a cookie; no host begins with `<`.
    if (typeof text !== 'string' || /^\ufeff?\s*</.test(text)) return reading.refuse('the text of a cookies.txt')
    const cookies: SessionCookie[] = []
    let bytes: string | undefined
    for (const [index, line] of text
      .replace(/^\ufeff/, '')
      .split('\n')
      .entries()) {
      const claim = readLine(line.endsWith('\r') ? line.slice(0, -1) : line, bytes)
      const cookie = claim === undefined ? undefined : reading.judge(`line ${index + 1}`, claim)
      bytes = line.startsWith(BYTES) ? line.slice(BYTES.length).trim() : undefined
      if (cookie) cookies.push(cookie)
    }
    return reading.end(cookies)
  },

  /**
   * Writes cookies as the text of a cookies.txt.
   *
   * @throws TypeError for a cookie with a tab or line break in it, or without a domain; the message names it
   * @example
   * ```ts
   * await writeFile('cookies.txt', cookiesTxt.write(await session.cookies.getAll()), { mode: 0o600 })
   * ```
   */
  write(cookies: readonly SessionCookie[]): string {
    return [HEADER, ...cookieList(FORMAT, cookies).map(writeLine), ''].join('\n')
  },
}

/** `undefined` for a comment or a blank line. */
function readLine(line: string, bytes: string | undefined): Claim | string | undefined {
  const httpOnly = line.startsWith(HTTP_ONLY)
  const entry = httpOnly ? line.slice(HTTP_ONLY.length) : line
  if (NOT_A_COOKIE.test(entry)) return undefined
  // A line without tabs is not split: a long file of something else has millions of them.
  const fields = entry.includes('\t') ? entry.split('\t') : []
  const [host = '', subdomains = '', path, secure = '', expiry = '', name, value = ''] = fields
  if (fields.length < 6 || fields.length > 7) return 'it does not have 7 fields parted by tabs'
  if (!isFlag(subdomains) || !isFlag(secure)) return 'its second and fourth field must be TRUE or FALSE'
  const seconds = expiry.trim()
  if (seconds !== '' && !NUMBER.test(seconds)) return 'its expiry is not a number'
  return {
    name,
    value,
    bytes: bytes?.replace(/%([\dA-F]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16))),
    domain: withoutPort(host.trim()),
    hostOnly: !isTrue(subdomains),
    path,
    expires: endOfSeconds(Math.trunc(Number(seconds))),
    secure: isTrue(secure),
    httpOnly,
  }
}

const isTrue = (flag: string) => /^ *true *$/i.test(flag)
const isFlag = (flag: string) => isTrue(flag) || /^ *false *$/i.test(flag)

/** wget writes a port that is not its scheme's own; an IPv6 address has colons of its own. */
function withoutPort(host: string): string {
  return /^(\[[^\]]*\]|[^:]*):\d+$/.exec(host)?.[1] ?? host
}

function writeLine(cookie: SessionCookie): string {
  const known = owned(FORMAT, cookie)
  const { name, value, path = '/', expires = null, secure, httpOnly } = known
  const host = dotted(known)
  const fields = [
    (httpOnly ? HTTP_ONLY : '') + host,
    // Python insists that flag and dot agree.
    host.startsWith('.') ? 'TRUE' : 'FALSE',
    path,
    secure ? 'TRUE' : 'FALSE',
    expires === null ? '0' : String(Math.floor(secondsOf(expires))),
    name,
    value,
  ]
  if (fields.some((field) => /[\t\r\n]/.test(field)))
    throw misfit(FORMAT, cookie, 'a tab or line break does not fit into this format')
  return (cookie.bytes === undefined ? '' : `${BYTES}${encoded(cookie.bytes)}\n`) + fields.join('\t')
}

function encoded(bytes: string): string {
  return bytes.replace(/[^!-$&-~]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

/** The Cookie header of a request, as a browser's "Copy as cURL" and a server's log have it. */
import { asBytes, pairBytes, pairText } from '../cookies/bytes.ts'
import { hostOf } from '../cookies/domains.ts'
import { type CookiePair, cookiePairs, trimBlanks } from '../cookies/header.ts'
import { MAX_PAIR } from '../cookies/limits.ts'
import type { SessionCookie } from '../cookies/session-cookies.ts'
import { type Claim, TOO_LONG } from './claim.ts'
import { parseJSON } from './json.ts'
import { type ReadCookies, Reading } from './reading.ts'
import { cookieList, misfit } from './writing.ts'

const FORMAT = 'cookieHeader'
const WANTED = "the text of a Cookie header, such as 'a=1; b=2'"

/** Texts with `=` and `;` in them that are no Cookie header: HTML, Set-Cookie lines, cookies.txt. */
const OTHER_TEXT = /^\s*(?:<|set-cookie:)|\t(?:TRUE|FALSE)\t/i

/** The Cookie header of a request. It has names and values only. */
export const cookieHeader = {
  /**
   * Reads a Cookie header as the host-only session cookies of a URL, with the path `/`. Of an https URL they are Secure, so that
   * they do not go over http. Quotes belong to a value; of two cookies of one name the first counts, as servers have it.
   *
   * @param url whom the header was sent to; absolute
   * @throws TypeError if this is not a Cookie header, or the URL has no host
   * @example
   * ```ts
   * const { cookies } = cookieHeader.read('Cookie: sid=42; theme=dark', 'https://shop.example')
   * ```
   */
  read(header: string, url: string | URL): ReadCookies {
    const reading = new Reading(FORMAT, header)
    if (typeof header !== 'string' || OTHER_TEXT.test(header) || parseJSON(header)) return reading.refuse(WANTED)
    const sentTo = ownerOf(url)
    const owner: Owner = { domain: hostOf(sentTo), secure: /^(https|wss):$/.test(sentTo.protocol) }
    const cookies = new Map<string, SessionCookie>()
    const pairs = cookiePairs(asBytes(onOneLine(header).replace(/^[ \t]*cookie:/i, '')))
    for (const [index, pair] of pairs.entries()) {
      const at = `cookie ${index + 1}`
      const cookie = reading.judge(at, claimOf(pair, owner))
      if (cookie && cookies.has(cookie.name)) reading.judge(at, 'another cookie of that name comes before it')
      else if (cookie) cookies.set(cookie.name, cookie)
    }
    return reading.end([...cookies.values()])
  },

  /**
   * Writes the names and values of cookies as one Cookie header: `'a=1; b=2'`. Other than ASCII goes as the bytes of UTF-8, one
   * character each, as `Headers` and node:http take it.
   *
   * @throws TypeError for a cookie that would break the header; the message names it
   * @example
   * ```ts
   * const header = cookieHeader.write(await session.cookies.getAll('https://shop.example/cart'))
   * ```
   */
  write(cookies: readonly SessionCookie[]): string {
    return cookieList(FORMAT, cookies).map(writePair).join('; ')
  },
}

/** Without the blank lines around. `trim()` would also take byte A0, which ends many a UTF-8 letter. */
function onOneLine(header: string): string {
  return header
    .split(/\r?\n/)
    .filter((line) => trimBlanks(line) !== '')
    .join('\n')
}

function ownerOf(url: string | URL): URL {
  const parsed = URL.canParse(String(url)) ? new URL(String(url)) : undefined
  if (parsed?.host) return parsed
  throw new TypeError(`${FORMAT}: give the absolute URL that the header was sent to, as second argument`)
}

interface Owner {
  readonly domain: string
  readonly secure: boolean
}

function claimOf({ name, value }: CookiePair, { domain, secure }: Owner): Claim | string {
  // Before its bytes are read as text, which takes far longer.
  if (name.length + value.length > MAX_PAIR) return TOO_LONG
  const pair = pairText(name, value)
  return { name: pair.name, value: pair.value, bytes: pair.bytes, domain, hostOnly: true, secure }
}

function writePair(cookie: SessionCookie): string {
  const { name, value } = cookie
  if (/[;\0-\x08\x0a-\x1f\x7f]/.test(name + value) || /\p{Surrogate}/u.test(name + value)) {
    throw misfit(FORMAT, cookie, "';', a control character or a lone surrogate does not fit into a header")
  }
  const bytes = pairBytes(cookie)
  return name === '' ? bytes.value : `${bytes.key}=${bytes.value}`
}

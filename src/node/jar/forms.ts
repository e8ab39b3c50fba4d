/** Recognises the form in which saved cookies are given, and for another program's form names the function that reads it. */
import { LEAST_MILLISECONDS } from '../../cookies/limits.ts'

/** What the `jar` option and `session.cookies.import` do with a form. */
export interface GivenCookies {
  readonly entries: readonly unknown[]
  /** Whether they were given as a bare array, as `getAll()` gives them. */
  readonly isList: boolean
}

/**
 * Finds the entries of a saved state, of what a format has read, or of a list of cookies.
 * @param option what it was given as, for messages
 * @throws TypeError that names the form it looks like, and what reads it
 */
export function cookiesIn(given: unknown, option: string): GivenCookies | undefined {
  const input = typeof given === 'string' ? parse(given, option) : given
  const form = foreignForm(input)
  if (form) throw new TypeError(`${option}: this is ${form[0]}: give ${form[1]}, from 'sessionfetch/formats'`)
  if (Array.isArray(input)) return { entries: input, isList: true }
  const { cookies } = (input ?? {}) as Readonly<Record<string, unknown>>
  return Array.isArray(cookies) ? { entries: cookies, isList: false } : undefined
}

function parse(text: string, option: string): unknown {
  // A byte order mark too.
  const start = text.trimStart()
  const form = TEXTS.find(([, isIt]) => isIt(start))
  if (form) throw new TypeError(`${option}: this is ${form[0]}: give ${form[2]}`)
  try {
    return JSON.parse(start)
  } catch {
    throw new TypeError(
      `${option}: this saved state is not JSON; of a file's path make a store: fileStore(path), from 'sessionfetch/stores'`,
    )
  }
}

const FORMATS = "from 'sessionfetch/formats'"

/** Texts other than JSON: the name of the form, how it is recognised, and what to give instead. */
const TEXTS: readonly (readonly [string, (text: string) => boolean, string])[] = [
  ['HTML', (text) => text.startsWith('<'), 'a saved state'],
  ["Netscape's cookies.txt", isNetscape, `cookiesTxt.read(text), ${FORMATS}`],
  ['a Cookie header', isCookieHeader, `cookieHeader.read(text, url), ${FORMATS}`],
]

/** `# Netscape HTTP Cookie File`, or a line of seven fields between tabs. */
function isNetscape(text: string): boolean {
  return (
    text.startsWith('# ') || text.startsWith('#HttpOnly_') || text.split('\n', 1).some((line) => line.split('\t', 7).length === 7)
  )
}

function isCookieHeader(text: string): boolean {
  const end = text.indexOf('=')
  return end > 0 && !text.includes('\n') && /^[!#$%&'*+\-.^_`|~\dA-Za-z:; ]+$/.test(text.slice(0, end))
}

/** The name of another program's form and the call that reads it; `undefined` for our own forms. */
export function foreignForm(input: unknown): readonly [string, string] | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  const { origins, cookies, skipped, log } = input as Record<string, unknown> & { log?: { entries?: unknown } }
  // What a format has read.
  if (Array.isArray(skipped)) return undefined
  if (Array.isArray(log?.entries)) return ['a HAR file', 'har.read(state)']
  if (Array.isArray(origins)) return ["Playwright's storage state", 'storageState.read(state)']
  const entries: readonly unknown[] = Array.isArray(input) ? input : Array.isArray(cookies) ? cookies : []
  if (!entries.some(isBrowsers)) return undefined
  return ["a list of a browser's cookies, as Puppeteer, Selenium and extensions have it", 'storageState.read(state)']
}

/** Reports whether an entry is another program's: ours always say `hostOnly`, and a time before March 1973 must be in seconds. */
function isBrowsers(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null || !('name' in entry)) return false
  if (FOREIGN_FIELDS.some((field) => field in entry)) return true
  const { expires, sameSite, domain, hostOnly } = entry as Record<string, unknown>
  if (hostOnly !== undefined) return false
  return (
    (typeof expires === 'number' && expires < LEAST_MILLISECONDS) ||
    FOREIGN_SAME_SITE.includes(sameSite) ||
    (typeof domain === 'string' && domain.startsWith('.'))
  )
}

const FOREIGN_SAME_SITE: readonly unknown[] = ['Strict', 'Lax', 'None', 'no_restriction', 'unspecified']
const FOREIGN_FIELDS = ['expirationDate', 'expiry', 'session', 'storeId', 'sourceScheme', 'partitionKey']

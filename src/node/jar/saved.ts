/**
 * Cookies that were saved, as entries of tough-cookie's form (`key`) or of `session.cookies.getAll()` (`name`). Nothing that is
 * saved is trusted more than a server: what no response could have set is not restored, and the reason names the rule.
 */
import { asBytes, pairBytes } from '../../cookies/bytes.ts'
import { asciiDomain, isIP, isPublicSuffix, isSuffix } from '../../cookies/domains.ts'
import { MAX_ATTRIBUTE } from '../../cookies/limits.ts'
import { Cookie, version } from '../../cookies/tough.ts'
import { isSendable } from '../../cookies/values.ts'
import { endAfter, expiryOf, problemOf, shownName, type Verdict } from './rules.ts'

/** A jar's state in tough-cookie's form, which the `jar` option takes. */
export interface SavedState {
  readonly version: string
  readonly storeType: 'MemoryCookieStore'
  readonly rejectPublicSuffixes: true
  readonly cookies: object[]
}

/** Makes the saved state of cookies. */
export function stateOf(cookies: readonly Cookie[]): SavedState {
  return {
    version: `tough-cookie@${version}`,
    storeType: 'MemoryCookieStore',
    rejectPublicSuffixes: true,
    cookies: cookies.map(entryOf),
  }
}

/** The entry of one cookie. tough-cookie leaves out empty fields, but an entry must have a name. */
export function entryOf(cookie: Cookie): object {
  return { key: '', ...cookie.toJSON() }
}

/** Reads all entries or throws: cookie by cookie, since tough-cookie's own restore loses those above about 3,000. */
export function readEntries(entries: readonly unknown[], now: number): Cookie[] {
  const cookies: Cookie[] = []
  for (const [index, entry] of entries.entries()) {
    const verdict = readEntry(entry, now)
    if ('reason' in verdict) {
      const shown = shownName(nameOf(entry))
      throw new TypeError(
        `jar: entry ${index}${shown && ` (${shown})`} of the saved state: ${verdict.reason}; nothing was loaded`,
      )
    }
    if (expiryOf(verdict.cookie) > now) cookies.push(verdict.cookie)
  }
  return cookies
}

/** The name of an entry, whatever it is. */
export function nameOf(entry: unknown): unknown {
  const { key, name } = (entry ?? {}) as { key?: unknown; name?: unknown }
  return key ?? name
}

/**
 * Reads and judges one entry.
 * @param host whose cookie it is if it says none, as in a page's `getAll()`
 */
export function readEntry(entry: unknown, now: number, host?: string): Verdict {
  if (typeof entry !== 'object' || entry === null) return { reason: 'it is no object' }
  // Each field is checked against its form before it is used.
  const form = 'name' in entry ? OURS : TOUGH
  const fields: Fields = Object.assign(Object.create(null), entry)
  if (form === OURS && isMissing(fields.domain) && host !== undefined) Object.assign(fields, { domain: host, hostOnly: true })
  // tough-cookie in loose mode keeps cookies without a name, and leaves the empty name out when it saves them.
  if (form === TOUGH && fields.key === undefined && fields.creation !== undefined) fields.key = ''
  const wrong = Object.entries(form).find(([name, rule]) => !rule.isRight(fields[name]))
  if (wrong) return { reason: `its ${wrong[0]} ${wrong[1].must}` }
  const unsendable = textProblem(form === TOUGH ? fields.key : fields.name, fields.value ?? '')
  if (unsendable) return { reason: unsendable }
  const cookie = form === TOUGH ? fromTough(fields) : fromOurs(fields as unknown as OurFields, now)
  const reason = settleHost(cookie, fields.hostOnly) ?? problemOf(cookie, true)
  if (reason) return { reason }
  const end = expiryOf(cookie)
  // tough-cookie's word for a session cookie.
  cookie.expires = end === Number.POSITIVE_INFINITY ? 'Infinity' : endAfter(end, now)
  cookie.maxAge = null
  return { cookie }
}

/** Makes a cookie of an entry in tough-cookie's form. A Max-Age in it counts from its last access: see `expiryOf`. */
function fromTough(fields: Fields): Cookie {
  const cookie = Cookie.fromJSON(fields) ?? new Cookie()
  cookie.key = asBytes(String(fields.key))
  cookie.value = asBytes(String(fields.value ?? ''))
  return cookie
}

/** What {@link fromOurs} makes a cookie of: what `session.cookies` shows or is given. */
interface OurFields {
  readonly name: string
  readonly value: string
  readonly bytes?: string | undefined
  readonly domain: string | null
  readonly path: string
  readonly expires?: number | null | undefined
  readonly secure?: boolean | undefined
  readonly httpOnly?: boolean | undefined
  readonly hostOnly?: boolean | undefined
  readonly sameSite?: string | undefined
  readonly partitioned?: boolean | undefined
}

/** Makes a cookie in the words of `session.cookies` one of the jar. */
export function fromOurs(cookie: OurFields, now: number): Cookie {
  const { domain, path, expires, secure = false, httpOnly = false, sameSite, partitioned, hostOnly = false } = cookie
  const creation = new Date(now)
  return new Cookie({
    ...pairBytes(cookie),
    // As booleans, which WebIDL makes of what CookieStore is given: others would be lost when the jar is saved.
    ...{ secure: Boolean(secure), httpOnly: Boolean(httpOnly) },
    ...{ domain, path, hostOnly, creation, lastAccessed: creation },
    sameSite: sameSite?.toLowerCase(),
    expires: typeof expires === 'number' ? endAfter(expires, now) : 'Infinity',
    maxAge: null,
    extensions: partitioned ? ['Partitioned'] : null,
  })
}

/** Why a name or value cannot be sent: one that no header can carry would make every later call fail. */
function textProblem(name: unknown, value: unknown): string | undefined {
  const isRight = typeof name === 'string' && isSendable(name) && !name.includes('=')
  if (!isRight) return "its name must be without '=', ';', control characters, lone surrogates and blanks at its ends"
  if (typeof value === 'string' && isSendable(value)) return undefined
  return "its value must be without ';', control characters, lone surrogates and blanks at its ends"
}

/** Section 5.7: refuses a cookie for a whole public suffix. One for an IP address or a single label is made host-only. */
function settleHost(cookie: Cookie, hostOnly: unknown): string | undefined {
  const domain = cookie.domain ?? ''
  if (hostOnly === true || !isSuffix(domain)) return undefined
  if (domain.includes('.') ? !isIP(domain) : hostOnly === false && isPublicSuffix(domain)) return 'its domain is a public suffix'
  cookie.hostOnly = true
  return undefined
}

type Fields = Record<string, unknown>

interface Rule {
  readonly must: string
  isRight(value: unknown): boolean
}

const isMissing = (value: unknown) => value === undefined || value === null
const text: Rule = { must: 'must be a string', isRight: (value) => typeof value === 'string' }
const flag: Rule = { must: 'must be true or false', isRight: (value) => isMissing(value) || typeof value === 'boolean' }
const date: Rule = {
  must: 'must be a date in ISO form',
  isRight: (value) => isMissing(value) || value === 'Infinity' || (typeof value === 'string' && !Number.isNaN(Date.parse(value))),
}
const domain: Rule = {
  must: 'must be a host or domain, without a leading dot',
  isRight: (value) =>
    typeof value === 'string' &&
    value !== '' &&
    !value.startsWith('.') &&
    value.length <= MAX_ATTRIBUTE &&
    asciiDomain(value) === value,
}
const path: Rule = {
  must: `must begin with '/', and be no longer than ${MAX_ATTRIBUTE} bytes`,
  isRight: (value) => typeof value === 'string' && value.length <= MAX_ATTRIBUTE && /^\/[^;\0-\x1f\x7f]*$/.test(value),
}
const sameSite: Rule = {
  must: "must be 'strict', 'lax' or 'none'",
  isRight: (value) => isMissing(value) || (typeof value === 'string' && /^(strict|lax|none)$/i.test(value)),
}
const common = { domain, path, secure: flag, httpOnly: flag, hostOnly: flag, sameSite }

/** What each field of tough-cookie's form may be. It leaves out what is empty. */
const TOUGH: Readonly<Record<string, Rule>> = {
  key: text,
  value: { ...text, isRight: (value) => isMissing(value) || text.isRight(value) },
  ...common,
  ...{ expires: date, creation: date, lastAccessed: date, pathIsDefault: flag },
  maxAge: {
    must: 'must be seconds',
    isRight: (value) => isMissing(value) || typeof value === 'number' || value === 'Infinity' || value === '-Infinity',
  },
  extensions: {
    must: 'must be a list of strings',
    isRight: (value) => isMissing(value) || (Array.isArray(value) && value.every((one) => typeof one === 'string')),
  },
}

/** What each field of a cookie of `getAll()` may be. */
const OURS: Readonly<Record<string, Rule>> = {
  name: text,
  value: text,
  ...common,
  expires: {
    must: 'must be milliseconds, or null for a session cookie',
    isRight: (value) => isMissing(value) || (typeof value === 'number' && !Number.isNaN(value)),
  },
  partitioned: flag,
  bytes: { ...text, isRight: (value) => value === undefined || text.isRight(value) },
}

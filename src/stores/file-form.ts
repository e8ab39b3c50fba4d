/**
 * The form of a jar's file: the state of `session.cookies.export()` and `"sessionfetch": 1`; an encrypted file is an envelope
 * around that text. A file of another form is recognised here, and then never written over.
 */
import type { StoredCookie } from '../contract/jar-store.ts'
import { foreignForm } from '../node/jar/forms.ts'
import { readEntry, stateOf } from '../node/jar/saved.ts'
import { storedOf } from '../node/jar/stored.ts'
import type { Encryption, Sealed } from './encryption.ts'
import { StoreError } from './error.ts'

const FORM = 1

/** What is needed to read and write a form. */
export interface Form {
  /** For messages. */
  readonly path: string
  readonly encryption: Encryption | undefined
  readonly now: number
}

/** Known cookies by the text of their entry: most of a file that is read again has not changed, and need not be parsed. */
export type Known = ReadonlyMap<string, StoredCookie>

/** @throws StoreError that says what the text is instead of a jar */
export function readForm(text: string, form: Form, known: Known): StoredCookie[] {
  const { path, encryption } = form
  if (text.trim() === '') return []
  // Without a byte order mark, which editors put there.
  const file = parse(text.trimStart())
  if (!file) throw new StoreError('damaged', `${path}: not JSON, and so not a jar: restore it, or give another path`)
  const { sessionfetch, sealed } = file
  if (typeof sessionfetch === 'number' && sessionfetch > FORM) {
    throw new StoreError('newer', `${path}: written by a later version of sessionfetch: update it, or give another path`)
  }
  if (sealed === undefined) return readState(file, form, known)
  if (sessionfetch !== FORM || !isSealed(sealed)) throw damaged(path, 'its encrypted part is not whole')
  if (!encryption) throw new StoreError('encrypted', `${path}: encrypted: give its key`)
  const opened = encryption.open(sealed)
  if (opened === undefined) throw new StoreError('wrong-key', `${path}: this key does not open it, or it was altered`)
  return readState(parse(opened) ?? {}, form, known)
}

/** The text of a file that holds these cookies. */
export function writeForm(cookies: readonly StoredCookie[], { encryption, now }: Form): string {
  const entries: string[] = []
  const others: StoredCookie[] = []
  for (const cookie of cookies) {
    if (isOfState(cookie, now)) entries.push(cookie.data)
    else others.push(cookie)
  }
  const { cookies: _, ...head } = stateOf([])
  const rest = { sessionfetch: FORM, ...(others.length > 0 ? { others } : {}) }
  const text = `${JSON.stringify(head).slice(0, -1)},"cookies":[${entries.join(',\n')}],${JSON.stringify(rest).slice(1)}\n`
  return encryption ? `${JSON.stringify({ sessionfetch: FORM, sealed: encryption.seal(text) })}\n` : text
}

type Fields = Readonly<Record<string, unknown>>

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Fields) : {}
  } catch {
    return undefined
  }
}

function readState(file: Fields, { path, now }: Form, known: Known): StoredCookie[] {
  const { cookies, sessionfetch, others = [] } = file
  const foreign = sessionfetch === undefined ? foreignForm(file) : undefined
  if (foreign) {
    const [form, reader] = foreign
    throw new StoreError(
      'foreign',
      `${path}: ${form}: give another path, and import it: session.cookies.import(${reader}), from 'sessionfetch/formats'`,
    )
  }
  if (cookies === undefined) {
    throw new StoreError('foreign', `${path}: JSON, but not a jar: it is somebody else's file, give another path`)
  }
  if (!Array.isArray(cookies) || !Array.isArray(others)) throw damaged(path, 'its cookies are not a list')
  if (sessionfetch !== undefined && sessionfetch !== FORM) throw damaged(path, 'its "sessionfetch" is not a number of ours')
  const inState = cookies.map((entry, index) => {
    const read = readStored(entry, now, known)
    if (typeof read !== 'string') return read
    throw damaged(path, `entry ${index} is no cookie: ${read}`)
  })
  return [...inState, ...others.map((one) => otherOf(one, path))]
}

/** The cookie of an entry, or the rule that it breaks. A Max-Age, which tough-cookie saves, becomes a date. */
function readStored(entry: unknown, now: number, known: Known): StoredCookie | string {
  const same = known.get(JSON.stringify(entry))
  if (same) return same
  const verdict = readEntry(entry, now)
  if ('reason' in verdict) return verdict.reason
  const stored = storedOf(verdict.cookie)
  ofState.set(stored, true)
  return stored
}

/** Cookies of which it is known whether they can stand in the state. */
const ofState = new WeakMap<StoredCookie, boolean>()

/**
 * Whether a cookie can stand in the state, where its id and end follow from its data. A program may also call `store.write()`
 * with ids and ends of its own: such cookies stand beside the state, in `others`.
 */
function isOfState(cookie: StoredCookie, now: number): boolean {
  const known = ofState.get(cookie)
  if (known !== undefined) return known
  const verdict = readEntry(JSON.parse(cookie.data), now)
  const stored = 'cookie' in verdict ? storedOf(verdict.cookie) : undefined
  const isSame = stored?.domain === cookie.domain && stored.id === cookie.id && stored.expires === cookie.expires
  ofState.set(cookie, isSame)
  return isSame
}

function otherOf(value: unknown, path: string): StoredCookie {
  const { domain, id, expires, data } = (value ?? {}) as Fields
  const isRight = typeof domain === 'string' && typeof id === 'string' && typeof data === 'string'
  if (isRight && (expires === null || typeof expires === 'number')) return { domain, id, expires, data }
  throw damaged(path, 'its list of others is not ours')
}

function isSealed(value: unknown): value is Sealed {
  const { cipher, salt, nonce, tag, text } = (value ?? {}) as Fields
  return [cipher, nonce, tag, text, salt ?? ''].every((field) => typeof field === 'string')
}

function damaged(path: string, why: string): StoreError {
  return new StoreError('damaged', `${path}: ${why}; nothing was loaded: restore the file, or give another path`)
}

/** A tough-cookie store of the user's. */

import { asBytes } from '../../cookies/bytes.ts'
import { Cookie, type UserStore } from '../../cookies/tough.ts'
import { isSendable } from '../../cookies/values.ts'
import { andThen, type Maybe } from '../maybe.ts'
import { shownName } from './rules.ts'
import type { Store } from './store.ts'

/** Milliseconds that a store may take for one answer; then the call fails, since it must not wait for ever. */
const LONGEST_WAIT = 3000

/**
 * A store of the user's behind promises. Stores answer by callback, by promise, by both, or throw; tough-cookie's own
 * jar hangs on some of these. One that never answers fails after a while.
 */
export class ToughStore implements Store {
  /** As the store says of itself, until one of its answers comes late. */
  synchronous: boolean
  readonly #store: UserStore

  constructor(store: UserStore) {
    this.#store = store
    this.synchronous = store.synchronous === true
  }

  forHost(host: string): Maybe<Cookie[]> {
    try {
      // `null` for the path means all paths; tough-cookie's type forgets it.
      return this.#list('findCookies', [host, null, true])
    } catch (error) {
      // tough-cookie's memory store throws for hosts like `test` and `example`.
      if (host.includes('.') || !/special use domain/.test(String((error as Error).cause))) throw error
      const all = this.all()
      const ofHost = (cookies: Cookie[]) => cookies.filter(({ domain }) => domain === host)
      return andThen(all, ofHost)
    }
  }

  all(): Maybe<Cookie[]> {
    return this.#list('getAllCookies', [])
  }

  secured(): Maybe<Cookie[]> {
    return this.all()
  }

  find({ domain, path, key }: Cookie): Maybe<Cookie | undefined> {
    return andThen(this.#ask('findCookie', [domain, path, key]), asCookie)
  }

  put(cookie: Cookie, old: Cookie | undefined): Maybe<unknown> {
    const updates = old && typeof this.#store.updateCookie === 'function'
    return updates ? this.#ask('updateCookie', [old, cookie]) : this.#ask('putCookie', [cookie])
  }

  remove({ domain, path, key }: Cookie): Maybe<unknown> {
    return this.#ask('removeCookie', [domain, path, key])
  }

  #list(method: keyof UserStore, args: readonly unknown[]): Maybe<Cookie[]> {
    return andThen(this.#ask(method, args), (answer) => {
      if (answer === undefined || answer === null) return []
      if (!Array.isArray(answer)) throw storeError(method, new TypeError('it gave no list of cookies'))
      return answer.flatMap((entry) => asCookie(entry) ?? [])
    })
  }

  #ask(method: keyof UserStore, args: readonly unknown[]): Maybe<unknown> {
    const outcome: { answer?: { readonly value: unknown }; failure?: { readonly error: unknown } } = {}
    const asked = new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => fail(new Error(`no answer within ${LONGEST_WAIT} ms`)), LONGEST_WAIT)
      const fail = (error: unknown) => {
        clearTimeout(timer)
        outcome.failure ??= { error }
        reject(error)
      }
      const callback = (error: unknown, value?: unknown) => {
        if (error) return fail(error)
        clearTimeout(timer)
        outcome.answer ??= { value }
        resolve(value)
      }
      try {
        const member = this.#store[method] as unknown as ((...given: unknown[]) => unknown) | undefined
        if (typeof member !== 'function') throw new TypeError(`it has no method ${method}`)
        const returned = member.call(this.#store, ...args, callback) as PromiseLike<unknown> | undefined
        // Any thenable will do, and it may reject without a reason.
        if (typeof returned?.then === 'function')
          returned.then(
            (value) => callback(null, value),
            (error) => fail(error ?? new Error('rejected')),
          )
      } catch (error) {
        fail(error)
      }
    })
    asked.catch(() => undefined)
    if (outcome.failure) throw storeError(method, outcome.failure.error)
    if (outcome.answer && this.synchronous) return outcome.answer.value
    this.synchronous = false
    return asked.catch((error: unknown) => {
      throw storeError(method, error)
    })
  }
}

/** Takes a Cookie of any copy of tough-cookie as it is, and makes one of a plain object, such as JSON from a database. */
function asCookie(entry: unknown): Cookie | undefined {
  const cookie = entry as Partial<Cookie> | null | undefined
  if (typeof cookie?.cookieString === 'function' && typeof cookie.expiryTime === 'function') return cookie as Cookie
  return typeof cookie === 'object' && cookie !== null ? Cookie.fromJSON(cookie) : undefined
}

const storeErrors = new WeakSet<object>()

/** Reports whether a store failed, as opposed to the network. */
export function isStoreError(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && storeErrors.has(error)
}

/**
 * The Cookie header of what a store gave. A value that no header can carry is refused here, since the platform's error would
 * quote it.
 */
export function checkedHeader(cookies: readonly Cookie[]): string {
  const pairs = cookies.map((cookie) => {
    const pair = cookie.cookieString()
    if (!isSendable(pair))
      throw storeError('findCookies', new TypeError(`its cookie ${shownName(cookie.key)} holds what no header can carry`))
    return asBytes(pair)
  })
  return pairs.join('; ')
}

function storeError(method: string, cause: unknown): Error {
  const error = new Error(`the cookie store failed in ${method}`, { cause })
  storeErrors.add(error)
  return error
}

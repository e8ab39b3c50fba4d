/** What all formats share when they read: collect cookies, note the entries that are none, and refuse other input. */
import type { SessionCookie } from '../cookies/session-cookies.ts'
import { type Claim, Judge } from './claim.ts'
import { looksLike } from './looks-like.ts'

/** What `read` gives. `createSession({ jar })` takes it whole, `session.cookies.import()` its `cookies`. */
export interface ReadCookies {
  /** In the order and the words of `session.cookies.getAll()`. */
  readonly cookies: SessionCookie[]
  /** What cannot be a cookie. */
  readonly skipped: SkippedCookie[]
}

/** An entry that was left out. */
export interface SkippedCookie {
  /** Where it stood, such as `line 3` or `cookies[2]`. */
  readonly at: string
  /** Why it is no cookie; never quotes the entry. */
  readonly reason: string
}

/** One input on its way to cookies. */
export class Reading {
  readonly #format: string
  readonly #input: unknown
  readonly #isNoJSON: boolean
  readonly #judge = new Judge()
  readonly #skipped: SkippedCookie[] = []

  /**
   * @param format the name for messages, such as `cookiesTxt`
   * @param isNoJSON whether the input was tried as JSON and is none
   */
  constructor(format: string, input: unknown, isNoJSON = false) {
    this.#format = format
    this.#input = input
    this.#isNoJSON = isNoJSON
  }

  /** The cookie of a claim; else notes the reason and gives `undefined`. A format that knows the reason already passes that. */
  judge(at: string, claim: Claim | string): SessionCookie | undefined {
    const cookie = typeof claim === 'string' ? claim : this.#judge.cookie(claim)
    if (typeof cookie !== 'string') return cookie
    this.#skipped.push({ at, reason: cookie })
    return undefined
  }

  /**
   * Ends the reading.
   * @param good how many entries were understood
   * @throws TypeError if there were entries and none is a cookie: then this is something else altogether
   */
  end(cookies: SessionCookie[], good = cookies.length): ReadCookies {
    const [first] = this.#skipped
    if (good > 0 || !first) return { cookies, skipped: this.#skipped }
    const kind = looksLike(this.#input, this.#isNoJSON)
    const count = this.#skipped.length
    const none = count === 1 ? 'its only entry is no cookie' : `none of its ${count} entries is a cookie`
    throw new TypeError(`${this.#format}: ${kind ? `this looks like ${kind}; ` : ''}${none} (${first.at}: ${first.reason})`)
  }

  /** @throws TypeError that says what the input looks like, and what to give */
  refuse(wanted: string): never {
    const kind = looksLike(this.#input, this.#isNoJSON)
    throw new TypeError(`${this.#format}: ${kind ? `this looks like ${kind}; ` : ''}give ${wanted}`)
  }
}

/** The two interfaces between the shared code and `src/node/`, `src/browser/`: all that differs between environments. */
import type { SessionOptions } from '../contract/session-options.ts'
import type { SessionCookies } from '../cookies/session-cookies.ts'
import type { CookieValues } from '../cookies/values.ts'
import type { Call } from '../exchange/call.ts'
import type { Layer, Send } from '../exchange/request.ts'
import type { HeaderPairs } from '../http/headers.ts'
import type { EnvironmentAuth, Reentry } from '../layers/auth.ts'
import type { ReadCookie } from '../layers/csrf.ts'
import type { Mounts } from '../layers/mounts.ts'
import type { TakeApart } from '../layers/upload.ts'

/** What one session has of its own from its environment: connections, cookies, and what is done with them. */
export interface SessionParts {
  /** Follows redirects, where the platform does not. */
  readonly redirectLayer?: (mounts: Mounts) => Layer
  /** Attaches and stores cookies, where the platform does not. */
  readonly cookieLayer?: Layer
  readonly transport: Send
  /** Takes a body apart for `onUploadProgress`. */
  readonly takeApart: TakeApart
  readonly cookies: SessionCookies
  /** Credentials that the environment has for a URL (`.netrc`), below the call's and the session's. */
  readonly authOf?: EnvironmentAuth | undefined
  /** A cookie's value at a URL, for `csrf`. */
  readonly readCookie: ReadCookie
  /** The number of cookies, if it is known, and the way that requests go, for `console.log(session)`. */
  describe(): { readonly cookies: string; readonly transport: string }
  /** The parts of a child: the same jar and connections. */
  share(base: URL | undefined, options: SessionOptions): SessionParts
  /** The parts of a child with a copy of the jar. */
  fork(base: URL | undefined, options: SessionOptions): SessionParts
  /** Ends what these parts own, and not what they were given. */
  close(): Promise<void>
}

/** What differs between Node and a page and is the same for all sessions. */
export interface Environment {
  /** Default headers, under the user's. */
  readonly headers: Readonly<Record<string, string>>
  /** Why this environment cannot have an option with this value, if it cannot. Absent where it can have all. */
  impossible?(name: string, value: unknown): TypeError | undefined
  /** Throws a `TypeError` for a call that this environment cannot send as it is meant. Absent where it can send all. */
  checkCall?(call: Call): void
  /**
   * Merges the `cookies` option of a session or a call over inherited ones, without those that the call's own headers name.
   * Absent where no such cookies can be sent.
   */
  mergeCookies?(inherited: CookieValues, own: SessionOptions['cookies'], headers?: HeaderPairs): CookieValues
  /** The address of the page, against which relative inputs are resolved; `undefined` where there is no page. */
  pageURL(): string | undefined
  createParts(options: SessionOptions, base: URL | undefined): SessionParts
  /** Runs `refresh` so that a call of the same session from inside of it can be recognised; see `refreshable()`. */
  readonly reentry?: Reentry
}

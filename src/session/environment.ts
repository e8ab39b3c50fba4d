/** The seam between the shared code and `src/node/`, `src/browser/`: all that differs between environments. */

import type { SessionOptions } from '../contract/options.ts'
import type { SessionCookies } from '../cookies/session-cookies.ts'
import type { Layer, LayerRequest } from '../exchange/request.ts'
import type { Authenticator } from '../layers/auth.ts'
import type { Call } from './resolve.ts'

/** Sends one request on the wire, and marks the response with its hop: the innermost function. */
export type Transport = (request: LayerRequest) => Promise<Response>

/** The connections and cookies that a session has, and what it does with them. */
export interface SessionParts {
  readonly redirectLayer: Layer
  readonly cookieLayer: Layer
  readonly transport: Transport
  readonly cookies: SessionCookies
  /** Credentials that the environment has for a URL (`.netrc`), below the call's and the session's. */
  readonly authOf?: ((url: URL) => Authenticator | undefined) | undefined
  /** For `console.log(session)`: how many cookies, if that is known. */
  describeCookies(): string
  /** A cookie's value at a URL, for `csrf`. */
  readCookie(request: LayerRequest, name: string): Promise<string | undefined> | string | undefined
  /** The parts of a child: the same jar and connections. */
  share(base: URL | undefined, options: SessionOptions): SessionParts
  /** The parts of a child with a copy of the jar. */
  fork(base: URL | undefined, options: SessionOptions): SessionParts
  /** Ends what these parts own, and not what they were given. */
  close(): Promise<void>
}

export interface Environment {
  /** Default headers, under the user's. */
  readonly headers: Readonly<Record<string, string>>
  /** Throws a `TypeError` for options that this environment cannot have. */
  checkOptions(options: object): void
  /** Throws a `TypeError` for a call that this environment cannot send as it is meant. */
  checkCall(call: Call): void
  /** In a page, what relative inputs are relative to. */
  pageURL(): string | undefined
  createParts(options: SessionOptions, base: URL | undefined): SessionParts
  /** What an error of the platform's means, in words without secrets, if it tells. */
  explain?(error: Error): string | undefined
  /** Runs `refresh` so that a call of the same session from inside it can be told; see `refreshable()`. */
  readonly reentry?: Reentry
}

/** Remembers which keys the current asynchronous flow is inside of. */
export interface Reentry {
  run<T>(key: object, work: () => T): T
  isInside(key: object): boolean
}

/** The inner parts of options, each a leaf: times, tokens, listeners' events. */
import type { Credentials } from '../http/basic.ts'

export type { Credentials }

/** What a fetch takes. */
export type FetchInput = string | URL | Request

/** Answers requests under a mounted prefix: another pool, a mock, an app in this process (`app.fetch`). */
export type MountHandler = (request: Request) => Response | Promise<Response>

type Token = string | null | undefined

/** A bearer token (RFC 6750). A function is asked again for every call; `null`, `undefined` and `''` send none. */
export interface Bearer {
  /** The token, or a function that gives it. */
  readonly token: Token | (() => Token | Promise<Token>)
}

/** Limits in milliseconds; `Infinity` is off. */
export interface TimeoutOptions {
  /** One try: in the data door to the last byte, in `session.fetch` to the headers. */
  readonly attempt?: number | undefined
  /** The whole call: hops, retries, waits and the body. */
  readonly total?: number | undefined
  /** The longest gap while a body arrives. */
  readonly idle?: number | undefined
}

/** Which cookie goes into which header, or a function that finds the token. */
export type CsrfOptions = (
  | {
      /** The name of the cookie that holds the token. */
      readonly cookie: string
    }
  | {
      /** Gives the token; asked again for every request that needs one. */
      readonly token: () => Token | Promise<Token>
    }
) & {
  /** The header that the token is sent in. */
  readonly header: string
  /** Sends a 403 or 419 that changed the token once more, with the new one. @default false */
  readonly retry?: boolean | undefined
}

/** How many calls of a session may be on their way to one origin. */
export interface ConcurrencyOptions {
  /** A whole number above 0, counted for each origin of a call's URL. */
  readonly perOrigin: number
}

/** How far a body has come. */
export interface ProgressEvent {
  /** Bytes so far; of a response the decoded ones. */
  readonly loaded: number
  /** Bytes in all, where that is known. */
  readonly total: number | undefined
  /** 0 to 100; `undefined` where `total` is. */
  readonly percent: number | undefined
  /** On the average since it began. */
  readonly bytesPerSecond: number
}

/** A cookie that was not kept, and why. */
export interface RejectedCookie {
  /** The `Set-Cookie` line as it came. It holds the value: do not log it. */
  readonly line: string
  /** The URL that sent it. */
  readonly url: string
  /** The rule that it breaks, without its value. */
  readonly reason: string
}

/** Options that go on to the platform's fetch untouched. Augment it for options of your platform. */
// biome-ignore lint/suspicious/noEmptyInterface: it exists to be augmented by users
export interface PlatformOptions {}

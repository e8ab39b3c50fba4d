/** A call as it was decided by `session/resolve.ts`, from its input and options, before anything begins. Data only. */

import type { AuthFlow, ResolvedOptions, RetryOptions } from '../contract/options.ts'
import type { CookieValues } from '../cookies/values.ts'
import type { AnyBody } from '../http/body.ts'

/** An `auth` option that was checked: a header to ask for, or a flow of several requests. */
export type Authenticator =
  | { readonly header: () => string | undefined | Promise<string | undefined> }
  | { readonly flow: AuthFlow }

/** Limits in ms; one that is off is absent. */
export interface Timeouts {
  readonly attempt?: number
  readonly total?: number
  readonly idle?: number
}

/** The `retry` option with its defaults. */
export interface RetryRules {
  readonly limit: number
  readonly methods: readonly string[]
  readonly statusCodes: readonly number[]
  readonly delay: number | ((attempt: number) => number)
  readonly maxDelay: number
  readonly retryAfter: boolean
  readonly shouldRetry?: RetryOptions['shouldRetry']
}

/** One header that a CSRF token goes into, and where the token comes from: a cookie, or a function. */
export interface CsrfRule {
  /** In lower case. */
  readonly header: string
  readonly cookie?: string
  readonly token?: () => string | null | undefined | Promise<string | null | undefined>
  /** Laravel and Angular write the cookie URL-encoded, Django does not. */
  readonly decode: boolean
}

/** The `csrf` option, checked. */
export interface CsrfRules {
  readonly rules: readonly CsrfRule[]
  /** Whether a 403 or 419 that changed the token is sent once more. */
  readonly retry: boolean
}

/** Nothing in it changes while the call runs. */
export interface Call {
  readonly url: URL
  /** The origin that the call's secrets belong to: that of `url`. */
  readonly origin: string
  /** The only origin that CSRF tokens are sent to. */
  readonly csrfOrigin: string | undefined
  readonly method: string
  readonly headers: Headers
  readonly body: AnyBody
  readonly options: ResolvedOptions
  /** What goes on to the platform's fetch untouched. */
  readonly platform: RequestInit
  readonly signals: readonly AbortSignal[]
  /** Whether the session's secrets go to this URL. */
  readonly isHome: boolean
  /** The home of the session, which `credentials: 'same-origin'` means in Node. */
  readonly home: string | undefined
  /** The call's own auth, from its options or its URL; `undefined` if they say nothing of it. */
  readonly ownAuth: Authenticator | null | undefined
  /** The auth to use: `null` is turned off; `undefined` leaves it to the environment. */
  readonly auth: Authenticator | null | undefined
  readonly cookies: CookieValues
  readonly csrf: CsrfRules | undefined
  readonly timeout: Timeouts | undefined
  readonly retry: RetryRules | undefined
  readonly maxBytes: number | undefined
  readonly redirect: 'follow' | 'manual' | 'error'
  readonly maxRedirects: number
  /** Headers that must not cross an origin, in lower case: `sensitiveHeaders` and those that CSRF tokens are put into. */
  readonly sensitiveHeaders: ReadonlySet<string>
  /** `data:` and `blob:` go to the platform without a secret. */
  readonly isOpaque: boolean
  /** Whether it came through the data door. */
  readonly isData: boolean
  /** Whether the caller gets the data, and not the response (`session.raw`). */
  readonly wantsData: boolean
}

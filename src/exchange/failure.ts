/**
 * The platform's failures, told apart from what user code threw, and put into words without secrets.
 *
 * ```
 * TypeError: fetch failed                       the platform's own words, which retry libraries compare
 * └─ cause: TypeError: GET https://host/path: connection refused: is the server running? (ECONNREFUSED)
 *    └─ cause: the platform's own cause, unless it quotes a secret
 * ```
 */
import { describe, isSessionError, TimeoutError } from '../contract/errors.ts'
import { hide } from '../contract/kind.ts'
import { isSecretHeader } from './credentials.ts'
import { causes, ofListener } from './listeners.ts'
import { type Exchange, forCaller, wholeHeaders } from './request.ts'

/** What is known of a failure of the network, whoever has thrown its error. */
export interface Failure {
  /** Whether another try may help. */
  readonly isTemporary: boolean
  /** What it means, where its own message says less. */
  readonly words?: string
  /** Whether a user's fetch has thrown it, as opposed to the wire or the server. */
  readonly isUsers: boolean
}

const failures = new WeakMap<object, Failure>()

/** What is known of an error, if it stands for a failure of the network, and is not one of the caller's code. */
export function failureOf(error: unknown): Failure | undefined {
  return failures.get(Object(error))
}

/** Makes a `TypeError` for what another attempt would not mend, such as a redirect with `redirect: 'error'`. */
export function refusal(message: string, cause?: unknown): TypeError {
  const error = new TypeError(message, cause === undefined ? undefined : { cause })
  failures.set(error, { isTemporary: false, isUsers: false })
  return error
}

/** Notes that a store of cookies has failed a call: its error comes out as it is, and another try would not mend it. */
export function noteStoreFailure(error: unknown): unknown {
  if (Object(error) === error) {
    const words = `the cookie store failed: ${(error as Partial<Error>).message}`
    failures.set(error as object, { isTemporary: false, words, isUsers: false })
  }
  return error
}

/** The part of a message that says how often it was tried. */
export function attemptNote({ call: { retry }, attempt }: Pick<Exchange, 'call' | 'attempt'>): string {
  return retry && attempt > 1 ? ` (attempt ${attempt} of ${retry.limit + 1})` : ''
}

/** What an error of the platform's says: its own words are in `error`, what they mean in `meaning`. */
export interface Meaning {
  readonly text: string
  /** A system error's code, such as `ECONNREFUSED`. */
  readonly code?: string | undefined
  /** Whether only a change of the caller's set-up helps: then our words come first, and libraries that retry give up. */
  readonly isFinal?: boolean
}

const UNKNOWN: Meaning = { text: 'the request failed' }

/**
 * The error of a send that failed: a `TypeError` in the platform's words, whose cause says where and what. What a user's fetch
 * has thrown comes out as it is: by the Fetch standard a `TypeError` of it stands for the network's failure.
 */
export function networkError(
  error: unknown,
  exchange: Exchange,
  { text, code, isFinal = false }: Meaning = UNKNOWN,
  isUsers = false,
): unknown {
  const listeners = ofListener(error)
  if (listeners) return listeners
  const { name, message, cause } = (error ?? {}) as Partial<Error>
  // Not instanceof: in a test environment's realm the platform's errors are another realm's.
  if (isSessionError(error) || typeof message !== 'string') return error
  const words = `${describe(exchange)}: ${text}${attemptNote(exchange)}`
  if (isUsers) {
    // A session given as fetch has said already whether another try may help.
    if (name === 'TypeError' && failureOf(error)?.isUsers !== false)
      failures.set(error as object, { isTemporary: true, words, isUsers })
    return error
  }
  const isQuoting = quotesSecret(error as Error, exchange)
  const explained = new TypeError(words, isQuoting ? undefined : { cause: cause ?? error })
  const outer = new TypeError(isQuoting || isFinal ? words : message, { cause: explained })
  if (code !== undefined) for (const one of [outer, explained]) hide(one, { code })
  failures.set(outer, { isTemporary: !isFinal, words, isUsers })
  return outer
}

/** Whether an error or one of its causes quotes a secret, as platforms quote URLs and header values. Such a cause is left out. */
function quotesSecret(error: Error, exchange: Exchange): boolean {
  const { call, url } = exchange
  const secrets = [url.search.slice(1), call.platform.referrer ?? '']
  for (const [name, value] of wholeHeaders(exchange)) if (isSecretHeader(name, call.sensitiveHeaders)) secrets.push(value)
  return causes(error).some(({ message, stack, path }: Partial<Error> & { path?: unknown }) => {
    const text = `${message}\n${stack}\n${String(path)}`
    return secrets.some((secret) => secret !== '' && text.includes(secret))
  })
}

const LATE = { attempt: 'no answer', total: 'not finished', idle: 'no data' } as const

/**
 * Makes the reason for {@link Lifetime.limit}: the error of a limit of `timeout` that has run out. Written here, since a closure
 * beside others would hold their lifetime; of the exchange's own it holds that one only.
 */
export const timedOut = (exchange: Exchange, limit: keyof typeof LATE, ms: number) => (): TimeoutError => {
  const message = `${describe(exchange)}: ${LATE[limit]} within ${ms} ms (timeout.${limit})${attemptNote(exchange)}`
  return new TimeoutError(message, { request: forCaller(exchange), limit })
}

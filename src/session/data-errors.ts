/** The errors of the data door: a `FetchError` for all but the caller's own abort and errors of the caller's code. */
import { authNote, describe, FetchError, isSessionError, statusLine } from '../contract/errors.ts'
import { hide } from '../contract/kind.ts'
import type { SessionResponse } from '../contract/response.ts'
import { attemptNote, failureOf } from '../exchange/failure.ts'
import { type Exchange, forCaller } from '../exchange/request.ts'

/** Reports whether the caller's signal ended the call, and not a timeout or `close()`. */
export function isCallers({ call: { signals }, lifetime }: Exchange): boolean {
  return !isSessionError(lifetime.reason) || signals.some(({ aborted, reason }) => aborted && reason === lifetime.reason)
}

interface Coded {
  readonly code?: unknown
  readonly cause?: unknown
}

/** Makes a FetchError in place of ofetch's, whose message and stack hold the query. `sent` is what went into the chain, if anything. */
export function fetchError(
  exchange: Exchange,
  sent: Exchange | undefined,
  cause: unknown,
  response?: SessionResponse,
): FetchError {
  const { call } = exchange
  const shown = response ?? (cause as { response?: SessionResponse } | undefined)?.response
  const hidden = { cause, response: shown, request: sent && forCaller(sent), options: call.options }
  if (!cause && response) {
    const note = attemptNote({ call, attempt: exchange.progress.attempts ?? 1 })
    const hasAuth = call.auth || call.headers.has('authorization')
    const behind = hasAuth ? authNote(response, call.url.href) : ''
    return new FetchError(`${describe(call)}: ${statusLine(response)}${behind}${note}`, hidden)
  }
  const words =
    cause instanceof Error ? (failureOf(cause)?.words ?? cause.message) : response ? 'the body broke off' : 'the request failed'
  // Our own errors name the hop that failed, which says more than the call's URL.
  const error = new FetchError(
    /^[A-Z]+ [a-z][\w+.-]*:/.test(words) ? words : `${describe(call)}: ${failureOf(cause) ? words : bodyWords(words)}`,
    hidden,
  )
  // An error that the caller's own fetch has thrown may have its code on its cause.
  const { cause: inner, code = (inner as Coded | undefined)?.code } = (cause ?? {}) as Coded
  if (typeof code === 'string') hide(error, { code })
  return error
}

/** A platform's words for a body that broke off ("terminated") say little; they stay in `cause`. */
function bodyWords(message: string): string {
  // In the words of each engine; ours are in exchange/limited-body.ts.
  if (/already (?:been )?read|unusable|disturbed|locked|bodyUsed/i.test(message))
    return 'the body was already read, by an interceptor or a hook: let it read response.clone()'
  return /closed|failed/.test(message) ? message : 'the body broke off'
}

/** The errors of the data door: a `FetchError` for all but the caller's own abort and errors of the caller's code. */
import { authNote, describe, FetchError, isSessionError, SchemaError, statusLine } from '../contract/errors.ts'
import { hide } from '../contract/kind.ts'
import type { SessionResponse } from '../contract/response.ts'
import { attemptNote, isFailure, wordsOf } from '../exchange/failure.ts'
import { ofListener } from '../exchange/listeners.ts'
import { complete } from '../exchange/marks.ts'
import { type Exchange, forCaller } from '../exchange/request.ts'

/** One call on its way through ofetch. */
export interface DataRun {
  readonly exchange: Exchange
  /** The exchange as it went into the chain. */
  sent?: Exchange
  /** The response of the chain, also if its body breaks off later. */
  response?: SessionResponse
  /** Whether the body is left to the caller, who then ends the call by reading it. */
  streams?: boolean
  /** What the chain rejected with. */
  failure?: { readonly error: unknown }
}

/** What the caller's code has thrown: that error is not wrapped. */
export interface UserCode {
  thrown?: { readonly error: unknown }
}

/** The same function, whose errors are remembered as the user's. */
export function watched<A extends unknown[], T>(own: UserCode, work: (...args: A) => T | Promise<T>): (...args: A) => Promise<T> {
  return async (...args) => {
    try {
      return await work(...args)
    } catch (error) {
      own.thrown = { error }
      throw error
    }
  }
}

/** The error to reject with. */
export function explain(error: unknown, run: DataRun, own: UserCode, response: SessionResponse | undefined): unknown {
  const { failure, exchange } = run
  const { lifetime, call } = exchange
  if (error instanceof SchemaError) return fetchError(run, error, response)
  if ((own.thrown && own.thrown.error === error) || ofListener(error)) return error
  if (lifetime.aborted) return isCallers(exchange) ? lifetime.reason : fetchError(run, lifetime.reason, response)
  if (failure) return isSessionError(failure.error) || isFailure(failure.error) ? fetchError(run, failure.error) : failure.error
  // ofetch throws the response of a 4xx/5xx, or what a hook has put in its place.
  const refused = (error as { response?: SessionResponse } | null | undefined)?.response
  if (refused && (refused === run.response || call.options.onResponse)) {
    return fetchError(run, undefined, refused === run.response ? refused : complete(refused, call.url, run.response))
  }
  if (!run.sent) return error
  // Any other error broke the body off.
  return fetchError(run, error ?? new TypeError('the body broke off'), response)
}

/** Whether the caller's signal ended the call, and not a timeout or `close()`. */
function isCallers({ call: { signals }, lifetime }: Exchange): boolean {
  return !isSessionError(lifetime.reason) || signals.some(({ aborted, reason }) => aborted && reason === lifetime.reason)
}

interface Coded {
  readonly code?: unknown
  readonly cause?: unknown
}

/** Makes a FetchError in place of ofetch's, whose message and stack hold the query. */
function fetchError({ exchange, sent }: DataRun, cause: unknown, response?: SessionResponse): FetchError {
  const { call } = exchange
  const shown = response ?? (cause as { response?: SessionResponse } | undefined)?.response
  const hidden = { cause, response: shown, request: sent && forCaller(sent), options: call.options }
  if (!cause && response) {
    const note = attemptNote({ call, attempt: exchange.progress.attempts ?? 1 })
    const hasAuth = call.auth || call.headers.has('authorization')
    const behind = hasAuth ? authNote(response, call.url.href) : ''
    return new FetchError(`${describe(call)}: ${statusLine(response)}${behind}${note}`, hidden)
  }
  const words = cause instanceof Error ? wordsOf(cause) : response ? 'the body broke off' : 'the request failed'
  // Our own errors name the hop that failed, which says more than the call's URL.
  const error = new FetchError(
    /^[A-Z]+ [a-z][\w+.-]*:/.test(words) ? words : `${describe(call)}: ${isFailure(cause) ? words : bodyWords(words)}`,
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

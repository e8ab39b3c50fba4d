/**
 * The data door: ofetch on top of the chain. It serialises bodies, parses, runs its hooks and notices 4xx/5xx.
 *
 * It never sees a base URL, a query, a timeout or a retry: those are decided before it. What it must not do here
 * (ofetch 1.5.1): ignore `timeout` beside `signal`, retry a user's abort, retry POST, put the query into its message.
 * The build cuts all that out of it (`CUTS` in rollup.config.ts), for the unit tests too; `retry: false` and `pin` say the
 * same to a whole one, which `src/` may be run with.
 */
import { createFetch } from 'ofetch'
import { describe, FetchError, isSessionError, SchemaError, statusLine } from '../contract/errors.ts'
import { isWireError } from '../exchange/failure.ts'
import type { Scope } from '../exchange/lifetime.ts'
import { complete, GLANCE, type SessionResponse } from '../exchange/marks.ts'
import type { SessionRequest } from '../exchange/request.ts'
import { attemptNote } from '../layers/retry.ts'
import { isRequest } from './request-input.ts'
import type { Call } from './resolve.ts'
import { type StandardSchema, validate } from './schema.ts'

/** What ofetch hands to the chain: the body serialised, the headers as the hooks left them. */
export interface Serialised {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: Call['body']
}

/** One call on its way through ofetch. */
export interface DataRun {
  readonly call: Call
  body: Call['body']
  /** Reads the body of a `Request` that is the input. */
  readonly openBody: (() => Promise<Call['body']>) | undefined
  readonly scope: Scope
  /** Sends through the chain. */
  readonly send: (serialised: Serialised) => Promise<SessionResponse>
  /** The request as it went into the chain. */
  request?: SessionRequest
  /** What came back through the chain, also if its body then breaks off. */
  response?: SessionResponse
  /** Whether the body is left to the caller, who then ends the call by reading it. */
  streams?: boolean
  /** What the chain rejected with. */
  failure?: { readonly error: unknown }
}

const RUN = Symbol('run')
type Internal = { [RUN]: DataRun } & Record<string, unknown>

/** ofetch makes new Headers of what it is given. Ours are made for the call already, and a copy costs as much as a URL. */
class GivenHeaders {
  constructor(headers: HeadersInit) {
    // biome-ignore lint/correctness/noConstructorReturn: ofetch calls it with `new`, and takes what comes back
    return headers instanceof Headers ? headers : new Headers(headers)
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Headers
  }
}

const ofetch = createFetch({
  Headers: GivenHeaders as never,
  fetch: ((url: string, options: Internal) => {
    const { method = 'GET', headers, body = null } = options as never as Serialised
    // A hook may have put a Request in its place.
    const input: unknown = url
    return options[RUN].send({ url: isRequest(input) ? input.url : String(url), method, headers, body })
  }) as never,
})

/** Runs a call and gives the response, its `_data` parsed and checked. */
export async function readData(run: DataRun): Promise<SessionResponse> {
  const { call, scope } = run
  const own: UserCode = {}
  let response: SessionResponse | undefined
  try {
    if (run.openBody) run.body = await run.openBody()
    const read = ofetch.raw(call.url.href, ofetchOptions(run, own) as never) as unknown as Promise<SessionResponse>
    // A hook or a schema that never comes back must not hold the call up either.
    response = completed(await scope.race(read), run)
    if (GLANCE in response) response[GLANCE] = false
    if (run.streams && response.body) owners.set(response.body, response)
    const { schema } = call.options
    if (schema && response.ok && (await isParsed(response))) await scope.race(applySchema(schema, response, call, own))
    return response
  } catch (error) {
    throw explain(error, run, own, response ?? run.response)
  } finally {
    if (!run.streams) scope.finish()
  }
}

/** A stream keeps its response: Node's fetch cancels the body of a response that nobody holds. */
const owners = new WeakMap<ReadableStream, Response>()

async function applySchema(schema: StandardSchema, response: SessionResponse, call: Call, own: UserCode): Promise<void> {
  const { _data: data } = response
  response._data = await watched(own, () => validate(schema, data, describe(call)))()
}

/** Whether there is data: a Blob, a buffer or a stream is not parsed, and without a body there is nothing to check. */
async function isParsed(response: SessionResponse): Promise<boolean> {
  response._data = await response._data
  const data = response._data as { getReader?: unknown; arrayBuffer?: unknown; byteLength?: unknown } | null | undefined
  if (data === undefined) return false
  return !(data?.getReader ?? data?.arrayBuffer) && typeof data?.byteLength !== 'number'
}

/** What user code threw, which is the one thing that must come out as it went in. */
interface UserCode {
  thrown?: { readonly error: unknown }
}

/** The same function, whose errors are remembered as the user's. */
function watched<A extends unknown[], T>(own: UserCode, work: (...args: A) => T | Promise<T>): (...args: A) => Promise<T> {
  return async (...args) => {
    try {
      return await work(...args)
    } catch (error) {
      own.thrown = { error }
      throw error
    }
  }
}

const HOOKS = ['onRequest', 'onRequestError', 'onResponse', 'onResponseError'] as const

function ofetchOptions(run: DataRun, own: UserCode): Internal {
  const { call } = run
  const { responseType, parseResponse, ignoreResponseError, context, signal } = call.options
  const options: Internal = { method: call.method, headers: call.headers, retry: false, [RUN]: run }
  if (run.body !== null) options.body = run.body
  if (responseType) options.responseType = responseType
  if (ignoreResponseError) options.ignoreResponseError = true
  if (parseResponse) options.parseResponse = (text: string) => parseFor(own, parseResponse, text)
  for (const name of HOOKS) {
    const hooks = call.options[name] as readonly ((context: never) => unknown)[] | undefined
    if (!hooks) continue
    // What hooks look at. Their own copy of the headers, since the call's tell which of them were secrets.
    Object.assign(options, { ...call.platform, context, signal, headers: new Headers(call.headers) })
    // The last one overrules hooks that turn on what ofetch must not do; a hook that sets `retry` would loop for ever.
    options[name] = [...hooks.map((hook) => watched(own, hook)), pin]
  }
  return options
}

function parseFor(own: UserCode, parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    own.thrown = { error }
    throw error
  }
}

function pin({ options }: { options: Record<string, unknown> }): void {
  Object.assign(options, { retry: false, timeout: undefined, baseURL: undefined, query: undefined, params: undefined })
}

/** The error to reject with: a {@link FetchError}, but what the caller did or threw comes out as it is. */
function explain(error: unknown, run: DataRun, own: UserCode, response: SessionResponse | undefined): unknown {
  const { failure, scope } = run
  if (error instanceof SchemaError) return fetchError(run, error, response)
  if (own.thrown && own.thrown.error === error) return error
  if (response && GLANCE in response) response[GLANCE] = false
  if (scope.aborted) return isCallers(run) ? scope.reason : fetchError(run, scope.reason, response)
  if (failure) return isSessionError(failure.error) || isWireError(failure.error) ? fetchError(run, failure.error) : failure.error
  // ofetch throws the response of a 4xx/5xx, or what a hook has put in its place; any other error broke the body off.
  const refused = (error as { response?: SessionResponse } | null | undefined)?.response
  const isRefusal = refused && (refused === run.response || run.call.options.onResponse)
  if (!isRefusal) return fetchError(run, error ?? new TypeError('the body broke off'), response)
  if (GLANCE in refused) refused[GLANCE] = false
  return fetchError(run, undefined, completed(refused, run))
}

/** A response that a hook has put in another's place has the members of that one. */
function completed(response: SessionResponse, { call, response: first }: DataRun): SessionResponse {
  return response === first ? response : complete(response, call.url, first)
}

/** Whether it was the caller who ended the call, with whatever reason. */
function isCallers({ call: { signals }, scope }: DataRun): boolean {
  return !isSessionError(scope.reason) || signals.some(({ aborted, reason }) => aborted && reason === scope.reason)
}

/** Made anew instead of ofetch's, whose message holds the query, and so does its stack. */
function fetchError({ call, request }: DataRun, cause: unknown, response?: SessionResponse): FetchError {
  const hidden = {
    cause,
    response: response ?? (cause as { response?: SessionResponse })?.response,
    request,
    options: call.options,
  }
  if (!cause && response)
    return new FetchError(`${describe(call)}: ${statusLine(response)}${attemptNote(call, response)}`, hidden)
  const message = cause instanceof Error ? cause.message : response ? 'the body broke off' : 'the request failed'
  // Our own errors name the hop that failed, which says more than the call's URL.
  return new FetchError(
    /^[A-Z]+ [a-z][\w+.-]*:\/\//.test(message) ? message : `${describe(call)}: ${bodyMessage(message)}`,
    hidden,
  )
}

/** A platform's words for a body that broke off ("terminated") say little; they stay in `cause`. */
function bodyMessage(message: string): string {
  return /closed|failed/.test(message) ? message : 'the body broke off'
}

/**
 * The data door: ofetch on top of the chain. It runs its hooks, parses, and notices 4xx/5xx.
 *
 * It never sees a base URL, a query, a timeout or a retry: those are decided before it. What it must not do here
 * (ofetch 1.5.1): ignore `timeout` beside `signal`, retry a user's abort, retry POST, put the query into its message.
 * The build cuts all that out of it (`CUTS` in rollup.config.ts), for the unit tests too.
 */
import { createFetch } from 'ofetch'
import { describe, FetchError, SessionClosedError } from '../contract/errors.ts'
import type { CallOptions } from '../contract/options.ts'
import type { SessionResponse } from '../contract/response.ts'
import type { FetchInput } from '../contract/settings.ts'
import type { Call } from '../exchange/call.ts'
import { fromOwnKeys } from '../exchange/checked-options.ts'
import { isLimited, limitBody } from '../exchange/limited-body.ts'
import { complete } from '../exchange/marks.ts'
import type { HopRequest, Send } from '../exchange/request.ts'
import { type AnyBody, serialise } from '../http/body.ts'
import { type HeadersLike, toHeaders } from '../http/headers.ts'
import { tryParse } from '../http/url.ts'
import { cleanRequest, moved } from '../layers/interceptors.ts'
import { readsToTheEnd } from '../layers/timeouts.ts'
import { chainFor, watchBody } from './chain.ts'
import { type DataRun, explain, type UserCode, watched } from './data-errors.ts'
import { isRequest, requestBody } from './request-input.ts'
import { type Door, enter } from './resolve.ts'
import { validate } from './schema.ts'
import type { SessionState } from './state.ts'

/** Method, headers and body as ofetch hands them to the chain, after the hooks. */
interface Left {
  readonly method?: string
  readonly headers?: HeadersLike
  readonly body?: AnyBody
}

const RUN = Symbol('run')
interface Run extends DataRun {
  readonly chain: Send
}
type Internal = { [RUN]: Run; responseType?: string } & Record<string, unknown>

const ofetch = createFetch({
  // A hook may have put a Request in the URL's place.
  fetch: ((input: unknown, options: Internal) => sendOn(isRequest(input) ? input.url : String(input), options)) as never,
})

/** Runs a call of the data door and gives the response, its `_data` parsed and checked. */
export function readData(
  state: SessionState,
  input: FetchInput,
  given: CallOptions | null | undefined,
  door: Door,
): Promise<SessionResponse> {
  try {
    const exchange = enter(state, input, given, door)
    return read({ exchange, chain: chainFor(state, given ?? {}) }, isRequest(input) ? input : undefined, given)
  } catch (error) {
    return Promise.reject(error instanceof SessionClosedError ? new FetchError(error.message, { cause: error }) : error)
  }
}

async function read(run: Run, input: Request | undefined, given: CallOptions | null | undefined): Promise<SessionResponse> {
  const { call, lifetime } = run.exchange
  const own: UserCode = {}
  let response: SessionResponse | undefined
  try {
    lifetime.throwIfAborted()
    const body = input ? ((await requestBody(input, call.method, given, lifetime)) ?? call.body) : call.body
    // A hook or a schema that never comes back must not hold the call up either.
    response = await lifetime.race(
      ofetch.raw(call.url.href, ofetchOptions(run, body, own) as never) as unknown as Promise<SessionResponse>,
    )
    // A hook may have put another response in place of the chain's: it gets the same members.
    if (response !== run.response) response = complete(response, call.url, run.response)
    if (run.streams && response.body) owners.set(response.body, response)
    const { schema } = call.options
    if (schema && response.ok) {
      const data = await response._data
      if (isParsed(data)) response._data = await lifetime.race(watched(own, async () => validate(schema, data, describe(call)))())
    }
    return response
  } catch (error) {
    throw explain(error, run, own, response ?? run.response)
  } finally {
    run.exchange.progress.slot?.release()
    if (!run.streams) lifetime.finish()
  }
}

/** Keeps a response as long as its stream: Node's fetch cancels the body of a response that was garbage-collected. */
const owners = new WeakMap<ReadableStream, Response>()

/** Whether the data was parsed, and so can be checked: not a Blob, a buffer or a stream, and not the data of an empty body. */
function isParsed(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return data !== undefined
  return !('getReader' in data || 'arrayBuffer' in data || 'byteLength' in data)
}

const HOOKS = ['onRequest', 'onRequestError', 'onResponse', 'onResponseError'] as const

function ofetchOptions(run: Run, body: AnyBody, own: UserCode): Internal {
  const { call } = run.exchange
  const { responseType, parseResponse, ignoreResponseError, context, signal } = call.options
  // By its own keys: ofetch would read those of a polluted Object.prototype too.
  const options: Internal = Object.assign(fromOwnKeys({ method: call.method, headers: call.headers }), { [RUN]: run })
  if (body !== null) options.body = body
  if (responseType) options.responseType = responseType
  if (ignoreResponseError) options.ignoreResponseError = true
  if (parseResponse) options.parseResponse = watchedSync(own, parseResponse)
  for (const name of HOOKS) {
    const hooks = call.options[name] as readonly ((context: never) => unknown)[] | undefined
    if (!hooks) continue
    // Hooks read these. The headers are a copy: what was a secret among the call's own is found by comparing with them.
    Object.assign(options, { ...call.platform, context, signal, headers: new Headers(call.headers) })
    options[name] = hooks.map((hook) => watched(own, hook))
  }
  return options
}

function watchedSync<T>(own: UserCode, parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text)
    } catch (error) {
      own.thrown = { error }
      throw error
    }
  }
}

/** The `fetch` of ofetch: sends what it has made through the chain. */
async function sendOn(url: string, options: Internal): Promise<SessionResponse> {
  const run = options[RUN]
  const { call } = run.exchange
  try {
    const exchange = moved(run.exchange, requestOf(url, call, options as never))
    // A hook may have set a signal, as ofetch lets it.
    const { signal } = options as { readonly signal?: AbortSignal }
    if (signal && signal !== call.options.signal) exchange.lifetime.follow(signal)
    run.sent = exchange
    const response = complete(await run.chain(exchange), exchange.request.url, exchange.progress.response)
    run.response = response
    run.streams = !readsToTheEnd(exchange, response)
    if (run.streams) return watchBody(response, exchange)
    setResponseType(response, options)
    // Until the hooks and the schema are done too, the limits count: `read` lets go of them.
    if (isLimited(exchange)) limitBody(response, exchange)
    return response
  } catch (error) {
    run.failure = { error }
    throw error
  }
}

/** The request as ofetch and the hooks have left it. Its secrets still belong to the origin of the call. */
function requestOf(url: string, call: Call, { method = 'GET', headers: left = {}, body: given = null }: Left): HopRequest {
  const headers = left === call.headers ? call.headers : toHeaders(left)
  const body = serialise(given, headers, () => describe(call))
  return cleanRequest(url === call.url.href ? call.url : tryParse(url, call.url), { method, body }, headers)
}

/** A content-type of JSON that came twice or more: the platform joins the lines of a header with `, `. */
const REPEATED_JSON = /^(application\/(?:[\w.-]*\+)?json(?:;[^,]*)?)(?:, \1)+$/i

/** Has ofetch parse the body of a server that sends its JSON content-type twice. */
function setResponseType(response: Response, options: Internal): void {
  if (REPEATED_JSON.test(response.headers.get('content-type') ?? '')) options.responseType ??= 'json'
}

/**
 * The data door: ofetch on top of the chain. It runs its hooks, parses, and notices 4xx/5xx.
 *
 * It never sees a base URL, a query, a timeout or a retry: those are decided before it. What it must not do here
 * (ofetch 1.5.1): ignore `timeout` beside `signal`, retry a user's abort, retry POST, put the query into its message.
 * The build cuts all that out of it (`CUTS` in rollup.config.ts), for the unit tests too.
 */
import { createFetch } from 'ofetch'
import { describe, FetchError, isSessionError, SchemaError, SessionClosedError } from '../contract/errors.ts'
import type { CallOptions } from '../contract/options.ts'
import type { SessionResponse } from '../contract/response.ts'
import type { FetchInput } from '../contract/settings.ts'
import type { Call } from '../exchange/call.ts'
import { fromOwnKeys } from '../exchange/checked-options.ts'
import { failureOf } from '../exchange/failure.ts'
import { isLimited, limitBody } from '../exchange/limited-body.ts'
import { ofListener } from '../exchange/listeners.ts'
import { complete } from '../exchange/marks.ts'
import { answered, type Exchange, type HopRequest, type Send } from '../exchange/request.ts'
import { type AnyBody, serialise } from '../http/body.ts'
import { type HeadersLike, toHeaders } from '../http/headers.ts'
import { tryParse } from '../http/url.ts'
import { cleanRequest, moved } from '../layers/interceptors.ts'
import { readsToTheEnd } from '../layers/timeouts.ts'
import { chainFor, watchBody } from './chain.ts'
import { fetchError, isCallers } from './data-errors.ts'
import { isRequest, requestBody } from './request-input.ts'
import { type Door, enter } from './resolve.ts'
import { validate } from './schema.ts'
import type { SessionState } from './state.ts'

/** Method, headers and body as ofetch hands them to the chain, after the hooks. */
interface Left {
  readonly method?: string
  readonly headers?: HeadersLike
  readonly body?: AnyBody
  /** A hook may have set one, as ofetch lets it. */
  readonly signal?: AbortSignal | null
  responseType?: string
}

/** Runs a call of the data door and gives the response, its `_data` parsed and checked. */
export function readData(
  state: SessionState,
  input: FetchInput,
  given: CallOptions | null | undefined,
  door: Door,
): Promise<SessionResponse> {
  try {
    return read(enter(state, input, given, door), chainFor(state, given ?? {}), isRequest(input) ? input : undefined, given)
  } catch (error) {
    return Promise.reject(error instanceof SessionClosedError ? new FetchError(error.message, { cause: error }) : error)
  }
}

/** One call as one closure: what its steps have to know of each other are its variables. */
async function read(
  exchange: Exchange,
  chain: Send,
  input: Request | undefined,
  given: CallOptions | null | undefined,
): Promise<SessionResponse> {
  const { call, lifetime, progress } = exchange
  const { url, options } = call
  /** What the caller's code has thrown: that error is not wrapped. */
  let thrown: unknown = NOTHING
  /** What the chain has rejected with. */
  let failure: unknown = NOTHING
  /** The exchange as it went into the chain. */
  let sent: Exchange | undefined
  /** The response of the chain, also if its body breaks off later. */
  let received: SessionResponse | undefined
  /** The response for the caller, which a hook may have put in its place. */
  let response: SessionResponse | undefined
  /** Whether the body is left to the caller, who then ends the call by reading it. */
  let streams = false

  /** The same function, whose errors are remembered as the caller's. */
  const watched: Watch =
    (work) =>
    async (...args) => {
      try {
        return await work(...args)
      } catch (error) {
        thrown = error
        throw error
      }
    }

  /** The `fetch` of ofetch: sends what it has made through the chain. A hook may have put a `Request` in the URL's place. */
  const sendOn = async (target: unknown, left: Left): Promise<SessionResponse> => {
    try {
      sent = moved(exchange, requestOf(isRequest(target) ? target.url : String(target), call, left))
      const { signal } = left
      if (signal && signal !== options.signal) lifetime.follow(signal)
      received = complete(await chain(sent), sent.url, progress.response)
      streams = !readsToTheEnd(sent, received)
      if (streams) return watchBody(received, sent)
      if (REPEATED_JSON.test(received.headers.get('content-type') ?? '')) left.responseType ??= 'json'
      // Until the hooks and the schema are done too, the limits count: `read` lets go of them.
      if (isLimited(sent)) limitBody(received, sent)
      return received
    } catch (error) {
      failure = error
      throw error
    }
  }

  try {
    lifetime.throwIfAborted()
    const body = input ? ((await requestBody(input, call.method, given, lifetime)) ?? call.body) : call.body
    const ofetch = createFetch({ fetch: sendOn as never })
    const asked = ofetchOptions(call, body, watched)
    const { parseResponse, schema } = options
    // Not by `watched`, since ofetch does not await it.
    if (parseResponse)
      asked.parseResponse = (text: string) => {
        try {
          return parseResponse(text)
        } catch (error) {
          thrown = error
          throw error
        }
      }
    // A hook or a schema that never comes back must not hold the call up either.
    response = await lifetime.race(ofetch.raw(url.href, asked as never) as unknown as Promise<SessionResponse>)
    // It may be async, as no other parser of ofetch's is.
    if (parseResponse) response._data = await answered(exchange, watched(() => response?._data)())
    // A hook may have put another response in place of the chain's: it gets the same members.
    if (response !== received) response = complete(response, url, received)
    if (streams && response.body) owners.set(response.body, response)
    if (schema && response.ok) {
      const { _data: data } = response
      if (isParsed(data)) response._data = await answered(exchange, watched(() => validate(schema, data, describe(call)))())
    }
    return response
  } catch (error) {
    const shown = response ?? received
    const failed = (cause: unknown, by?: SessionResponse) => fetchError(exchange, sent, cause, by)
    if (error instanceof SchemaError) throw failed(error, shown)
    if (error === thrown || ofListener(error)) throw error
    if (lifetime.aborted) throw isCallers(exchange) ? lifetime.reason : failed(lifetime.reason, shown)
    if (failure !== NOTHING) throw isSessionError(failure) || failureOf(failure) ? failed(failure) : failure
    // ofetch throws the response of a 4xx/5xx, or what a hook has put in its place.
    const refused = (error as { response?: SessionResponse } | null | undefined)?.response
    if (refused && (refused === received || options.onResponse))
      throw failed(undefined, refused === received ? refused : complete(refused, url, received))
    // Any other error broke the body off.
    throw sent ? failed(error ?? new TypeError('the body broke off'), shown) : error
  } finally {
    progress.slot?.release()
    if (!streams) lifetime.finish()
  }
}

/** Keeps a response as long as its stream: Node's fetch cancels the body of a response that was garbage-collected. */
const owners = new WeakMap<ReadableStream, Response>()

type Watch = <A extends unknown[], T>(work: (...args: A) => T | Promise<T>) => (...args: A) => Promise<T>

/** No error: the caller's code and the chain may throw anything. */
const NOTHING = Symbol('nothing')

/** Whether the data was parsed, and so can be checked: not a Blob, a buffer or a stream, and not the data of an empty body. */
function isParsed(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return data !== undefined
  return !('getReader' in data || 'arrayBuffer' in data || 'byteLength' in data)
}

const HOOKS = ['onRequest', 'onRequestError', 'onResponse', 'onResponseError'] as const

function ofetchOptions(call: Call, body: AnyBody, watched: Watch): Record<string, unknown> {
  const { responseType, ignoreResponseError, context, signal } = call.options
  // By its own keys: ofetch would read those of a polluted Object.prototype too.
  const options: Record<string, unknown> = fromOwnKeys({ method: call.method, headers: call.headers })
  if (body !== null) options.body = body
  if (responseType) options.responseType = responseType
  if (ignoreResponseError) options.ignoreResponseError = true
  for (const name of HOOKS) {
    const hooks = call.options[name] as readonly ((context: never) => unknown)[] | undefined
    if (!hooks) continue
    // Hooks read these. The headers are a copy: what was a secret among the call's own is found by comparing with them.
    Object.assign(options, { ...call.platform, context, signal, headers: new Headers(call.headers) })
    options[name] = hooks.map((hook) => watched(hook))
  }
  return options
}

/** The request as ofetch and the hooks have left it. Its secrets still belong to the origin of the call. */
function requestOf(url: string, call: Call, { method = 'GET', headers: left = {}, body: given = null }: Left): HopRequest {
  const headers = left === call.headers ? call.headers : toHeaders(left)
  const body = serialise(given, headers, () => describe(call))
  return cleanRequest(url === call.url.href ? call.url : tryParse(url, call.url), { method, body }, headers)
}

/** A content-type of JSON that came twice or more: the platform joins the lines of a header with `, `. It is parsed all the same. */
const REPEATED_JSON = /^(application\/(?:[\w.-]*\+)?json(?:;[^,]*)?)(?:, \1)+$/i

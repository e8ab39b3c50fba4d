/**
 * The chain: what a call passes through on its way to the wire, as one list.
 *
 * ```
 * total timeout · concurrency · your interceptors · retry · attempt timeout · redirect · csrf · auth · cookies · your hop interceptors · upload · transport
 *                                                                                        └───────────────────────── once per hop ─────────────────────────┘
 *                                                           └───────────────────────────────────── once per attempt ──────────────────────────────────────┘
 * ```
 *
 * Rule 1: everything that the library does to a request is a layer in {@link buildLayers}.
 * Rule 2: a layer never writes to the exchange that it was given, since the layer outside may send it again.
 * Rule 3: only the user's interceptors cost copies; the library's own layers keep rule 2 by themselves.
 */
import { isSessionError } from '../contract/errors.ts'
import type { Interceptor } from '../contract/options.ts'
import type { SessionResponse } from '../contract/response.ts'
import type { Call } from '../exchange/call.ts'
import { fromOwnKeys } from '../exchange/checked-options.ts'
import { failureOf, timedOut } from '../exchange/failure.ts'
import { Lifetime } from '../exchange/lifetime.ts'
import { isLimited, limitBody } from '../exchange/limited-body.ts'
import { complete } from '../exchange/marks.ts'
import type { Exchange, Layer, Send } from '../exchange/request.ts'
import { authLayer } from '../layers/auth.ts'
import { concurrencyLayer } from '../layers/concurrency.ts'
import { csrfLayer } from '../layers/csrf.ts'
import { asLayer, rememberResponse } from '../layers/interceptors.ts'
import { retryLayer } from '../layers/retry.ts'
import { attemptLayer, totalLayer } from '../layers/timeouts.ts'
import { transportLayer } from '../layers/transport.ts'
import { uploadLayer } from '../layers/upload.ts'
import type { SessionState } from './state.ts'

interface Interceptors {
  readonly interceptors?: readonly Interceptor[] | undefined
  readonly hopInterceptors?: readonly Interceptor[] | undefined
}

/** The layers of a call, outermost first: the session's interceptors, and the call's own inside of them. */
export function buildLayers(state: SessionState, given?: Interceptors): Layer[] {
  const own = fromOwnKeys(given)
  const { parts, mounts, limiter, environment, quietSession, lifetime } = state
  const interceptors = [...state.interceptors, ...(own.interceptors ?? [])]
  const hopInterceptors = [...state.hopInterceptors, ...(own.hopInterceptors ?? [])]
  return [
    totalLayer,
    ...(limiter ? [concurrencyLayer(limiter)] : []),
    ...interceptors.map(asLayer),
    ...(interceptors.length > 0 ? [rememberResponse] : []),
    retryLayer,
    attemptLayer,
    ...(parts.redirectLayer ? [parts.redirectLayer(mounts)] : []),
    csrfLayer(parts.readCookie),
    authLayer({ authOf: parts.authOf, quietSession, reentry: environment.reentry }),
    ...(parts.cookieLayer ? [parts.cookieLayer] : []),
    ...hopInterceptors.map(asLayer),
    uploadLayer(parts.takeApart),
    transportLayer({ mounts, transport: parts.transport, isClosed: () => lifetime.aborted }),
  ]
}

/** The layers as one function from exchange to response. */
export function compose(layers: readonly Layer[]): Send {
  // The last layer has nothing to call, and calls nothing.
  return layers.reduceRight<Send>((next, layer) => (exchange) => layer(exchange, next), undefined as never)
}

/** The chain of a call: the session's, or one of its own if it has interceptors. */
export function chainFor(state: SessionState, own: Interceptors): Send {
  if (own.interceptors || own.hopInterceptors) return compose(buildLayers(state, own))
  state.chain ??= compose(buildLayers(state))
  return state.chain
}

/** A call before anything has happened, with a lifetime that nothing ends. */
export function exchangeOf(call: Call, closing = new Lifetime()): Exchange {
  const { url, method, headers, body } = call
  const lifetime = new Lifetime()
  const request = { url, method, headers, body }
  return { ...request, call, closing, lifetime, crossed: false, attempt: 1, cookie: undefined, progress: {} }
}

/** Begins a call: from here on the caller's signals and the total timeout count. */
export function begin(call: Call, closing: Lifetime, endsWithSession?: unknown): Exchange {
  const exchange: Exchange = exchangeOf(call, closing)
  const { lifetime } = exchange
  const total = call.timeout?.total
  for (const signal of call.signals) lifetime.follow(signal)
  if (total) lifetime.limit(total, timedOut(exchangeOf(call), 'total', total))
  // The call waits for more than its response, and so ends with the session.
  if (endsWithSession) lifetime.within(closing)
  return exchange
}

/** Sends a call through the chain for a caller who reads the response: limits stay on its body until that has ended. */
export async function sendWhole(exchange: Exchange, chain: Send): Promise<SessionResponse> {
  try {
    return watchBody(complete(await chain(exchange), exchange.url, exchange.progress.response), exchange)
  } catch (error) {
    exchange.lifetime.finish()
    throw withCallersStack(error)
  }
}

/** Keeps the call's signals, timeouts and limits on the body until it has ended, one way or another. */
export function watchBody(response: SessionResponse, exchange: Exchange): SessionResponse {
  if (!isLimited(exchange)) return response
  const { lifetime } = exchange
  lifetime.loosen()
  limitBody(response, exchange).then(() => lifetime.finish())
  return response
}

/**
 * Captures the stack of an error anew: the one of a timer or a socket names no line of the caller's, but here V8 knows who
 * awaits.
 */
function withCallersStack(error: unknown): unknown {
  const { captureStackTrace } = Error as { captureStackTrace?: (target: object) => void }
  if (isSessionError(error) || failureOf(error)?.isUsers === false) captureStackTrace?.(error as object)
  return error
}

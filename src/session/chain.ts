/**
 * The chain: what a call passes through on its way to the wire, as one list.
 *
 * ```
 * total timeout · your interceptors · retry · attempt timeout · redirect · csrf · auth · cookies · your hop interceptors · transport
 *                                                               └──────────────── once per hop ─────────────────┘
 *                                            └───────────────────── once per attempt ───────────────────────────┘
 * ```
 *
 * Rule 1: everything that the library does to a request is an `Interceptor` in {@link buildLayers}.
 * Rule 2: a layer never writes to the request that it was given, since the layer outside may send it again.
 * Rule 3: only the user's interceptors cost copies; the library's own keep rule 2 by themselves.
 */

import type { Interceptor, Layer, LayerNext } from '../exchange/request.ts'
import { authLayer } from '../layers/auth.ts'
import { csrfLayer } from '../layers/csrf.ts'
import { asLayer, rememberResponse } from '../layers/interceptors.ts'
import { retryLayer } from '../layers/retry.ts'
import { attemptLayer, totalLayer } from '../layers/timeouts.ts'
import { transportLayer } from '../layers/transport.ts'
import type { SessionState } from './state.ts'

/** The chain of a call, outermost first: the session's interceptors, and the call's own inside of them. */
export function buildLayers(
  session: SessionState,
  own: readonly Interceptor[] = [],
  ownHop: readonly Interceptor[] = [],
): Layer[] {
  const interceptors = [...session.interceptors, ...own]
  return [
    totalLayer,
    ...interceptors.map(asLayer),
    ...(interceptors.length > 0 ? [rememberResponse] : []),
    retryLayer,
    attemptLayer,
    session.parts.redirectLayer,
    csrfLayer,
    authLayer,
    session.parts.cookieLayer,
    ...[...session.hopInterceptors, ...ownHop].map(asLayer),
    transportLayer,
  ]
}

/** The layers as one function from request to response. */
export function compose(layers: readonly Layer[]): LayerNext {
  return layers.reduceRight<LayerNext>((next, layer) => (request) => layer(request, next), deadEnd)
}

function deadEnd(): never {
  throw new RangeError('the last layer must not call next')
}

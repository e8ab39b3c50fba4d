/** The library's own layers, put into the chain's order for one session. */
import { authLayer } from './auth.ts'
import { buildLayers, type Interceptor, type Layer } from './chain.ts'
import { csrfLayer } from './csrf.ts'
import { retryLayer } from './retry.ts'
import type { SessionState } from './session-state.ts'
import { attemptLayer, totalLayer } from './timeouts.ts'
import { transportLayer } from './transport.ts'

/** The layers of a call: the session's, and the call's own interceptors inside of them. */
export function layersOf(
  { parts, interceptors, hopInterceptors }: SessionState,
  more: readonly Interceptor[] = [],
  moreHop: readonly Interceptor[] = [],
): Layer[] {
  const own = {
    total: totalLayer,
    retry: retryLayer,
    attempt: attemptLayer,
    redirect: parts.redirectLayer,
    csrf: csrfLayer,
    auth: authLayer,
    cookies: parts.cookieLayer,
    transport: transportLayer,
  }
  return buildLayers(own, [...interceptors, ...more], [...hopInterceptors, ...moreHop])
}

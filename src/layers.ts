/** The library's own layers, put into the chain's order for one session. */
import { authLayer } from './auth.ts'
import { buildChain, type Interceptor, type LayerNext } from './chain.ts'
import { csrfLayer } from './csrf.ts'
import { retryLayer } from './retry.ts'
import type { SessionState } from './session-state.ts'
import { attemptLayer, totalLayer } from './timeouts.ts'
import { transportLayer } from './transport.ts'

/** The chain of a call: the session's, and the call's own interceptors inside of them. */
export function chainOf(
  { parts, interceptors, hopInterceptors }: SessionState,
  more: readonly Interceptor[] = [],
  moreHop: readonly Interceptor[] = [],
): LayerNext {
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
  return buildChain(own, [...interceptors, ...more], [...hopInterceptors, ...moreHop])
}

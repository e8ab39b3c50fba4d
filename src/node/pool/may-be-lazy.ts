/** Who reads a response: only the library, to which a transport may give a lazy one, or the caller's code too. */
import type { Exchange } from '../../exchange/request.ts'
import { REDIRECTS } from '../../http/status.ts'

/** The responses to a request that may be lazy. */
export type MayBeLazy = 'all' | 'followed redirects' | 'none'

/**
 * Tells which responses the caller's code reads: none through the data door, and of a redirect that is followed only what
 * `history` shows, its body having been thrown away. An interceptor or an auth flow sees each one as it comes.
 */
export function mayBeLazy({ call, progress }: Exchange): MayBeLazy {
  const { wantsData, auth, options, redirect } = call
  if (progress.isSeen || (auth && 'flow' in auth)) return 'none'
  const { onResponse, onResponseError, onRetry, retry, responseType } = options
  const isHandedOn = onResponse || onResponseError || onRetry || typeof retry === 'object' || responseType === 'stream'
  if (wantsData && !isHandedOn) return 'all'
  return redirect === 'follow' ? 'followed redirects' : 'none'
}

/** Reports whether one of these responses is lazy. */
export function isLazy(which: MayBeLazy, status: number, location: unknown): boolean {
  return which === 'all' || (which === 'followed redirects' && location !== undefined && REDIRECTS.has(status))
}

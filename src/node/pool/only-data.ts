/** Who reads a response: only the data door, to which a transport may give a lazy one, or the caller's code too. */
import type { Exchange } from '../../exchange/request.ts'

/** Reports whether nobody but the data door sees the response. */
export function isForDataOnly({ call: { wantsData, auth, options }, progress }: Exchange): boolean {
  if (!wantsData || progress.isSeen || (auth && 'flow' in auth)) return false
  const { onResponse, onResponseError, onRetry, retry, responseType } = options
  return !(onResponse || onResponseError || onRetry || typeof retry === 'object' || responseType === 'stream')
}

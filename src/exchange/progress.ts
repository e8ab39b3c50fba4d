/** Progress of bodies: how often listeners are told, and with which numbers. */

import type { MaybeArray } from '../contract/parsing.ts'
import type { ProgressEvent } from '../contract/settings.ts'
import { tell } from './listeners.ts'
import type { Exchange } from './request.ts'

/** Milliseconds between two events; the last one comes at once. */
const INTERVAL = 50

/** Tells how many bytes there are so far, and whether these are all. */
export type Meter = (loaded: number, isEnd: boolean) => void

/** A meter for listeners. `total` is only a promise of the server's: once there is more, it is not known. */
export function progressMeter(
  listeners: MaybeArray<(event: ProgressEvent) => void>,
  promised: number | undefined,
  now: () => number = () => performance.now(),
): Meter {
  const start = now()
  let last = Number.NEGATIVE_INFINITY
  let told: number | undefined
  return (loaded, isEnd) => {
    const at = now()
    // The end has nothing to add to a last chunk that was told already.
    if (loaded === told || (!isEnd && at - last < INTERVAL)) return
    last = at
    told = loaded
    const total = promised !== undefined && loaded > promised ? undefined : promised
    const percent = total === undefined ? undefined : total === 0 ? 100 : (100 * loaded) / total
    tell(listeners, { loaded, total, percent, bytesPerSecond: Math.round((1000 * loaded) / Math.max(1, at - start)) })
  }
}

/** The meter of a response's body, if anybody listens. Content-Length counts encoded bytes, and we count decoded ones. */
export function meter(response: Response, { call: { options } }: Exchange): Meter | undefined {
  const { onDownloadProgress } = options
  if (!onDownloadProgress) return undefined
  const { headers } = response
  const length = headers.has('content-encoding') ? null : headers.get('content-length')
  return progressMeter(onDownloadProgress, length === null || !/^\d+$/.test(length) ? undefined : Number(length))
}

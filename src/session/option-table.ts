/** Which options are ours, and how those of a call lie over those of its session. */

import type { CallOptions, SharedOptions } from '../contract/options.ts'
import { emptyOptions } from '../exchange/checked-options.ts'

/** What is ours or ofetch's; every other option goes on to the platform's fetch. */
const OURS = `baseURL headers query params cookies body form auth timeout retry csrf redirect maxRedirects sensitiveHeaders
interceptors hopInterceptors onRequest onRequestError onResponse onResponseError onRetry onCookieRejected schema
allowAbsoluteUrls maxBytes context jar fetch mounts pool proxy tls socketPath trustEnv method signal responseType
parseResponse ignoreResponseError retryDelay retryStatusCodes`
const ours: ReadonlySet<string> = new Set(OURS.split(/\s+/))

/** Reports whether an option is for the platform's fetch and not for us. */
export function isPlatformOption(name: string): boolean {
  return !ours.has(name)
}

/** Options that belong to a session, never to a call. */
export const SESSION_ONLY: readonly string[] = ['jar', 'fetch', 'mounts', 'pool', 'proxy', 'tls', 'socketPath', 'trustEnv']

/** Options that are lists of listeners or layers: the call's come after the session's. */
const APPENDED: ReadonlySet<string> = new Set(
  'interceptors hopInterceptors onRequest onRequestError onResponse onResponseError onRetry onCookieRejected'.split(' '),
)

/**
 * Merges options: the one table. `undefined` inherits; lists are appended; `context` merges by key; all else replaces.
 * Headers, query and cookies merge by name where they are put together, in `call.ts`.
 */
export function mergeOptions<T extends SharedOptions>(base: T, more: T): T {
  const merged: Record<string, unknown> = Object.assign(emptyOptions(), base)
  for (const name of Object.keys(more)) {
    const value = (more as Record<string, unknown>)[name]
    if (value === undefined || (value === null && APPENDED.has(name))) continue
    if (APPENDED.has(name)) merged[name] = [merged[name] ?? [], value].flat()
    else if (name !== 'context') merged[name] = value
  }
  // A body of one layer takes the place of one of another, in whichever form; only both in one layer contradict each other.
  const { body, form } = more as CallOptions
  if (form != null && body == null) delete merged.body
  if (body != null && form == null) delete merged.form
  merged.context = { ...base.context, ...more.context }
  return merged as unknown as T
}

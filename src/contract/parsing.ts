/**
 * ofetch's public types in our words: a session is structurally an ofetch instance. Not re-exported from ofetch, because
 * its declarations import undici, which it does not depend on. `test/types/` proves that they fit.
 */

import type { SessionResponse } from '../exchange/marks.ts'
import type { CallOptions, MaybeArray } from './options.ts'

export interface ResponseMap {
  readonly blob: Blob
  readonly text: string
  readonly arrayBuffer: ArrayBuffer
  readonly stream: ReadableStream<Uint8Array>
}

/** How the data door reads a body. @default by content-type: JSON, text, stream for event streams, else a Blob */
export type ResponseType = keyof ResponseMap | 'json'

/** The type of the data: as `responseType` says, else what the caller says the JSON is. */
export type MappedResponseType<R extends ResponseType, T> = R extends keyof ResponseMap ? ResponseMap[R] : T

/** What ofetch's hooks get. They may write to it: it belongs to this call alone. */
// biome-ignore lint/suspicious/noExplicitAny: ofetch's signature, for hooks that were written for it
export interface HookContext<T = any, R extends ResponseType = ResponseType> {
  request: string | Request
  // biome-ignore lint/suspicious/noExplicitAny: ofetch's ResolvedFetchOptions, which hooks are free to change
  options: any
  response?: SessionResponse<T>
  error?: Error
  /** Keeps `R` in the type, as in ofetch. */
  readonly responseType?: R
}

type Hook<C> = (context: C) => void | Promise<void>

/** ofetch's hooks: once per call, in the data door. */
// biome-ignore lint/suspicious/noExplicitAny: ofetch's signature, for hooks that were written for it
export interface Hooks<T = any, R extends ResponseType = ResponseType> {
  readonly onRequest?: MaybeArray<Hook<HookContext<T, R>>> | undefined
  readonly onRequestError?: MaybeArray<Hook<HookContext<T, R> & { error: Error }>> | undefined
  readonly onResponse?: MaybeArray<Hook<HookContext<T, R> & { response: SessionResponse<T> }>> | undefined
  readonly onResponseError?: MaybeArray<Hook<HookContext<T, R> & { response: SessionResponse<T> }>> | undefined
}

/** Options without their parser: what `responseType` and `schema` make of the result is in the overloads. */
export type DataOptions<R extends ResponseType> = CallOptions<R>

/**
 * ofetch's public types in our words: a session is structurally an ofetch instance. Not re-exported from ofetch, because
 * its declarations import undici, which it does not depend on. `test/types/` proves that they fit.
 */

import type { SessionResponse } from './response.ts'

/** One, or several in a row. */
export type MaybeArray<T> = T | readonly T[]

/** What each `responseType` but `'json'` gives. */
export interface ResponseMap {
  /** The bytes with their content-type. */
  readonly blob: Blob
  /** The bytes as UTF-8. */
  readonly text: string
  /** The bytes. */
  readonly arrayBuffer: ArrayBuffer
  /** The body, unread. */
  readonly stream: ReadableStream<Uint8Array>
}

/** How the data door reads a body. @default by content-type: JSON, text, stream for event streams, else a Blob */
export type ResponseType = keyof ResponseMap | 'json'

/** The type of the data: as `responseType` says, else what the caller says the JSON is. */
export type MappedResponseType<R extends ResponseType, T> = R extends keyof ResponseMap ? ResponseMap[R] : T

/** What ofetch's hooks get. They may write to it: it belongs to this call alone. */
// biome-ignore lint/suspicious/noExplicitAny: ofetch's signature, for hooks that were written for it
export interface HookContext<T = any, R extends ResponseType = ResponseType> {
  /** The URL, or a Request that a hook has put in its place. */
  request: string | Request
  /** The options of the call; `headers` and `body` are free to change. */
  // biome-ignore lint/suspicious/noExplicitAny: ofetch's ResolvedFetchOptions, which hooks are free to change
  options: any
  /** The response, in `onResponse` and `onResponseError`. */
  response?: SessionResponse<T>
  /** What the request failed with, in `onRequestError`. */
  error?: Error
  /** Keeps `R` in the type, as in ofetch. */
  readonly responseType?: R
}

type Hook<C> = (context: C) => void | Promise<void>

/** ofetch's hooks: once per call, in the data door. */
// biome-ignore lint/suspicious/noExplicitAny: ofetch's signature, for hooks that were written for it
export interface Hooks<T = any, R extends ResponseType = ResponseType> {
  /** Before the request is sent. Appended, the session's first. */
  readonly onRequest?: MaybeArray<Hook<HookContext<T, R>>> | undefined
  /** When there is no response. Appended, the session's first. */
  readonly onRequestError?: MaybeArray<Hook<HookContext<T, R> & { error: Error }>> | undefined
  /** When the body has been parsed. Appended, the session's first. */
  readonly onResponse?: MaybeArray<Hook<HookContext<T, R> & { response: SessionResponse<T> }>> | undefined
  /** On a 4xx or 5xx, after `onResponse`. Appended, the session's first. */
  readonly onResponseError?: MaybeArray<Hook<HookContext<T, R> & { response: SessionResponse<T> }>> | undefined
}

/** One thing that a schema found wrong, as Standard Schema words it. */
export interface SchemaIssue {
  /** What is wrong. */
  readonly message: string
  /** Where in the data. */
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined
}

/** The part of Standard Schema v1 (standardschema.dev) that a client needs; zod, valibot and arktype have it. */
export interface StandardSchema<Output = unknown> {
  /** Version, vendor, and the function that checks. */
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] }

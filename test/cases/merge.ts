/**
 * How the options of a call are merged over those of its session: a row for every option. `session` and `call` are the two
 * values; the row gives the result of both, of the session's alone, and of `null` in the call.
 */
import type { SessionOptions } from '../../src/index.ts'

type Name = keyof SessionOptions

export interface MergeRow {
  readonly session: unknown
  readonly call: unknown
  /** What the merged option is, where it is not the call's value. */
  readonly both?: unknown
  /** What `null` in the call leaves. @default null */
  readonly off?: unknown
}

const one = () => undefined
const other = () => undefined
const listeners: MergeRow = { session: one, call: other, both: [one, other], off: one }
const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: 1 }) } }

/** Options that `request.options` shows as they are merged. */
export const merged: Partial<Readonly<Record<Name, MergeRow>>> = {
  method: { session: 'PUT', call: 'DELETE' },
  timeout: { session: 1000, call: { total: 2000 } },
  retry: { session: 1, call: { limit: 2 } },
  retryDelay: { session: 1, call: 2 },
  retryStatusCodes: { session: [500], call: [503] },
  redirect: { session: 'manual', call: 'error' },
  maxRedirects: { session: 1, call: 2 },
  sensitiveHeaders: { session: ['x-a'], call: ['x-b'] },
  onRequest: listeners,
  onRequestError: listeners,
  onResponse: listeners,
  onResponseError: listeners,
  onRetry: listeners,
  onCookieRejected: listeners,
  onUploadProgress: listeners,
  onDownloadProgress: listeners,
  responseType: { session: 'text', call: 'blob' },
  parseResponse: { session: one, call: other },
  ignoreResponseError: { session: true, call: false },
  allowAbsoluteUrls: { session: true, call: false },
  maxBytes: { session: 10, call: 20 },
  context: { session: { a: 1, b: 1 }, call: { b: 2 }, both: { a: 1, b: 2 }, off: { a: 1, b: 1 } },
  body: { session: 'one', call: 'two' },
  form: { session: { a: 1 }, call: { a: 2 } },
  signal: { session: new AbortController().signal, call: new AbortController().signal },
}

/** Options that are merged by name, or in a form of their own: what the wire shows. */
export const onTheWire: Partial<Readonly<Record<Name, MergeRow>>> = {
  baseURL: {
    session: 'https://a.example/one',
    call: 'https://a.example/two',
    both: '/two/x',
    off: /a relative URL needs a baseURL/,
  },
  headers: { session: { 'x-a': '1', 'x-b': '1' }, call: { 'X-B': '2' }, both: 'x-a=1 x-b=2', off: 'x-a=1 x-b=1' },
  query: { session: { a: 1, b: 1 }, call: { b: 2 }, both: '?a=1&b=2', off: '?a=1&b=1' },
  params: { session: { a: 1, b: 1 }, call: { b: 2 }, both: '?a=1&b=2', off: '?a=1&b=1' },
  cookies: { session: { a: '1', b: '1' }, call: { b: '2' }, both: 'a=1; b=2', off: 'a=1; b=1' },
  auth: { session: { token: 'one' }, call: { token: 'two' }, both: 'Bearer two', off: null },
  csrf: {
    session: { header: 'x-one', token: () => '1' },
    call: { header: 'x-two', token: () => '2' },
    both: 'x-two=2',
    off: '',
  },
  interceptors: { session: ['one'], call: ['two'], both: 'one two', off: 'one' },
  hopInterceptors: { session: ['one'], call: ['two'], both: 'one two', off: 'one' },
}

/** Options of a session alone: given to a call they are refused. */
export const ofSessions: readonly Name[] = [
  ...(['jar', 'concurrency', 'fetch', 'mounts', 'pool', 'proxy', 'tls', 'socketPath', 'trustEnv'] as const),
]

/** Options that go to the platform's fetch untouched, the call's in place of the session's. */
export const platforms: Partial<Readonly<Record<Name, MergeRow>>> = {
  credentials: { session: 'omit', call: 'include' },
  cache: { session: 'no-store', call: 'reload' },
  integrity: { session: 'sha256-a', call: 'sha256-b' },
  keepalive: { session: true, call: false },
  mode: { session: 'cors', call: 'same-origin' },
  priority: { session: 'low', call: 'high' },
  referrer: { session: 'https://a.example/a', call: 'https://a.example/b' },
  referrerPolicy: { session: 'origin', call: 'no-referrer' },
  window: { session: null, call: null },
  duplex: { session: 'half', call: 'half' },
  dispatcher: { session: { a: 1 }, call: { a: 2 } },
  agent: { session: { a: 1 }, call: { a: 2 } },
}

/** Checked elsewhere: `test/layers/retry.test.ts` and `test/session/merge.test.ts`. */
export const elsewhere: Partial<Readonly<Record<Name, MergeRow>>> = { schema: { session: schema, call: schema } }

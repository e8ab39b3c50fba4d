/** A `Request` as input: honoured whole, by its shape, since there is more than one class of that name. */

import type { CallOptions } from '../contract/options.ts'
import { checkBody } from '../http/body.ts'

/** What a fetch takes. */
export type FetchInput = string | URL | Request

export function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && input !== null && 'url' in input && 'headers' in input && 'method' in input
}

/** Members that go on to the platform, with the value that means "not set". `same-origin` is the constructor's default. */
const MEMBERS = [
  ['credentials', 'same-origin'],
  ['mode', 'cors'],
  ['cache', 'default'],
  ['integrity', ''],
  ['keepalive', false],
  ['referrer', 'about:client'],
  ['referrerPolicy', ''],
] as const

/** A `Request` as options, without its body; the call's own options win. */
export function requestOptions(request: Request, options: CallOptions): CallOptions {
  const { method, headers, signal, redirect } = request
  const given: Record<string, unknown> = {
    method,
    signal,
    redirect,
    headers: replacesBody(options) ? withoutType(headers) : headers,
  }
  for (const [name, unset] of MEMBERS) {
    const value = request[name]
    if (value !== undefined && value !== unset) given[name] = value
  }
  return { ...given, ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) }
}

/** The body of a `Request`, buffered so that it survives a 307 and stays the caller's. */
export async function requestBody(request: Request, method: string, options: CallOptions): Promise<ArrayBuffer | undefined> {
  if (request.body === null || replacesBody(options)) return undefined
  if (request.bodyUsed) throw new TypeError('input: the body of this Request was already used')
  const bytes = await request.clone().arrayBuffer()
  // Firefox has no Request.body, so that only its bytes tell whether there is one.
  if (request.body === undefined && bytes.byteLength === 0) return undefined
  checkBody(method, bytes)
  return bytes
}

function replacesBody({ body, form }: CallOptions): boolean {
  return body !== undefined || form !== undefined
}

/** The type of the body that is replaced says nothing of the new one. */
function withoutType(headers: Headers): Headers {
  const kept = new Headers(headers)
  kept.delete('content-type')
  return kept
}

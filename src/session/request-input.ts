/** A `Request` as input. It is recognised by its shape, since other realms have a class of that name too. */
import type { CallOptions } from '../contract/options.ts'
import { fromOwnKeys } from '../exchange/checked-options.ts'
import type { Lifetime } from '../exchange/lifetime.ts'
import { checkBody } from '../http/body.ts'
import { readBytes } from '../http/bytes.ts'

/** Reports whether an input is a `Request`. */
export function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && input !== null && 'url' in input && 'headers' in input && 'method' in input
}

/** Members that go on to the platform, with the value that means "not set". `same-origin` is the constructor's default. */
const MEMBERS = {
  credentials: 'same-origin',
  mode: 'cors',
  cache: 'default',
  integrity: '',
  keepalive: false,
  referrer: 'about:client',
  referrerPolicy: '',
}

/** A `Request` as options, without its body and signal; the call's own options win. */
export function requestOptions(request: Request, options: CallOptions): CallOptions {
  const { method, headers, redirect } = request
  const given: Record<string, unknown> = { method, redirect, headers: replacesBody(options) ? withoutType(headers) : headers }
  for (const [name, unset] of Object.entries(MEMBERS)) {
    const value = request[name as keyof typeof MEMBERS]
    if (value !== undefined && value !== unset) given[name] = value
  }
  return fromOwnKeys<CallOptions>(given, options)
}

/** The body of a `Request`, buffered so that it survives a 307 and stays the caller's. Reading ends with the lifetime. */
export async function requestBody(
  request: Request,
  method: string,
  options: CallOptions | null | undefined,
  lifetime: Lifetime,
): Promise<ArrayBuffer | undefined> {
  if (request.body === null || replacesBody(options ?? {})) return undefined
  if (request.bodyUsed) throw new TypeError('input: the body of this Request was already used')
  const copy = request.clone()
  // Firefox does not show the body of a Request; it is empty where there is none.
  if (!copy.body) {
    const bytes = method === 'GET' || method === 'HEAD' ? undefined : await lifetime.race(copy.arrayBuffer())
    return bytes?.byteLength ? bytes : undefined
  }
  checkBody(method, copy.body)
  const reader = copy.body.getReader()
  const off = lifetime.onAbort((reason) => {
    reader.cancel(reason).catch(() => undefined)
    // The caller's own stream ends with its copy: nobody else reads it.
    request.body?.cancel(reason).catch(() => undefined)
  })
  try {
    const bytes = await readBytes(reader)
    lifetime.throwIfAborted()
    return bytes.buffer
  } finally {
    off()
  }
}

function replacesBody(options: CallOptions): boolean {
  const { body, form } = fromOwnKeys(options)
  return body !== undefined || form !== undefined
}

/** Headers without the content-type, which was that of the body that is replaced. */
function withoutType(headers: Headers): Headers {
  const kept = new Headers(headers)
  kept.delete('content-type')
  return kept
}

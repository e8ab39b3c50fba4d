/** Bodies: which can be sent again, which become JSON, and which nothing could send as they are meant. */

/** What can be sent: the platform's `BodyInit`, in a spelling that compiles without the DOM. */
export type Body = NonNullable<RequestInit['body']>

/** A body as a request carries it: a function is called for every send. */
export type AnyBody = Body | (() => Body) | null

/** Reports whether a body is used up by sending it: streams and iterators, but not strings, bytes, blobs and forms. */
export function isOneShot(body: AnyBody | undefined): boolean {
  if (typeof body !== 'object' || body === null) return false
  return 'getReader' in body || 'pipe' in body || (Symbol.asyncIterator in body && !('size' in body))
}

/** The body to send now: a function is called, and asked again for the next hop or attempt. */
export function currentBody(body: AnyBody): Body | null {
  if (typeof body !== 'function') return body
  const made = body()
  checkFetchBody(made)
  return made ?? null
}

/** Checks that fetch can send a body with a method. Fetch standard 5.4 (new Request), step 36: GET and HEAD have none. */
export function checkBody(method: string, body: unknown): void {
  checkFetchBody(body)
  if (body !== null && body !== undefined && (method === 'GET' || method === 'HEAD'))
    throw new TypeError(`body: a ${method} request cannot have one`)
}

/**
 * The body that the data door sends: objects and plain values as JSON, or as a form where the headers say so, with the headers
 * that ofetch sets for it. `where` says what the error calls the request.
 */
export function serialise(body: AnyBody, headers: Headers, where: () => string): AnyBody {
  const isText = typeof body === 'string'
  const isValue = typeof body === 'number' || typeof body === 'boolean'
  if (!body || !(isText || isValue || isJSON(body))) return body
  const isForm = headers.get('content-type') === 'application/x-www-form-urlencoded'
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  if (!headers.has('accept')) headers.set('accept', 'application/json')
  if (isText) return body
  // An object by `isJSON`: its fields are the form's.
  if (isForm) return String(new URLSearchParams(body as unknown as Record<string, string>))
  try {
    return JSON.stringify(body)
  } catch (cause) {
    throw new TypeError(`${where()}: the body cannot be written as JSON (a circle or a BigInt); nothing was sent`, { cause })
  }
}

/**
 * Reports whether the data door sends a body as JSON: plain objects, arrays, what has `toJSON`, and objects with fields of
 * their own. By shape, since a test environment has classes of its own.
 */
function isJSON(body: unknown): body is object {
  if (!isForeign(body)) return false
  // Objects with a tag of their own (Map, Set, Promise, Symbol.toStringTag) hold what their own fields do not show.
  const hasFields = tagOf(body) === 'Object' && Object.keys(body).length > 0
  return typeof (body as { toJSON?: unknown }).toJSON === 'function' || isPlain(body) || hasFields
}

/** `session.fetch` is the platform's fetch, which would send an object as the text `[object Object]`, a Map as `[object Map]`. */
export function checkFetchBody(body: unknown): void {
  if (isForeign(body) && (isPlain(body) || String(body).startsWith('[object ')))
    throw new TypeError(
      `body: [object ${tagOf(body)}] would be sent as text; give form, a string, bytes, a Blob or a stream, or a plain object to session.post and its like`,
    )
}

function isPlain(body: object): boolean {
  const prototype = Object.getPrototypeOf(body)
  // By what is above its prototype: an object of another realm has another Object.prototype.
  return Array.isArray(body) || prototype === null || Object.getPrototypeOf(prototype) === null
}

/** What the platform itself knows how to send. */
const PLATFORM = /^(?:ArrayBuffer|Blob|File|FormData|URLSearchParams|ReadableStream)$/

function tagOf(body: object): string {
  return Object.prototype.toString.call(body).slice(8, -1)
}

/** Reports whether a body is an object that the platform itself does not know how to send. */
function isForeign(body: unknown): body is object {
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return false
  const tag = tagOf(body)
  // happy-dom's Blob and FormData have no tag.
  if (tag === 'Object' && typeof ((body as Blob).arrayBuffer ?? (body as FormData).getAll) === 'function') return false
  return !PLATFORM.test(tag) && !isOneShot(body as Body)
}

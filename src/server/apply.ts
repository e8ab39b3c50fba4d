/** Hands Set-Cookie lines to a response that goes to the visitor, each as a header of its own. */

/** What of Node's `ServerResponse` is used; Express' and HTTP/2's responses are such. */
export interface ServerResponseLike {
  /** Whether it is too late to add a header. */
  readonly headersSent: boolean
  /** What a header is set to so far. */
  getHeader(name: string): number | string | readonly string[] | undefined
  /** Sets a header, one line for each value. */
  setHeader(name: string, value: string[]): unknown
}

/** A `Response`, `Headers` or Node's `ServerResponse`. */
export type HandedTo = Response | Headers | ServerResponseLike

const NAME = 'set-cookie'

/** Appends the lines that are not there yet, and returns the target, or a copy of a `Response` that cannot be changed. */
export function applyLines<T extends HandedTo>(target: T, lines: readonly string[]): T {
  if (isServerResponse(target)) return toServerResponse(target, lines)
  if (isHeaders(target)) return toHeaders(target, target, lines)
  const headers = (target as { readonly headers?: unknown } | null | undefined)?.headers
  if (isHeaders(headers)) return toHeaders(target, headers, lines)
  throw new TypeError('applyTo: give a Response, Headers or a ServerResponse')
}

function isServerResponse(target: unknown): target is ServerResponseLike {
  return typeof (target as Partial<ServerResponseLike> | null | undefined)?.setHeader === 'function'
}

function isHeaders(target: unknown): target is Headers {
  return typeof (target as Partial<Headers> | null | undefined)?.getSetCookie === 'function'
}

function toServerResponse<T extends ServerResponseLike>(response: T, lines: readonly string[]): T {
  const there = [response.getHeader(NAME) ?? []].flat().map(String)
  const missing = without(lines, there)
  if (missing.length === 0) return response
  if (response.headersSent)
    throw new TypeError('applyTo: the headers are already sent, and there are cookies to add: call it before the response begins')
  response.setHeader(NAME, [...there, ...missing])
  return response
}

function toHeaders<T extends HandedTo>(target: T, headers: Headers, lines: readonly string[]): T {
  const missing = without(lines, headers.getSetCookie())
  try {
    for (const line of missing) headers.append(NAME, line)
    return target
  } catch (error) {
    // What a fetch or Response.redirect() gave has headers that cannot be changed. The copy is of the caller's own kind.
    if (target !== headers) return copyOf(target as Response, missing) as T
    throw new TypeError('applyTo: these headers cannot be changed: give the Response, or a copy of them', { cause: error })
  }
}

function copyOf(response: Response, lines: readonly string[]): Response {
  const { body, status, statusText } = response
  const headers = new Headers(response.headers)
  for (const line of lines) headers.append(NAME, line)
  return new Response(body, { status, statusText, headers })
}

function without(lines: readonly string[], there: readonly string[]): string[] {
  return lines.filter((line) => !there.includes(line))
}

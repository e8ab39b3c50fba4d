/** What was sent and what came back, in the fields of HAR 1.2: requests, responses, bodies and cookies. The file: `har.ts`. */
import type { TraceBody, TraceCookie, TraceRequest, TraceResponse, TraceSetCookie } from './entry.ts'

/** Interceptors do not see which version of HTTP carried a request; `unknown` is what Chrome writes then. */
const HTTP_VERSION = 'unknown'

/** The request of a hop. */
export function harRequest({ method, url, headers, cookies, hasBody, body }: TraceRequest): Readonly<Record<string, unknown>> {
  return {
    method,
    url,
    httpVersion: HTTP_VERSION,
    cookies: cookies.map(({ name, value }: TraceCookie) => ({ name, value })),
    headers,
    queryString: queryOf(url),
    ...(body ? { postData: postData(body) } : {}),
    headersSize: -1,
    bodySize: hasBody ? -1 : 0,
  }
}

function queryOf(url: string): TraceCookie[] {
  return URL.canParse(url) ? [...new URL(url).searchParams].map(([name, value]) => ({ name, value })) : []
}

function postData({ mimeType, text, base64, isCut }: TraceBody): Readonly<Record<string, unknown>> {
  const cut = isCut ? { comment: 'cut' } : {}
  // `params` beside `text` are not wanted by the specification, but Firefox reads them unasked.
  if (base64 !== undefined) return { mimeType, params: [], text: base64, _encoding: 'base64', ...cut }
  const params = mimeType.startsWith('application/x-www-form-urlencoded') ? pairsOf(text ?? '') : []
  return { mimeType, params, text: text ?? '', ...cut }
}

function pairsOf(form: string): TraceCookie[] {
  return [...new URLSearchParams(form)].map(([name, value]) => ({ name, value }))
}

/** The response of a hop; `arrived` is when its headers came, in ms since 1970. */
export function harResponse(response: TraceResponse, arrived: number): Readonly<Record<string, unknown>> {
  const { status, statusText, headers, cookies, redirectURL, bytes } = response
  return {
    status,
    statusText,
    httpVersion: HTTP_VERSION,
    cookies: cookies.map((cookie) => harCookie(cookie, arrived)),
    headers,
    content: contentOf(response),
    redirectURL,
    headersSize: -1,
    bodySize: headerOf(response, 'content-encoding') === undefined ? bytes : -1,
  }
}

/** As Chrome writes a request that got none. One that may still get one has no error. */
export function noResponse(error: string | undefined): Readonly<Record<string, unknown>> {
  return {
    ...{ status: 0, statusText: '', httpVersion: '', cookies: [], headers: [] },
    ...{ content: { size: 0, mimeType: 'x-unknown' }, redirectURL: '', headersSize: -1, bodySize: -1 },
    ...(error === undefined ? {} : { _error: error }),
  }
}

function contentOf(response: TraceResponse): Readonly<Record<string, unknown>> {
  const { body, bytes } = response
  const mimeType = headerOf(response, 'content-type') ?? 'x-unknown'
  if (!body) return { size: bytes, mimeType }
  const cut = body.isCut ? { comment: 'cut' } : {}
  if (body.base64 !== undefined) return { size: bytes, mimeType, text: body.base64, encoding: 'base64', ...cut }
  return { size: bytes, mimeType, text: body.text ?? '', ...cut }
}

function headerOf({ headers }: TraceResponse, name: string): string | undefined {
  return headers.find((header) => header.name === name)?.value
}

function harCookie(cookie: TraceSetCookie, arrived: number): Readonly<Record<string, unknown>> {
  const { name, value, path, domain, httpOnly, secure, sameSite, refused } = cookie
  const expires = expiryOf(cookie, arrived)
  return {
    name,
    value,
    ...(path === undefined ? {} : { path }),
    ...(domain === undefined ? {} : { domain }),
    ...(expires === undefined ? {} : { expires }),
    httpOnly,
    secure,
    ...(sameSite === undefined ? {} : { sameSite }),
    ...(refused === undefined ? {} : { comment: `refused: ${refused}`, _refused: refused }),
  }
}

/** The last moment that a date can be: ECMAScript, "Time Values and Time Range". */
const LAST = 8.64e15

/** HAR knows dates only. RFC 6265bis 5.6: Max-Age goes before Expires, counts from the response, and 0 or less ends the cookie. */
function expiryOf({ expires, maxAge }: TraceSetCookie, arrived: number): string | undefined {
  if (maxAge !== undefined) return new Date(maxAge > 0 ? Math.min(arrived + maxAge * 1000, LAST) : 0).toISOString()
  const ms = expires === undefined ? Number.NaN : Date.parse(expires)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

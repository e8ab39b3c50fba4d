/** Browsers, React Native and UMD: the browser's own cookies and redirects. What it cannot do is a `TypeError` that says why. */
import type { AuthFlow } from '../contract/options.ts'
import type { SessionOptions } from '../contract/session-options.ts'
import type { Credentials, MountHandler } from '../contract/settings.ts'
import type { Meaning } from '../exchange/failure.ts'
import type { Exchange } from '../exchange/request.ts'
import { type Body, isOneShot } from '../http/body.ts'
import { fetchTransport } from '../layers/transport.ts'
import type { UploadBody } from '../layers/upload.ts'
import type { Environment, SessionParts } from '../session/environment.ts'
import { pageCookies, readPageCookie } from './page-cookies.ts'

const CONNECTIONS = 'its connections are its own, and its user sets them up'

/** Why an option is impossible here, and what to do. */
const IMPOSSIBLE: Readonly<Record<string, string>> = {
  pool: CONNECTIONS,
  proxy: CONNECTIONS,
  tls: CONNECTIONS,
  socketPath: CONNECTIONS,
  trustEnv: CONNECTIONS,
  sensitiveHeaders: 'it follows redirects, and drops only authorization',
  cookies: 'it drops a Cookie header silently: use session.cookies.set',
  maxRedirects: 'it follows 20 by itself',
  jar: 'it has one jar, its own; give { jar: false } for a session without cookies',
}

/** A page: what is the browser's own, and what it cannot have. */
export const environment: Environment = {
  headers: {},
  impossible(name, value) {
    const isDefault = value === false || (name === 'maxRedirects' && value === 20)
    return isDefault || !Object.hasOwn(IMPOSSIBLE, name) ? undefined : impossible(name, IMPOSSIBLE[name])
  },
  checkCall({ headers, body }) {
    if (headers.has('cookie')) throw impossible('headers', IMPOSSIBLE.cookies)
    checkStream(body)
  },
  pageURL: () => globalThis.document?.baseURI ?? globalThis.location?.href,
  createParts: (options) => createParts(options.fetch, options.jar),
}

/** Firefox would send the text `[object ReadableStream]`. */
function checkStream(body: unknown): void {
  if (isOneShot(body as Body) && !sendsStreams()) throw impossible('body', 'this one cannot send a stream: give a Blob')
}

function impossible(option: string, why: string | undefined): TypeError {
  return new TypeError(`${option}: not in a browser: ${why}`)
}

function createParts(fetch: SessionOptions['fetch'], jar: SessionOptions['jar']): SessionParts {
  const isOff = jar === false
  const credentialsOf = ({ call }: Exchange) => call.platform.credentials ?? (isOff ? 'omit' : 'include')
  const transport = fetchTransport({
    fetch,
    checkBody: checkStream,
    init: (exchange) => ({ redirect: exchange.call.redirect, credentials: credentialsOf(exchange) }),
    explain: (_, exchange) => explain(exchange, credentialsOf(exchange)),
  })
  const share: SessionParts['share'] = (_, options) => createParts(options.fetch ?? fetch, options.jar ?? jar)
  return {
    takeApart,
    transport,
    cookies: pageCookies(isOff),
    describe: () => ({ cookies: "the browser's", transport: 'fetch' }),
    readCookie: (exchange, name) => (credentialsOf(exchange) === 'omit' ? undefined : readPageCookie(name)),
    share,
    fork(base, options) {
      if (options.jar === false) return share(base, options)
      throw impossible('fork', IMPOSSIBLE.jar)
    },
    close: async () => undefined,
  }
}

function explain({ call, body }: Exchange, credentials: RequestCredentials): Meaning {
  const ofCookies =
    credentials === 'include'
      ? "; with credentials 'include' the server must name this origin, not '*' (or give credentials: 'omit')"
      : ''
  const ofStreams =
    call.options.onUploadProgress && body !== null
      ? '; onUploadProgress sends a stream, which needs HTTP/2, and from another origin a preflight'
      : ''
  return { text: `the request failed: no network, or CORS refused it${ofCookies}${ofStreams}` }
}

/** Browsers send streams over https only, and some none at all. */
function takeApart(body: Body, { protocol }: URL): UploadBody {
  if (!sendsStreams()) throw impossible('onUploadProgress', 'this one cannot send a stream')
  if (protocol !== 'https:') throw new TypeError('onUploadProgress: a browser sends streams over https only')
  const { body: stream, headers } = new Response(body as BodyInit)
  const { arrayBuffer, size, byteLength } = body as Partial<Blob & ArrayBuffer>
  return {
    body: typeof body === 'string' ? body : stream,
    type: headers.get('content-type') ?? undefined,
    // Of a Blob; other things with a size, such as URLSearchParams, do not count bytes.
    length: arrayBuffer ? size : byteLength,
  }
}

/** Whether `fetch` takes a stream as body; a browser that does not never asks how it is to be sent. */
function sendsStreams(): boolean {
  let asked = false
  const init = {
    method: 'POST',
    body: new ReadableStream(),
    get duplex() {
      asked = true
      return 'half'
    },
  }
  void new Request('http://localhost/', init as RequestInit)
  return asked
}

/** Digest is for servers: a browser answers a digest challenge by itself, with its own dialog. */
export function digest(_credentials: Credentials): AuthFlow {
  throw impossible('digest', 'it answers a digest challenge by itself')
}

/** Connections of one's own are for Node. */
export function pool(): MountHandler & { close(): Promise<void> } {
  throw impossible('pool', IMPOSSIBLE.pool)
}

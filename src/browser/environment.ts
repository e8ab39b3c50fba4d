/** Browsers, React Native and UMD: the browser's own cookies and redirects. What it cannot do is a `TypeError` that says why. */

import type { Credentials, SessionOptions } from '../contract/options.ts'
import { markHistory } from '../exchange/marks.ts'
import { type Layer, stateOf } from '../exchange/request.ts'
import { isOneShot } from '../http/body.ts'
import type { AuthFlow } from '../layers/auth.ts'
import type { MountHandler } from '../layers/mounts.ts'
import { fetchTransport } from '../layers/transport.ts'
import type { Environment, SessionParts, Transport } from '../session/environment.ts'
import { pageCookies, readPageCookie } from './page-cookies.ts'

/** Why an option is impossible here, and what to do. */
const IMPOSSIBLE: Readonly<Record<string, string>> = {
  pool: 'a browser pools connections by itself',
  proxy: 'a browser uses the proxy of its own settings',
  tls: "a browser trusts its user's certificates",
  socketPath: 'a browser has no sockets',
  trustEnv: 'a browser has no environment variables',
  sensitiveHeaders: 'a browser follows redirects by itself, and drops only authorization',
  cookies: 'a browser drops a Cookie header silently: use session.cookies.set',
}

export const environment: Environment = {
  headers: {},
  checkOptions(options) {
    for (const [name, why] of Object.entries(IMPOSSIBLE)) {
      const value = (options as Record<string, unknown>)[name]
      if (value !== undefined && value !== null && value !== false) throw new TypeError(`${name}: not in a browser: ${why}`)
    }
    const { maxRedirects, jar } = options as SessionOptions
    if (maxRedirects !== undefined && maxRedirects !== 20)
      throw new TypeError('maxRedirects: not in a browser: it follows 20 by itself')
    if (jar) throw new TypeError('jar: not in a browser: it has one jar, its own; only false is possible, which omits cookies')
  },
  checkCall({ headers, body }) {
    if (headers.has('cookie')) throw new TypeError(`headers: not in a browser: ${IMPOSSIBLE.cookies}`)
    if (isOneShot(body) && !sendsStreams()) throw new TypeError('body: this browser cannot send a stream: give a Blob')
  },
  pageURL: () => globalThis.document?.baseURI ?? globalThis.location?.href,
  createParts: (options) => createParts(options.fetch, options.jar),
}

/** Fetch standard 4.4 in the platform: the redirects that it follows, it hides. */
const redirectLayer: Layer = async (request, next) => markHistory(await next(request), [])
const cookieLayer: Layer = (request, next) => next(request)

function createParts(fetch: SessionOptions['fetch'], jar: SessionOptions['jar']): SessionParts {
  const credentials = jar === false ? 'omit' : 'include'
  const transport: Transport = fetchTransport({
    fetch,
    init: (request) => {
      const { platform, redirect } = stateOf(request).call
      return { redirect, credentials: platform.credentials ?? credentials }
    },
    hint: (request) =>
      (stateOf(request).call.platform.credentials ?? credentials) === 'include'
        ? ": no network, or CORS refused it; with credentials 'include' the server must name this origin, not '*' (or give credentials: 'omit')"
        : ': no network, or CORS refused it',
  })
  return {
    ...{ redirectLayer, cookieLayer, transport, cookies: pageCookies(jar === false) },
    describeCookies: () => "the browser's",
    readCookie: (request, name) =>
      (stateOf(request).call.platform.credentials ?? credentials) === 'omit' ? undefined : readPageCookie(name),
    share: (_, options) => createParts(options.fetch ?? fetch, options.jar ?? jar),
    fork(_, options) {
      if (options.jar === false) return createParts(options.fetch ?? fetch, false)
      throw new TypeError('fork: not in a browser: it has one jar, its own; give { jar: false } for a session without cookies')
    },
    close: async () => undefined,
  }
}

/** Whether `fetch` takes a stream as body; a browser that does not sends the text `[object ReadableStream]`. */
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
  return !new Request(globalThis.location?.href ?? 'http://localhost/', init as RequestInit).headers.has('content-type') && asked
}

/** Digest is for servers: a browser answers a digest challenge by itself, with its own dialog. */
export function digest(_credentials: Credentials): AuthFlow {
  throw new TypeError('digest: not in a browser: it answers a digest challenge by itself')
}

/** Connections of one's own are for Node. */
export function pool(): MountHandler & { close(): Promise<void> } {
  throw new TypeError(`pool: not in a browser: ${IMPOSSIBLE.pool}`)
}

/**
 * Digest auth, RFC 7616, and RFC 2069 for servers without `qop`.
 *
 * The server's nonce is used again with a rising count, also by calls in parallel: after the first challenge a call is
 * one request. A challenge belongs to the origin that gave it.
 */

import { describe } from '../../contract/errors.ts'
import type { Credentials } from '../../contract/options.ts'
import { originOf } from '../../exchange/credentials.ts'
import { refusal } from '../../exchange/failure.ts'
import type { SessionRequest } from '../../exchange/request.ts'
import { checkCredentials } from '../../http/basic.ts'
import type { AuthFlow } from '../../layers/auth.ts'
import { type Challenge, parseChallenges } from './challenge.ts'
import { md5 } from './md5.ts'

interface Nonce {
  readonly algorithm: string
  readonly parameters: Challenge['parameters']
  nonce: string
  /** The client's nonce; with `-sess` the key hangs on it, so it stays as long as the server's. */
  readonly cnonce: string
  count: number
}

/** RFC 7616 section 3.4.2, the strongest first. SHA-512-256 is in no browser's and no WebCrypto's list. */
const ALGORITHMS = ['SHA-256', 'SHA-256-SESS', 'MD5', 'MD5-SESS']

/**
 * Answers digest challenges: MD5 and SHA-256, `-sess`, `qop=auth` or none.
 *
 * @throws TypeError in a browser, which answers a digest challenge by itself
 * @example
 * ```ts
 * const session = createSession({ auth: digest({ username: 'ada', password: 'secret' }) })
 * ```
 */
export function digest(credentials: Credentials): AuthFlow {
  checkCredentials(credentials)
  const nonces = new Map<string, Nonce>()

  return async function* flow(request: SessionRequest): AsyncGenerator<SessionRequest, void, Response> {
    const origin = originOf(request.url)
    let known = nonces.get(origin)
    let isNew = false
    // At most: a nonce from before that is no longer good, the challenge, and once more if that was stale by then.
    for (let sends = 1; ; sends++) {
      if (known) request.headers.set('authorization', await authorization(credentials, request, known))
      const response = yield request
      if (known) takeNextNonce(known, response)
      if (response.status !== 401 || sends === 3) return
      const challenge = choose(response, request)
      const isStale = challenge?.parameters.get('stale')?.toLowerCase() === 'true'
      // A fresh nonce that is refused means a wrong password.
      if (!challenge || (isNew && !isStale)) return
      known = { ...challenge, nonce: challenge.parameters.get('nonce') ?? '', cnonce: randomNonce(), count: 0 }
      isNew = true
      nonces.set(origin, known)
    }
  }
}

/** The strongest challenge that we can answer. */
function choose(
  response: Response,
  request: SessionRequest,
): { algorithm: string; parameters: Challenge['parameters'] } | undefined {
  const digests = parseChallenges(response.headers.get('www-authenticate') ?? '')
    .filter(({ scheme, parameters }) => scheme === 'digest' && parameters.has('nonce'))
    .map(({ parameters }) => ({ parameters, algorithm: (parameters.get('algorithm') ?? 'MD5').toUpperCase() }))
    .filter(({ algorithm }) => ALGORITHMS.includes(algorithm))
    .sort((a, b) => ALGORITHMS.indexOf(a.algorithm) - ALGORITHMS.indexOf(b.algorithm))
  const usable = digests.find(({ parameters }) => qopOf(parameters) !== 'auth-int')
  if (!usable && digests.length > 0)
    throw refusal(`${describe(request)}: the server asks for digest with qop=auth-int, which is not supported`)
  return usable
}

function qopOf(parameters: Challenge['parameters']): string | undefined {
  const offered = parameters
    .get('qop')
    ?.toLowerCase()
    .split(/\s*,\s*/)
  if (!offered) return undefined
  return offered.includes('auth') ? 'auth' : 'auth-int'
}

/** RFC 7616 section 3.5: the server may name the next nonce. */
function takeNextNonce(known: Nonce, response: Response): void {
  const next = /nextnonce="([^"]+)"/.exec(response.headers.get('authentication-info') ?? '')?.[1]
  if (next === undefined || next === known.nonce) return
  known.nonce = next
  known.count = 0
}

/** The `Authorization` header, RFC 7616 section 3.4. The count is taken before the first await, so that no two calls share one. */
export async function authorization(
  credentials: Credentials,
  request: Pick<SessionRequest, 'url' | 'method'>,
  known: Nonce,
): Promise<string> {
  const { parameters, algorithm, nonce, cnonce } = known
  const nc = (++known.count).toString(16).padStart(8, '0')
  const qop = qopOf(parameters)
  const realm = parameters.get('realm') ?? ''
  const uri = `${request.url.pathname}${request.url.search}`
  const hash = (...parts: string[]) => hexHash(algorithm.startsWith('SHA-256') ? 'SHA-256' : 'MD5', parts.join(':'))
  const key = await hash(credentials.username, realm, credentials.password)
  const ha1 = algorithm.endsWith('-SESS') ? await hash(key, nonce, cnonce) : key
  const ha2 = await hash(request.method, uri)
  const response = qop ? await hash(ha1, nonce, nc, cnonce, qop, ha2) : await hash(ha1, nonce, ha2)
  const fields = [
    parameters.get('userhash') === 'true'
      ? `username="${await hash(credentials.username, realm)}", userhash=true`
      : usernameField(credentials),
    `realm="${escaped(realm)}", nonce="${escaped(nonce)}", uri="${uri}", response="${response}"`,
    parameters.has('algorithm') && `algorithm=${parameters.get('algorithm')}`,
    parameters.has('opaque') && `opaque="${escaped(parameters.get('opaque') ?? '')}"`,
    qop ? `qop=${qop}, nc=${nc}, cnonce="${cnonce}"` : algorithm.endsWith('-SESS') && `cnonce="${cnonce}"`,
  ]
  return `Digest ${fields.filter(Boolean).join(', ')}`
}

/** RFC 7616 section 3.4: a name beyond ASCII goes as `username*`, RFC 8187. */
function usernameField({ username }: Credentials): string {
  const isASCII = /^[\x20-\x7e]*$/.test(username)
  return isASCII ? `username="${escaped(username)}"` : `username*=UTF-8''${encodeURIComponent(username)}`
}

function escaped(text: string): string {
  return text.replace(/["\\]/g, '\\$&')
}

async function hexHash(algorithm: 'SHA-256' | 'MD5', text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text)
  const hashed = algorithm === 'MD5' ? md5(bytes) : new Uint8Array(await crypto.subtle.digest(algorithm, bytes))
  return Array.from(hashed, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function randomNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

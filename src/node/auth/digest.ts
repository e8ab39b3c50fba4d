/**
 * Digest auth, RFC 7616, and RFC 2069 for servers without `qop`.
 *
 * The server's nonce is used again with a rising count, also by calls in parallel: after the first challenge a call is
 * one request. A challenge belongs to the origin that gave it.
 */

import { describe } from '../../contract/errors.ts'
import type { AuthFlow, SessionRequest } from '../../contract/options.ts'
import { refusal } from '../../exchange/failure.ts'
import { type Credentials, checkCredentials } from '../../http/basic.ts'
import { originOf } from '../../http/origin.ts'
import { authorization, type DigestChallenge, isFlagSet, type Nonce } from './authorization.ts'
import { type Challenge, parseChallenges, parseParameters } from './challenge.ts'
import { HASH_NAMES, hex } from './hash.ts'

/**
 * Requests per call at most: with the nonce that is known, without one if that was refused without a challenge, with the nonce of
 * the challenge that comes back, and once more if that one was stale by then.
 */
const MAX_SENDS = 4

/**
 * Answers digest challenges: MD5, SHA-256 and SHA-512-256, `-sess`, `qop=auth` or none.
 *
 * @throws TypeError in a browser, which answers a digest challenge by itself
 * @example
 * ```ts
 * const session = createSession({ auth: digest({ username: 'ada', password: 'secret' }) })
 * ```
 */
export function digest(credentials: Credentials): AuthFlow {
  const own = checkCredentials(credentials, 'digest')
  const nonces = new Map<string, Nonce>()

  return async function* flow(request: SessionRequest): AsyncGenerator<SessionRequest, void, Response> {
    const origin = originOf(request.url)
    let nonce = nonces.get(origin)
    let isFresh = false
    for (let sends = 1; ; sends++) {
      if (nonce) request.headers.set('authorization', authorization(own, request, nonce))
      else request.headers.delete('authorization')
      const response = yield request
      if (nonce) takeNextNonce(nonce, response)
      if (response.status !== 401 || sends === MAX_SENDS) return
      const challenge = choose(response.headers.get('www-authenticate') ?? '', request)
      if (challenge) {
        // A fresh nonce that is refused means a wrong password.
        if (isFresh && !isFlagSet(challenge.parameters, 'stale')) return
        nonce = nonceOf(challenge, nonces.get(origin))
        nonces.set(origin, nonce)
        isFresh = true
      } else {
        // Forgotten, since later calls would be refused with it as well.
        if (nonce && nonces.get(origin) === nonce) nonces.delete(origin)
        if (!nonce || isFresh) return
        nonce = undefined
      }
    }
  }
}

/**
 * The nonce of a challenge. Parallel calls may be given the same one and then share its count: a server refuses a count it has
 * seen.
 */
function nonceOf(challenge: DigestChallenge, known: Nonce | undefined): Nonce {
  const first = challenge.parameters.get('nonce') ?? ''
  const isSame = ['nonce', 'realm', 'algorithm'].every((name) => challenge.parameters.get(name) === known?.parameters.get(name))
  if (known && isSame && known.current === first) return known
  return { ...challenge, first, current: first, cnonce: hex(crypto.getRandomValues(new Uint8Array(16))), count: 0 }
}

/** The strongest challenge of a `WWW-Authenticate` header that can be answered; an error if digest is asked for, but none can. */
export function choose(header: string, request: Pick<SessionRequest, 'method' | 'url'>): DigestChallenge | undefined {
  const offered = parseChallenges(header)
    .filter(({ scheme, parameters }) => scheme === 'digest' && parameters.has('nonce'))
    .map(({ parameters }) => parameters)
  if (offered.length === 0) return undefined
  const usable = offered.map(usableOf).filter((challenge) => challenge !== undefined)
  const [best] = usable.sort((one, other) => rank(one) - rank(other))
  if (best) return best
  throw refusal(
    `${describe(request)}: the server asks for digest with ${unknownPart(offered[0] ?? new Map())}, which is not supported`,
  )
}

function rank({ hash, isSession }: DigestChallenge): number {
  return 2 * HASH_NAMES.indexOf(hash) + Number(isSession)
}

function usableOf(parameters: Challenge['parameters']): DigestChallenge | undefined {
  const algorithm = (parameters.get('algorithm') || 'MD5').toUpperCase()
  const isSession = algorithm.endsWith('-SESS')
  const hash = HASH_NAMES.find((name) => name === (isSession ? algorithm.slice(0, -'-SESS'.length) : algorithm))
  const qops = qopsOf(parameters)
  const qop = qops.includes('auth') ? 'auth' : undefined
  return hash && (qop || qops.length === 0) ? { hash, isSession, qop, parameters } : undefined
}

/** RFC 7616 section 3.3: a list in quotes; an empty one is none. */
function qopsOf(parameters: Challenge['parameters']): string[] {
  const list = parameters.get('qop') ?? ''
  return list
    .split(',')
    .map((qop) => qop.trim().toLowerCase())
    .filter(Boolean)
}

/** Names the part of a challenge that is not supported. */
function unknownPart(parameters: Challenge['parameters']): string {
  const algorithm = parameters.get('algorithm') ?? 'MD5'
  const isKnown = usableOf(new Map([['algorithm', algorithm]])) !== undefined
  return isKnown ? `qop ${qopsOf(parameters).slice(0, 3).map(shown).join(', ')}` : `algorithm ${shown(algorithm)}`
}

/** A server's word for a message: shown if it is a short token, since a server could send escape sequences or long texts. */
function shown(word: string): string {
  return /^[\w.+-]{1,40}$/.test(word) ? `'${word}'` : '(not a name)'
}

/** RFC 7616 section 3.5: the server may name the next nonce. */
function takeNextNonce(nonce: Nonce, response: Response): void {
  const next = parseParameters(response.headers.get('authentication-info') ?? '').get('nextnonce')
  if (!next || next === nonce.current) return
  nonce.current = next
  nonce.count = 0
}

/** Auth: one primitive, the auth flow, and the schemes that need no state of their own. */

import { describe, UnrewindableBodyError } from '../contract/errors.ts'
import type { Auth, Credentials } from '../contract/options.ts'
import type { Session } from '../contract/session.ts'
import { discard } from '../exchange/discard.ts'
import {
  isAtOrigin,
  type Layer,
  type LayerNext,
  type LayerRequest,
  type SessionRequest,
  stateOf,
  withChange,
} from '../exchange/request.ts'
import { basic } from '../http/basic.ts'
import { isOneShot } from '../http/body.ts'
import type { Reentry } from '../session/environment.ts'
import { fromCaller } from './interceptors.ts'

/**
 * Speaks to the server in as many requests as a scheme needs: `yield` sends a request, and the response comes back.
 * The last response is the call's.
 *
 * @example
 * ```ts
 * async function* flow(request: SessionRequest) {
 *   const response = yield request
 *   if (response.status === 401) {
 *     request.headers.set('authorization', answer(response.headers.get('www-authenticate')))
 *     yield request
 *   }
 * }
 * ```
 */
export type AuthFlow = (request: SessionRequest) => AsyncGenerator<SessionRequest, void, Response>

/** What the library's own flows get beyond the request. */
export interface FlowContext {
  readonly session: Session
  readonly reentry: Reentry | undefined
  /** Waits, but not longer than the call may go on. */
  race<T>(work: Promise<T> | T): Promise<T> | T
}

/** An `auth` option that was checked, ready to be used for a call. */
export type Authenticator =
  | { readonly header: () => string | Promise<string> }
  | { readonly flow: (request: SessionRequest, context: FlowContext) => AsyncGenerator<SessionRequest, void, Response> }

/** Checks an `auth` option. */
export function parseAuth(auth: Auth | null | undefined): Authenticator | null {
  if (auth === null || auth === undefined) return null
  if (typeof auth === 'function') return { flow: auth }
  if (typeof auth !== 'object') throw wrongAuth()
  if ('username' in auth || 'password' in auth) {
    const header = basic(auth as Credentials)
    return { header: () => header }
  }
  const { token } = auth
  if (typeof token === 'string') {
    const header = bearer(token)
    return { header: () => header }
  }
  if (typeof token !== 'function') throw wrongAuth()
  return { header: () => bearerOf(token()) }
}

function wrongAuth(): TypeError {
  return new TypeError('auth: give { username, password }, { token }, digest(…), refreshable(…), an auth flow or null')
}

function bearerOf(token: string | Promise<string>): string | Promise<string> {
  return typeof token === 'string' ? bearer(token) : Promise.resolve(token).then(bearer)
}

/** RFC 6750 section 2.1; wider than its b64token, since servers are, but nothing that a header cannot hold. */
export function bearer(token: unknown): string {
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`
  throw new TypeError('auth: the token must be a string of visible ASCII characters, without blanks')
}

/** Adds credentials, only at the origin that they belong to. An `Authorization` header that is already there wins. */
export const authLayer: Layer = (request, next) => {
  const { call, crossed } = stateOf(request)
  const auth = call.auth === undefined && !call.opaque ? call.environment.authOf?.(request.url) : call.auth
  const applies = auth && !crossed && isAtOrigin(request) && !request.headers.has('authorization')
  return applies ? authenticate(request, auth, next) : next(request)
}

async function authenticate(request: LayerRequest, auth: Authenticator, next: LayerNext): Promise<Response> {
  const { call, scope } = stateOf(request)
  if ('flow' in auth) {
    const context = {
      session: call.session,
      reentry: call.state.environment.reentry,
      race: <T>(work: Promise<T> | T) => scope.race(work),
    }
    return runFlow(auth.flow(request.copy(), context), request, next)
  }
  const headers = new Headers(request.headers)
  headers.set('authorization', await scope.race(auth.header()))
  return next(withChange(request, { headers }))
}

/** A flow that throws leaves a response that nobody reads. */
async function nextStep(flow: ReturnType<AuthFlow>, response: Response): Promise<IteratorResult<SessionRequest, void>> {
  try {
    return await flow.next(response)
  } catch (error) {
    await discard(response)
    throw error
  }
}

async function runFlow(flow: ReturnType<AuthFlow>, request: LayerRequest, next: LayerNext): Promise<Response> {
  let response: Response | undefined
  try {
    for (let step = await flow.next(); !step.done; step = await nextStep(flow, response as Response)) {
      if (response) await discard(response)
      if (response && isOneShot(step.value.body)) {
        throw new UnrewindableBodyError(
          `${describe(request)}: auth needs to send the body again, and a stream cannot be: give body as a function`,
          { request, response: response as never },
        )
      }
      response = await next(fromCaller(step.value, request))
    }
  } finally {
    // Ends a flow that waits in a yield when the send failed, so that its own finally blocks run.
    await flow.return().catch(() => undefined)
  }
  if (response) return response
  throw new TypeError(`${describe(request)}: the auth flow sent nothing: yield the request`)
}

/** Auth: one primitive, the auth flow, and the schemes that need no state of their own. */
import { describe, UnrewindableBodyError } from '../contract/errors.ts'
import type { Auth, AuthFlow, SessionRequest } from '../contract/options.ts'
import type { SessionResponse } from '../contract/response.ts'
import type { Session } from '../contract/session.ts'
import type { Credentials } from '../contract/settings.ts'
import type { Authenticator } from '../exchange/call.ts'
import { discard, orDiscard } from '../exchange/discard.ts'
import { answered, type Exchange, forCaller, type Layer, type Send, withRequest } from '../exchange/request.ts'
import { type TraceType, tellTrace } from '../exchange/trace.ts'
import { basic } from '../http/basic.ts'
import { isOneShot } from '../http/body.ts'
import { originOf } from '../http/origin.ts'
import { askToken, bearer, type Token, type TokenSource } from './bearer.ts'
import { answerOf } from './concurrency.ts'
import { sendFromCaller } from './interceptors.ts'

/** Tells whether code runs inside of a piece of work, also after an `await`, where the platform can tell. */
export interface Reentry {
  /** Runs work as the inside of a key. */
  run<T>(key: object, work: () => T): T
  /** Reports whether the code that asks runs inside of that key. */
  isInside(key: object): boolean
}

/** What the flow of `refreshable()` gets beside the request. */
export interface FlowContext {
  /** Makes a session with auth off and the same jar, whose calls take no place of `concurrency`. */
  readonly quietSession: () => Session
  readonly reentry: Reentry | undefined
  /** Waits, until the call is aborted at the latest. Its place of `concurrency` is free meanwhile. */
  wait<T>(work: () => Promise<T> | T): Promise<T>
  tellTrace(type: TraceType): void
}

type InnerFlow = (request: SessionRequest, context: FlowContext) => ReturnType<AuthFlow>

/** What the auth layer needs of its session. */
export interface AuthSources extends Pick<FlowContext, 'quietSession' | 'reentry'> {
  /** Credentials that the environment has for a URL, below the call's and the session's. */
  readonly authOf?: EnvironmentAuth | undefined
}

/** Finds credentials of the environment (`.netrc`) for a hop, which has left the call's origin or is still at home. */
export type EnvironmentAuth = (exchange: Exchange, isAtHome: boolean) => Authenticator | undefined

/** Checks an `auth` option. */
export function parseAuth(auth: Auth | null | undefined): Authenticator | null {
  if (auth === null || auth === undefined) return null
  if (typeof auth === 'function') return isGenerator(auth) ? { flow: auth } : wrongAuth()
  if (typeof auth !== 'object') return wrongAuth()
  if (Object.hasOwn(auth, 'username') || Object.hasOwn(auth, 'password')) {
    const header = basic(auth as Credentials)
    return { header: () => header }
  }
  if (!Object.hasOwn(auth, 'token')) return wrongAuth()
  const { token } = auth as { readonly token: TokenSource | Token }
  if (typeof token === 'function') return { header: () => bearerOf(token) }
  if (typeof (token ?? '') !== 'string') return wrongAuth()
  const header = bearer(token)
  return { header: () => header }
}

function wrongAuth(): never {
  throw new TypeError('auth: give { username, password }, { token }, digest(), refreshable(), an auth flow or null')
}

function bearerOf(source: TokenSource): string | undefined | Promise<string | undefined> {
  const token = askToken(source)
  return typeof token === 'object' && token ? token.then(bearer) : bearer(token)
}

/**
 * Reports whether a function may be a flow: an async function that is no generator is none. A plain one may return a generator.
 */
function isGenerator(flow: AuthFlow): boolean {
  return Object.prototype.toString.call(flow) !== '[object AsyncFunction]'
}

/** Adds credentials, only at the origin that they belong to. An `Authorization` header that is already there wins. */
export function authLayer(sources: AuthSources): Layer {
  return (exchange, next) => {
    const { call, crossed, headers } = exchange
    if (call.isOpaque || headers.has('authorization')) return next(exchange)
    const isAtHome = !crossed && isAtOrigin(exchange)
    const auth = call.auth === undefined ? sources.authOf?.(exchange, isAtHome) : isAtHome ? call.auth : null
    return auth ? authenticate(exchange, auth, sources, next) : next(exchange)
  }
}

/** Reports whether a request is still at the origin that the call's secrets belong to. */
export function isAtOrigin({ url, call }: Exchange): boolean {
  return url === call.url || originOf(url) === call.origin
}

async function authenticate(exchange: Exchange, auth: Authenticator, sources: AuthSources, next: Send): Promise<Response> {
  const wait = <T>(work: () => Promise<T> | T) => answerOf(exchange, work())
  if ('flow' in auth) {
    const context: FlowContext = { ...sources, wait, tellTrace: (type) => tellTrace(exchange.call, type) }
    return runFlow((auth.flow as InnerFlow)(forCaller(exchange), context), exchange, next)
  }
  const value = await wait(auth.header)
  if (value === undefined) return next(exchange)
  const headers = new Headers(exchange.headers)
  headers.set('authorization', value)
  return next(withRequest(exchange, { headers }))
}

async function runFlow(flow: ReturnType<AuthFlow>, exchange: Exchange, send: Send): Promise<Response> {
  const where = describe(exchange)
  if (typeof flow?.next !== 'function')
    throw new TypeError(`auth: a flow must be an async generator, async function* (request) { yield request }`)
  let response: Response | undefined
  const next = () => answered(exchange, flow.next(response as Response))
  try {
    for (let step = await next(); !step.done; step = await orDiscard(response, next)) {
      await discard(response)
      if (response && isOneShot(step.value.body)) {
        throw new UnrewindableBodyError(
          `${where}: auth needs to send the body again, and a stream cannot be: give body as a function`,
          { request: forCaller(exchange), response: response as SessionResponse },
        )
      }
      response = await sendFromCaller(step.value, exchange, send)
    }
  } finally {
    // Ends a flow that waits in a yield when the send failed, so that its own finally blocks run.
    Promise.resolve(flow.return()).catch(() => undefined)
  }
  if (response) return response
  throw new TypeError(`${where}: the auth flow sent nothing: yield the request`)
}

/** The state of a session: what stays between calls. */
import type { Auth, Interceptor } from '../contract/options.ts'
import type { Session } from '../contract/session.ts'
import type { SessionOptions } from '../contract/session-options.ts'
import { Lifetime } from '../exchange/lifetime.ts'
import type { Send } from '../exchange/request.ts'
import { basic } from '../http/basic.ts'
import { originOf } from '../http/origin.ts'
import { mergedQuery } from '../http/query.ts'
import { parseBase, takeUserinfo } from '../http/url.ts'
import { type Limiter, parseConcurrency } from '../layers/concurrency.ts'
import { Mounts } from '../layers/mounts.ts'
import type { Environment, SessionParts } from './environment.ts'
import { inherit, type Settled } from './inherited.ts'
import { checkOptions, inheritedOptions } from './option-table.ts'

/** The URL that an input leads to. */
export interface Located {
  readonly url: URL
  readonly origin: string
  readonly isOpaque: boolean
  /** The `Authorization` header of the userinfo that stood in the URL. */
  readonly userinfo?: string
}

/** A session as its calls see it: its checked options, and what lives as long as the session. */
export interface SessionState extends Settled {
  readonly environment: Environment
  readonly parts: SessionParts
  /** `null`: a relative one where there is no page, for which every call is refused. */
  readonly base: URL | null | undefined
  /** The origin that the session's secrets belong to; without a `baseURL` they go to the URL of each call. */
  readonly home: string | undefined
  readonly query: URLSearchParams
  readonly mounts: Mounts
  readonly concurrency: SessionOptions['concurrency']
  readonly limiter: Limiter | undefined
  readonly interceptors: Interceptor[]
  readonly hopInterceptors: Interceptor[]
  /** `session.auth`, as it was given. */
  givenAuth: Auth | null
  /** Ends with `close()`. Calls that wait for a retry, a place or the body of a `Request` end with it. */
  readonly lifetime: Lifetime
  /** The chain of a call without interceptors of its own; made again after `use`. */
  chain: Send | undefined
  /** Inputs whose URL is known; forgotten when a mount changes what an input means. */
  readonly located: Map<string, Located>
  /** Makes the session that `refresh` is given: auth off, same jar, no place of `concurrency`. */
  readonly quietSession: () => Session
}

/**
 * A child shares its parent's jar and count of calls (`share`), has its own (`fork`), or shares the jar and is not counted
 * (`quiet`).
 */
export type Kinship = 'share' | 'fork' | 'quiet'

const NOTHING: Omit<Settled, 'headers'> = {
  ...{ options: { context: {} }, body: null, sensitiveHeaders: new Set(), platform: {} },
  ...{ ownAuth: undefined, auth: undefined, csrf: undefined, cookies: undefined, timeout: undefined, retry: undefined },
}

/** Makes the state of a session: checks its options and merges them over its parent's. */
export function createState(
  environment: Environment,
  given: SessionOptions,
  quietSession: () => Session,
  parent?: SessionState,
  kinship?: Kinship,
): SessionState {
  checkOptions(given, 'session', environment.impossible)
  const { baseURL, auth, concurrency = parent?.concurrency } = given
  // `''` and `null` are none.
  const ownBase = baseURL ? parseBase(baseURL, environment.pageURL()) : undefined
  const base = baseURL === undefined ? parent?.base : ownBase
  const userinfo = ownBase ? takeUserinfo(ownBase) : undefined
  const home = base ? originOf(base) : undefined
  // A child whose baseURL has another origin inherits settings but no secrets.
  const isHome = !parent || isHomeOf(parent, home)
  const from = parent ?? { ...NOTHING, headers: new Headers(environment.headers) }
  const settled = inherit(environment, from, given, { isHome, userinfo: userinfo && basic(userinfo) })
  const mounts = new Mounts(parent?.mounts)
  for (const [prefix, handler] of Object.entries(given.mounts ?? {})) mounts.set(prefix, handler)
  const sharesCount = given.concurrency === undefined && kinship !== 'fork'
  const limiter = sharesCount ? parent?.limiter : parseConcurrency(concurrency)
  const lifetime = new Lifetime()
  lifetime.canAbort = true
  return {
    ...settled,
    ...{ environment, base, home, mounts, concurrency, lifetime, quietSession },
    query: mergedQuery(parent?.query, given),
    limiter: kinship === 'quiet' ? undefined : limiter,
    options: inheritedOptions(settled.options),
    interceptors: [...(parent?.interceptors ?? []), ...(given.interceptors ?? [])],
    hopInterceptors: [...(parent?.hopInterceptors ?? []), ...(given.hopInterceptors ?? [])],
    givenAuth: auth === undefined ? (isHome && parent?.givenAuth) || null : auth,
    chain: undefined,
    located: new Map(),
    parts: parent
      ? parent.parts[kinship === 'fork' ? 'fork' : 'share'](base ?? undefined, given)
      : environment.createParts(given, base ?? undefined),
  }
}

/** Whether a session's secrets belong to an origin. A session without a home sends them to the URL of each call. */
export function isHomeOf({ home }: Pick<SessionState, 'home'>, origin: string | undefined): boolean {
  return home === undefined || home === origin
}

/** The session object: a function, as ofetch's instances are, with everything that should persist around it. */

import { SessionClosedError } from '../contract/errors.ts'
import type { Auth, CallOptions, SessionOptions } from '../contract/options.ts'
import { BASE_URL, type Session } from '../contract/session.ts'
import { ownProperties } from '../exchange/checked-options.ts'
import type { Interceptor } from '../exchange/request.ts'
import { parseAuth } from '../layers/auth.ts'
import type { MountHandler } from '../layers/mounts.ts'
import { createDoors } from './doors.ts'
import type { Environment, SessionParts } from './environment.ts'
import { describeSession, INSPECT } from './inspect.ts'
import type { FetchInput } from './request-input.ts'
import { createState, type SessionState } from './state.ts'

const DATA_VERBS = ['get', 'post', 'put', 'patch', 'delete'] as const
const RESPONSE_VERBS = ['head', 'options'] as const

type MakeParts = (base: URL | undefined) => SessionParts

/** Makes a session in an environment; `parent` gives a child its defaults, `makeParts` its jar and connections. */
export function createSessionIn(
  environment: Environment,
  given: SessionOptions,
  parent?: SessionState,
  makeParts?: MakeParts,
): Session {
  if (typeof given !== 'object' || given === null) throw new TypeError('createSession: give an object of options')
  const options = ownProperties(given)
  const state = createState(environment, options, parent, makeParts ?? ((base) => environment.createParts(options, base)))
  const session = ((input: FetchInput, given?: CallOptions) => data(input, given)) as unknown as Session
  const { fetch, raw, data, prepare, send } = createDoors(session, state)

  function child(more: SessionOptions, parts: MakeParts): Session {
    if (state.closed) throw new SessionClosedError()
    return createSessionIn(environment, more, state, parts)
  }

  const members: Record<PropertyKey, unknown> = {
    ...{ fetch, native: fetch, raw, prepare, send, headers: state.headers, query: state.query, cookies: state.parts.cookies },
    use(...interceptors: Interceptor[]) {
      if (interceptors.some((one) => typeof one !== 'function'))
        throw new TypeError('use: give functions (request, next) => response')
      state.interceptors.push(...interceptors)
      state.chain = undefined
      return session
    },
    extend: (more: SessionOptions = {}) => child(more, (base) => state.parts.share(base, ownProperties(more))),
    create: (more: SessionOptions = {}) => child(more, (base) => state.parts.share(base, ownProperties(more))),
    fork: (more: SessionOptions = {}) => child(more, (base) => state.parts.fork(base, ownProperties(more))),
    mount(prefix: string, handler: MountHandler | null) {
      state.mounts.set(prefix, handler)
      state.located.clear()
      return session
    },
    async close() {
      if (state.closed) return
      state.closed = true
      if (!parent || state.parts !== parent.parts) await state.parts.close()
    },
    [INSPECT]: () => describeSession(state),
    [BASE_URL]: state.base?.href,
  }
  for (const verb of DATA_VERBS) members[verb] = (input: FetchInput, given?: CallOptions) => data(input, withMethod(given, verb))
  for (const verb of RESPONSE_VERBS)
    members[verb] = (input: FetchInput, given?: CallOptions) => raw(input, withMethod(given, verb))
  // WebKit has no Symbol.asyncDispose.
  if (Symbol.asyncDispose) members[Symbol.asyncDispose] = members.close
  define(session, members)
  Object.defineProperty(session, 'auth', {
    get: () => state.auth,
    set(auth: Auth | null) {
      state.authenticator = parseAuth(auth)
      state.auth = auth
    },
    enumerable: true,
  })
  return session
}

function withMethod(options: CallOptions | undefined, verb: string): CallOptions {
  return { ...options, method: verb.toUpperCase() }
}

function define(target: object, members: Record<PropertyKey, unknown>): void {
  for (const key of Reflect.ownKeys(members)) {
    Object.defineProperty(target, key, { value: members[key], enumerable: typeof key === 'string' })
  }
}

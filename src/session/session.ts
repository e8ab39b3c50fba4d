/** The session object: a function, as ofetch's instances are, with everything that should persist around it. */
import { SessionClosedError } from '../contract/errors.ts'
import type { Auth, CallOptions, Interceptor, SessionRequest } from '../contract/options.ts'
import type { SessionResponse } from '../contract/response.ts'
import { BASE_URL, type Session } from '../contract/session.ts'
import type { SessionOptions } from '../contract/session-options.ts'
import type { FetchInput, MountHandler } from '../contract/settings.ts'
import { fromOwnKeys } from '../exchange/checked-options.ts'
import { INSPECT } from '../exchange/request.ts'
import { parseAuth } from '../layers/auth.ts'
import { chainFor, sendWhole } from './chain.ts'
import { readData } from './data.ts'
import type { Environment } from './environment.ts'
import { describeSession } from './inspect.ts'
import { prepare, send } from './prepared.ts'
import { isRequest, requestBody } from './request-input.ts'
import { enter } from './resolve.ts'
import { createState, type Kinship, type SessionState } from './state.ts'

const DATA_VERBS = ['get', 'post', 'put', 'patch', 'delete'] as const
const RESPONSE_VERBS = ['head', 'options'] as const

/** The key under which a trace finds the interceptors of a session, to add its own. */
const STATE = Symbol.for('sessionfetch.state')

type Given = CallOptions | null | undefined

/** Makes a session in an environment, or a child of one there. */
export function createSessionIn(
  environment: Environment,
  given: SessionOptions,
  parent?: SessionState,
  kinship?: Kinship,
): Session {
  if (typeof given !== 'object' || given === null) throw new TypeError('createSession: give an object of options')
  const child = (more: SessionOptions, how: Kinship): Session => {
    if (state.lifetime.aborted) throw new SessionClosedError()
    return createSessionIn(environment, more, state, how)
  }
  const quietSession = () => child({ auth: null }, 'quiet')
  const state = createState(environment, fromOwnKeys(given), quietSession, parent, kinship)
  const data = (input: FetchInput, given?: Given) => readData(state, input, given, 'data').then(dataOf)
  const raw = (input: FetchInput, given?: Given) => readData(state, input, given, 'raw')
  const session = data as unknown as Session
  const members: Record<PropertyKey, unknown> = {
    ...{ raw, headers: state.headers, query: state.query, cookies: state.parts.cookies },
    fetch: (input: FetchInput, given?: Given) => fetchIn(state, input, given),
    prepare: (input: FetchInput, given?: Given) => prepare(state, input, given),
    send: (prepared: SessionRequest) => send(state, prepared),
    use(...interceptors: Interceptor[]) {
      if (interceptors.some((one) => typeof one !== 'function'))
        throw new TypeError('use: give functions (request, next) => response')
      state.interceptors.push(...interceptors)
      state.chain = undefined
      return session
    },
    extend: (more: SessionOptions = {}) => child(more, 'share'),
    fork: (more: SessionOptions = {}) => child(more, 'fork'),
    mount(prefix: string, handler: MountHandler | null) {
      state.mounts.set(prefix, handler)
      state.located.clear()
      return session
    },
    async close() {
      if (state.lifetime.aborted) return
      state.lifetime.abort(new SessionClosedError())
      if (state.parts !== parent?.parts) await state.parts.close()
    },
    [INSPECT]: () => describeSession(state),
    [BASE_URL]: state.base?.href,
    [STATE]: state,
  }
  members.native = members.fetch
  members.create = members.extend
  for (const verb of DATA_VERBS) members[verb] = (input: FetchInput, given?: Given) => data(input, withMethod(given, verb))
  for (const verb of RESPONSE_VERBS) members[verb] = (input: FetchInput, given?: Given) => raw(input, withMethod(given, verb))
  // WebKit has no Symbol.asyncDispose.
  if (Symbol.asyncDispose) members[Symbol.asyncDispose] = members.close
  for (const key of Reflect.ownKeys(members)) {
    Object.defineProperty(session, key, { value: members[key], enumerable: typeof key === 'string' })
  }
  return Object.defineProperty(session, 'auth', {
    get: () => state.givenAuth,
    set(auth: Auth | null) {
      state.auth = parseAuth(auth)
      state.givenAuth = auth
    },
    enumerable: true,
  })
}

/** `session.fetch`. Not async, since each async function on the way costs a turn of the event loop. */
function fetchIn(state: SessionState, input: FetchInput, given: Given): Promise<SessionResponse> {
  try {
    const exchange = enter(state, input, given, 'fetch')
    const chain = chainFor(state, given ?? {})
    if (!isRequest(input)) return sendWhole(exchange, chain)
    const { lifetime, method } = exchange
    const body = requestBody(input, method, given, lifetime)
    return sendWhole(exchange, async () => chain({ ...exchange, body: (await body) ?? exchange.body }))
  } catch (error) {
    return Promise.reject(error)
  }
}

function dataOf({ _data }: SessionResponse): unknown {
  return _data
}

function withMethod(options: Given, verb: string): CallOptions {
  // What is no object is refused by `resolveCall`, for all doors.
  if (typeof options !== 'object' && options !== undefined) return options
  return { ...options, method: verb.toUpperCase() }
}

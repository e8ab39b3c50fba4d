/** A bearer token that can be renewed: one refresh for any number of calls that wait for it. */

import { describe, RefreshError } from '../contract/errors.ts'
import type { AuthFlow, SessionRequest } from '../contract/options.ts'
import type { Session } from '../contract/session.ts'
import { fromOwnKeys, LONGEST_TIMER } from '../exchange/checked-options.ts'
import { isOneShot } from '../http/body.ts'
import type { FlowContext } from './auth.ts'
import { askToken, bearer, forgetToken, type Token, type TokenSource } from './bearer.ts'
import { beginRefresh, type Running } from './one-refresh.ts'

type Awaitable<T> = T | Promise<T>

/** Where the token is, how it is renewed, and who may renew it at once. */
export interface RefreshableOptions {
  /**
   * The token to send now; `null`, `undefined` or `''` sends none. Asked for every call, so that a token of another tab or
   * process is seen; calls that begin while one answer is awaited share it.
   */
  readonly token: TokenSource
  /** Gets a new token and keeps it where `token` finds it. The session it is given has auth off and the same jar. */
  readonly refresh: (session: Session) => Awaitable<unknown>
  /**
   * Milliseconds that a refresh may take; then it has failed, and the next 401 begins a new one. `Infinity` is off.
   * @default 30_000
   */
  readonly refreshTimeout?: number | undefined
  /**
   * Runs its work while no other process does, such as the `lock` of `redisStore()`. Under it `token` is asked again, and
   * `refresh` is left out unless that still gives the token that was refused: one refresh for the whole fleet.
   */
  readonly lock?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined
}

/**
 * Sends a bearer token, and on a 401 refreshes it once for all calls that wait; each is then sent again once.
 *
 * @throws RefreshError when the refresh fails or takes longer than `refreshTimeout`, in each call that waits for it
 * @example
 * ```ts
 * const session = createSession({
 *   baseURL: 'https://api.example',
 *   auth: refreshable({
 *     token: () => tokens.access,
 *     refresh: async (session) => { tokens = await session.post('/token', { body: { refresh: tokens.refresh } }) },
 *   }),
 * })
 * ```
 */
export function refreshable(options: RefreshableOptions): AuthFlow {
  const { token, refresh, refreshTimeout = 30_000, lock } = checkOptions(options)
  const key = {}
  let running: Running | undefined

  /** Runs under no caller's signal: an aborted caller only stops waiting. A failure is told to all who wait, then forgotten. */
  function refreshOnce(context: FlowContext, refused: Token): Running {
    running ??= beginRefresh(
      () => renew(context, refused),
      refreshTimeout,
      () => {
        running = undefined
        context.tellTrace('refresh-end')
        // Calls that ask for the token now must not get an answer that was asked for before the refresh.
        forgetToken(token)
      },
    )
    return running
  }

  async function renew({ quietSession, reentry, tellTrace }: FlowContext, refused: Token): Promise<unknown> {
    const quiet = quietSession()
    tellTrace('refresh-start')
    const work = async () => refresh(quiet)
    const locked = lock && (() => lock(async () => (isSame(await token(), refused) ? work() : undefined)))
    // After a turn, so that `running` is set: `refresh` may call the outer session at once, and that call must be recognised.
    await undefined
    return reentry ? reentry.run(key, locked ?? work) : (locked ?? work)()
  }

  async function* flow(request: SessionRequest, context?: FlowContext): AsyncGenerator<SessionRequest, void, Response> {
    if (!context) throw new TypeError('refreshable: use it as the auth option of a session')
    const { wait, reentry } = context
    if (running && reentry?.isInside(key)) throw new ReentryError()
    const sent = await wait(() => askToken(token))
    const response = yield authorized(request, sent)
    if (response.status !== 401 || isOneShot(request.body)) return
    const now = await wait(() => askToken(token))
    if (!isSame(now, sent)) {
      yield authorized(request, now)
      return
    }
    await waitFor(refreshOnce(context, sent), request, context)
    yield authorized(request, await wait(() => askToken(token)))
  }

  async function waitFor({ outcome, hold }: Running, request: SessionRequest, { wait }: FlowContext): Promise<void> {
    const release = hold()
    try {
      const ended = await wait(() => outcome)
      if (ended === 'done') return
      const { cause, why } = ended === 'late' ? { why: `took longer than ${refreshTimeout} ms (refreshTimeout)` } : failure(ended)
      throw new RefreshError(`${describe(request)}: the refresh of the token ${why}`, { cause, request })
    } finally {
      release()
    }
  }

  return flow
}

class ReentryError extends TypeError {
  constructor() {
    super(
      'refreshable: a call of the outer session from inside refresh would wait for itself: use the session that refresh is given',
    )
  }
}

/** The cause of a failed refresh, and words for the message: only our own are repeated, since others may hold a secret. */
function failure({ cause }: { readonly cause: unknown }): { cause: unknown; why: string } {
  return { cause, why: cause instanceof ReentryError ? `failed: ${cause.message}` : 'failed' }
}

function isSame(one: Token, other: Token): boolean {
  return (one || '') === (other || '')
}

function authorized(request: SessionRequest, token: Token): SessionRequest {
  const value = bearer(token)
  if (value === undefined) request.headers.delete('authorization')
  else request.headers.set('authorization', value)
  return request
}

function checkOptions(given: RefreshableOptions): RefreshableOptions {
  const isObject = typeof given === 'object' && given !== null
  const options: Partial<RefreshableOptions> = isObject ? fromOwnKeys(given) : {}
  const { token, refresh, refreshTimeout: ms, lock } = options
  if (typeof token !== 'function') throw new TypeError('refreshable: token must be a function that gives the token to send')
  if (typeof refresh !== 'function') throw new TypeError('refreshable: refresh must be a function that gets a new token')
  if (ms !== undefined && !(typeof ms === 'number' && ms > 0 && (ms <= LONGEST_TIMER || ms === Number.POSITIVE_INFINITY)))
    throw new TypeError(`refreshable: refreshTimeout must be milliseconds above 0 and at most ${LONGEST_TIMER}, or Infinity`)
  if (lock !== undefined && typeof lock !== 'function')
    throw new TypeError('refreshable: lock must be a function that runs the work it is given, such as that of redisStore()')
  return { token, refresh, refreshTimeout: ms, lock }
}

/** A bearer token that can be renewed: one refresh for any number of calls that wait for it. */

import type { Session } from '../contract/session.ts'
import type { SessionRequest } from '../exchange/request.ts'
import { isOneShot } from '../http/body.ts'
import { type AuthFlow, bearer, type FlowContext } from './auth.ts'

type Awaitable<T> = T | Promise<T>

export interface RefreshableOptions {
  /** The token to send now. Asked for every call, so that a token of another tab or process is seen. */
  readonly token: () => Awaitable<string>
  /** Gets a new token and keeps it where `token` finds it. The session it is given has auth off and the same jar. */
  readonly refresh: (session: Session) => Awaitable<unknown>
}

/**
 * Sends a bearer token, and on a 401 refreshes it once for all calls that wait; each is then sent again once.
 *
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
export function refreshable({ token, refresh }: RefreshableOptions): AuthFlow {
  if (typeof token !== 'function' || typeof refresh !== 'function')
    throw new TypeError('refreshable: give functions token and refresh')
  const key = {}
  let running: Promise<unknown> | undefined

  /** Runs under no caller's signal: an aborted caller only stops waiting. A failure is told to all who wait, then forgotten. */
  function refreshOnce({ session, reentry }: FlowContext): Promise<unknown> {
    running ??= start(session, reentry).finally(() => {
      running = undefined
    })
    return running
  }

  async function start(session: Session, reentry: FlowContext['reentry']): Promise<unknown> {
    const quiet = session.extend({ auth: null })
    // First `running` is set: `refresh` may call the outer session at once, and that call must see that it is inside.
    await undefined
    return reentry ? reentry.run(key, () => refresh(quiet)) : refresh(quiet)
  }

  async function* flow(request: SessionRequest, context?: FlowContext): AsyncGenerator<SessionRequest, void, Response> {
    if (!context) throw new TypeError('refreshable: use it as the auth option of a session')
    const { race, reentry } = context
    if (running && reentry?.isInside(key)) {
      throw new TypeError(
        'refreshable: a call of the outer session from inside refresh would wait for itself: use the session that refresh is given',
      )
    }
    const sent = await race(token())
    const response = yield authorized(request, sent)
    if (response.status !== 401 || isOneShot(request.body)) return
    if ((await race(token())) === sent) await race(refreshOnce(context))
    yield authorized(request, await race(token()))
  }
  return flow
}

function authorized(request: SessionRequest, token: string): SessionRequest {
  request.headers.set('authorization', bearer(token))
  return request
}

/** The entry for browsers, React Native and UMD. `index.ts` exports the same names. */
import { digest, environment, pool } from './browser/environment.ts'
import type { Session } from './contract/session.ts'
import type { SessionOptions } from './contract/session-options.ts'
import { createSessionIn } from './session/session.ts'

/**
 * Makes a session: one object that keeps headers, auth and base URL between requests; the browser keeps the cookies.
 *
 * @throws TypeError for options that are contradictory, or impossible in a browser
 * @example
 * ```ts
 * const session = createSession({ baseURL: '/api' })
 * await session.post('/login', { form: { user: 'ada', password: 'secret' } })
 * const cart = await session.get('/cart')
 * ```
 */
export function createSession(options: SessionOptions = {}): Session {
  return createSessionIn(environment, options)
}

export * from './exports.ts'
export { digest, pool }

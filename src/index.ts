/** The entry for Node, Bun, Deno and workers. `index.browser.ts` exports the same names. */

import type { Session } from './contract/session.ts'
import type { SessionOptions } from './contract/session-options.ts'
import { environment } from './node/environment.ts'
import { createSessionIn } from './session/session.ts'

/**
 * Makes a session: one object that keeps cookies, headers, auth, base URL and connections between requests.
 *
 * In a server, a session at module level is one jar for all visitors: what the API sets for one of them is sent for the next.
 * Make one for each request, with `sessionForRequest` of `sessionfetch/server`.
 *
 * @throws TypeError for options that are contradictory, or impossible here
 * @example
 * ```ts
 * const session = createSession({ baseURL: 'https://shop.example/api', timeout: 10_000 })
 * await session.post('/login', { form: { user: 'ada', password: 'secret' } })
 * const cart = await session.get('/cart')
 * ```
 */
export function createSession(options: SessionOptions = {}): Session {
  return createSessionIn(environment, options)
}

export * from './exports.ts'
export { digest } from './node/auth/digest.ts'
export { type Pool, pool } from './node/pool/pool.ts'

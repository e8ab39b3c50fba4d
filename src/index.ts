/** The entry for Node, Bun, Deno and workers. `index.browser.ts` exports the same names. */
import { environment } from './node/environment.ts'
import type { SessionOptions } from './options.ts'
import { createSessionIn } from './session.ts'
import type { Session } from './session-types.ts'

/**
 * Makes a session: one object that keeps cookies, headers, auth, base URL and connections between requests.
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
export { digest } from './node/digest.ts'
export { type Pool, pool } from './node/pool.ts'

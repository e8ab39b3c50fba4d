/** Connections for a URL prefix: `session.mount('https://internal.example', pool({ tls: { ca } }))`. */

import type { ConnectionOptions, PoolOptions } from '../../contract/connections.ts'
import type { MountHandler } from '../../contract/settings.ts'
import type { Send } from '../../exchange/request.ts'
import { TRANSPORT } from '../../layers/transport.ts'
import { openConnections, wantsConnections } from './connections.ts'
import { undiciTransport } from './dispatch.ts'

/**
 * A mount handler with connections of its own. It is closed by its own `close()`: closing a session that mounts it leaves it
 * open.
 */
export type Pool = MountHandler & {
  readonly [TRANSPORT]: Send
  /** Ends its connections; calls on them fail. */
  close(): Promise<void>
}

/**
 * Makes connections of their own for requests under a mounted prefix.
 *
 * @throws TypeError where the platform does not have them, and for options that are wrong
 * @example
 * ```ts
 * session.mount('https://internal.example', pool({ tls: { ca: '/etc/ssl/internal.pem' } }))
 * ```
 */
export function pool(options: PoolOptions & Omit<ConnectionOptions, 'pool'> = {}): Pool {
  const { proxy, tls, socketPath, trustEnv, ...own } = options
  const whole: ConnectionOptions = { pool: own, proxy, tls, socketPath, trustEnv }
  wantsConnections(whole as never)
  const connections = openConnections(whole)
  const handler = () => {
    throw new TypeError('pool: mount it, session.mount(prefix, pool(…)); it is not called by itself')
  }
  return Object.assign(handler, { [TRANSPORT]: undiciTransport(connections), close: connections.close })
}

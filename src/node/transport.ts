/** How requests of a session leave. */

import type { ConnectionOptions } from '../contract/connections.ts'
import type { SessionOptions } from '../contract/options.ts'
import { type Authenticator, parseAuth } from '../layers/auth.ts'
import { fetchTransport } from '../layers/transport.ts'
import type { Transport } from '../session/environment.ts'
import { netrcCredentials } from './auth/netrc.ts'
import { withoutReply } from './failures.ts'
import { platformTransport } from './platform-transport.ts'
import { openConnections, wantsConnections } from './pool/connections.ts'
import { undiciTransport } from './pool/dispatch.ts'

/** How requests leave: the transport, what closes it, and the credentials that the environment has for a host. */
export interface Wire {
  /** What it was opened with, for children. */
  readonly options: SessionOptions
  readonly transport: Transport
  readonly authOf?: ((url: URL) => Authenticator | undefined) | undefined
  close(): Promise<void>
}

/** Opens what the options ask for: the platform's fetch, or connections of the session's own. */
export function openWire(options: SessionOptions): Wire {
  if (!wantsConnections(options)) {
    const send = fetchTransport({ fetch: options.fetch, init: () => ({ redirect: 'manual' }) })
    const overFetch: Transport = (request) => send(request).catch(rejectWithoutReply)
    const transport = options.fetch ? overFetch : platformTransport(overFetch)
    return { transport, close: async () => undefined, options }
  }
  const connections = openConnections(options as ConnectionOptions)
  const credentialsOf = options.trustEnv ? netrcCredentials() : undefined
  return {
    transport: undiciTransport(connections),
    authOf: credentialsOf && ((url) => parseAuth(credentialsOf(url.hostname)) ?? undefined),
    close: connections.close,
    options,
  }
}

function rejectWithoutReply(error: unknown): never {
  throw withoutReply(error)
}

/** A child shares its parent's connections, and does not close them; with options of its own it has its own, over its parent's. */
export function childWire(options: SessionOptions, parent: Wire): Wire {
  if (options.fetch) return openWire(options)
  if (!wantsConnections(options)) return { ...parent, close: async () => undefined }
  const { pool, proxy, tls, socketPath, trustEnv } = parent.options
  return openWire({
    pool,
    proxy,
    tls,
    socketPath,
    trustEnv,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  })
}

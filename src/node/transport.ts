/** How requests of a session leave. */

import type { ConnectionOptions } from '../contract/connections.ts'
import type { SessionOptions } from '../contract/options.ts'
import type { Send } from '../exchange/request.ts'
import { type EnvironmentAuth, parseAuth } from '../layers/auth.ts'
import { fetchTransport } from '../layers/transport.ts'
import { type NetrcLookup, netrcCredentials } from './auth/netrc.ts'
import { explainFailure, withoutReply } from './failures.ts'
import { platformRoute } from './platform-connections.ts'
import { platformTransport } from './platform-transport.ts'
import { openConnections, wantsConnections } from './pool/connections.ts'
import { undiciTransport } from './pool/dispatch.ts'

/** How requests leave: the transport, what closes it, and the credentials that the environment has for a host. */
export interface Wire {
  /** What it was opened with, for children. */
  readonly options: SessionOptions
  readonly transport: Send
  readonly authOf?: EnvironmentAuth | undefined
  /** For `console.log(session)`: which way requests go. */
  describe(): string
  close(): Promise<void>
}

/** Opens what the options ask for: the platform's fetch, or connections of the session's own. */
export function openWire(options: SessionOptions): Wire {
  if (!wantsConnections(options)) {
    const explain = (error: Error) => explainFailure(withoutReply(error))
    const overFetch = fetchTransport({ fetch: options.fetch, init: () => ({ redirect: 'manual' }), explain })
    const isPlatforms = () => !options.fetch && platformRoute() !== undefined
    return {
      transport: options.fetch ? overFetch : platformTransport(overFetch),
      describe: () => (isPlatforms() ? 'the platform’s connections' : 'fetch'),
      close: async () => undefined,
      options,
    }
  }
  const connections = openConnections(options as ConnectionOptions)
  const credentialsOf = options.trustEnv ? netrcCredentials() : undefined
  return {
    transport: undiciTransport(connections),
    authOf: credentialsOf && environmentAuth(credentialsOf),
    describe: () => 'own connections',
    close: connections.close,
    options,
  }
}

/** `.netrc`, for each hop's own host: by exact names after a redirect, and never over http after https. */
export function environmentAuth(credentialsOf: NetrcLookup): EnvironmentAuth {
  return ({ request: { url }, call, progress }, isAtHome) => {
    const wasSecure = progress.wasSecure || call.url.protocol === 'https:'
    const isDowngraded = progress.wasDowngraded || (wasSecure && url.protocol === 'http:')
    // The first hop of a try is at home, and not downgraded, whatever the try before it has come to.
    return isDowngraded && !isAtHome
      ? undefined
      : (parseAuth(credentialsOf(url.hostname, { redirected: !isAtHome })) ?? undefined)
  }
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

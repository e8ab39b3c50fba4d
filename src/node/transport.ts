/** Which transport a session has: the platform's connections, its fetch, or connections of the session's own. */

import type { ConnectionOptions } from '../contract/connections.ts'
import type { SessionOptions } from '../contract/session-options.ts'
import type { Send } from '../exchange/request.ts'
import { type EnvironmentAuth, parseAuth } from '../layers/auth.ts'
import { fetchTransport } from '../layers/transport.ts'
import { type NetrcLookup, netrcCredentials } from './auth/netrc.ts'
import { explainFailure, withoutReply } from './failures.ts'
import { platformRoute } from './platform-connections.ts'
import { platformTransport } from './platform-transport.ts'
import { openConnections, wantsConnections } from './pool/connections.ts'
import { undiciTransport } from './pool/dispatch.ts'

/** The transport of a session, with what belongs to its connections. */
export interface OpenTransport {
  /** The options that it was opened with. Those of a child are put over them. */
  readonly options: SessionOptions
  readonly send: Send
  /** The credentials that the environment has for a host, with `trustEnv`. */
  readonly authOf?: EnvironmentAuth | undefined
  /** The way that requests go, for `console.log(session)`. */
  describe(): string
  close(): Promise<void>
}

/** Opens the transport that the options ask for. */
export function openTransport(options: SessionOptions): OpenTransport {
  if (!wantsConnections(options)) {
    const explain = (error: Error) => explainFailure(withoutReply(error))
    const overFetch = fetchTransport({ fetch: options.fetch, init: () => ({ redirect: 'manual' }), explain })
    const isPlatforms = () => !options.fetch && platformRoute() !== undefined
    return {
      send: options.fetch ? overFetch : platformTransport(overFetch),
      describe: () => (isPlatforms() ? 'the platform’s connections' : 'fetch'),
      close: async () => undefined,
      options,
    }
  }
  const connections = openConnections(options as ConnectionOptions)
  const credentialsOf = options.trustEnv ? netrcCredentials() : undefined
  return {
    send: undiciTransport(connections),
    authOf: credentialsOf && environmentAuth(credentialsOf),
    describe: () => 'own connections',
    close: connections.close,
    options,
  }
}

/** `.netrc`, for each hop's own host: by exact names after a redirect, and never over http after https. */
export function environmentAuth(credentialsOf: NetrcLookup): EnvironmentAuth {
  return ({ url, call, progress }, isAtHome) => {
    const wasSecure = progress.wasSecure || call.url.protocol === 'https:'
    const isDowngraded = progress.wasDowngraded || (wasSecure && url.protocol === 'http:')
    // The first hop of an attempt is at home and not downgraded, whatever happened in the attempt before it.
    return isDowngraded && !isAtHome
      ? undefined
      : (parseAuth(credentialsOf(url.hostname, { redirected: !isAtHome })) ?? undefined)
  }
}

/** A child shares its parent's connections, and does not close them; with options of its own it has its own, over its parent's. */
export function childTransport(options: SessionOptions, parent: OpenTransport): OpenTransport {
  if (options.fetch) return openTransport(options)
  if (!wantsConnections(options)) return { ...parent, close: async () => undefined }
  const { pool, proxy, tls, socketPath, trustEnv } = parent.options
  return openTransport({
    pool,
    proxy,
    tls,
    socketPath,
    trustEnv,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  })
}

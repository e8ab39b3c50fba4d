/** Node, Bun, Deno and workers: a jar, redirects of our own, the platform's fetch or connections of our own. */
import { type Authenticator, parseAuth } from '../auth.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { CookieChanges } from '../cookie-changes.ts'
import type { Environment, SessionParts, Transport } from '../environment.ts'
import type { SessionOptions } from '../options.ts'
import { fetchTransport } from '../transport.ts'
import { version } from '../version.ts'
import { openConnections, wantsConnections } from './connections.ts'
import { createCookieLayer, hopCookie } from './cookie-layer.ts'
import { Jar, shelve } from './jar.ts'
import { jarCookies, show } from './jar-cookies.ts'
import { openJar } from './jar-source.ts'
import { netrcCredentials } from './netrc.ts'
import { redirectLayer } from './redirect.ts'
import { reentry } from './reentry.ts'
import type { Cookie } from './tough.ts'
import { undiciTransport } from './undici-transport.ts'

export const environment: Environment = {
  headers: { 'user-agent': `sessionfetch/${version}` },
  checkOptions: () => undefined,
  checkCall: () => undefined,
  pageURL: () => undefined,
  reentry,
  createParts: (options, base) =>
    createParts({ jar: openJar(options.jar), changes: new CookieChanges(), wire: openWire(options), base }),
}

/** How requests leave: the transport, what closes it, and the credentials that the environment has for a host. */
interface Wire {
  readonly transport: Transport
  readonly authOf?: ((url: URL) => Authenticator | undefined) | undefined
  close(): Promise<void>
}

interface Ingredients {
  readonly jar: Jar | undefined
  readonly changes: CookieChanges
  readonly wire: Wire
  readonly base: URL | undefined
}

function createParts({ jar, changes, wire, base }: Ingredients): SessionParts {
  if (jar) {
    jar.onChange = ({ changed, deleted }) => {
      if (changes.isHeard) changes.tell(changed.map(show), deleted.map(show))
    }
  }
  return {
    redirectLayer,
    cookieLayer: createCookieLayer(jar),
    transport: wire.transport,
    cookies: jarCookies(jar, base, changes),
    authOf: wire.authOf,
    describeCookies: () =>
      jar?.shelf.synchronous ? `${(jar.all() as readonly Cookie[]).length}` : jar ? 'in an async store' : 'none (jar: false)',
    readCookie: (request, name) => hopCookie(jar, request, name),
    share: (childBase, options) => {
      const own = options.jar === undefined ? { jar, changes } : { jar: openJar(options.jar), changes: new CookieChanges() }
      return createParts({ ...own, wire: childWire(options, wire), base: childBase })
    },
    fork: (childBase, options) =>
      createParts({
        jar: forkJar(jar, options.jar),
        changes: new CookieChanges(),
        wire: childWire(options, wire),
        base: childBase,
      }),
    close: wire.close,
  }
}

function openWire(options: SessionOptions): Wire {
  if (!wantsConnections(options)) {
    return {
      transport: fetchTransport({ fetch: options.fetch, init: () => ({ redirect: 'manual' }) }),
      close: async () => undefined,
    }
  }
  const connections = openConnections(options as ConnectionOptions)
  const credentialsOf = options.trustEnv ? netrcCredentials() : undefined
  return {
    transport: undiciTransport(connections),
    authOf: credentialsOf && ((url) => parseAuth(credentialsOf(url.hostname)) ?? undefined),
    close: connections.close,
  }
}

/** A child shares its parent's connections, and does not close them; with options of its own it has its own. */
function childWire(options: SessionOptions, parent: Wire): Wire {
  return options.fetch || wantsConnections(options) ? openWire(options) : { ...parent, close: async () => undefined }
}

function forkJar(jar: Jar | undefined, option: SessionOptions['jar']): Jar | undefined {
  if (option !== undefined) return openJar(option)
  if (!jar) return undefined
  if (jar.shelf.synchronous) return new Jar(shelve((jar.all() as readonly Cookie[]).map((cookie) => copyOf(cookie))))
  throw new TypeError('fork: this store is async: give { jar: await session.cookies.export() }')
}

function copyOf(cookie: Cookie): Cookie {
  return Object.assign(cookie.clone() ?? cookie, { creationIndex: cookie.creationIndex })
}

/** Node, Bun, Deno and workers: a jar, redirects of our own, the platform's fetch. */

import { CookieChanges } from '../cookie-changes.ts'
import type { Environment, SessionParts, Transport } from '../environment.ts'
import type { SessionOptions } from '../options.ts'
import { fetchTransport } from '../transport.ts'
import { version } from '../version.ts'
import { createCookieLayer, hopCookie } from './cookie-layer.ts'
import { Jar, shelve } from './jar.ts'
import { jarCookies, show } from './jar-cookies.ts'
import { openJar } from './jar-source.ts'
import { redirectLayer } from './redirect.ts'
import { reentry } from './reentry.ts'
import type { Cookie } from './tough.ts'

export const environment: Environment = {
  headers: { 'user-agent': `sessionfetch/${version}` },
  checkOptions: () => undefined,
  checkCall: () => undefined,
  pageURL: () => undefined,
  reentry,
  createParts: (options, base) => {
    return createParts(openJar(options.jar), new CookieChanges(), base, transportOf(options))
  },
}

function createParts(jar: Jar | undefined, changes: CookieChanges, base: URL | undefined, transport: Transport): SessionParts {
  if (jar) {
    jar.onChange = ({ changed, deleted }) => {
      if (changes.isHeard) changes.tell(changed.map(show), deleted.map(show))
    }
  }
  return {
    redirectLayer,
    cookieLayer: createCookieLayer(jar),
    transport,
    cookies: jarCookies(jar, base, changes),
    describeCookies: () =>
      jar?.shelf.synchronous ? `${(jar.all() as readonly Cookie[]).length}` : jar ? 'in an async store' : 'none (jar: false)',
    readCookie: (request, name) => hopCookie(jar, request, name),
    share(childBase, options) {
      const own = options.fetch ? transportOf(options) : transport
      if (options.jar === undefined) return createParts(jar, changes, childBase, own)
      return createParts(openJar(options.jar), new CookieChanges(), childBase, own)
    },
    fork: (childBase, options) =>
      createParts(forkJar(jar, options.jar), new CookieChanges(), childBase, options.fetch ? transportOf(options) : transport),
    close: async () => undefined,
  }
}

function transportOf({ fetch }: SessionOptions): Transport {
  return fetchTransport({ fetch, init: () => ({ redirect: 'manual' }) })
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

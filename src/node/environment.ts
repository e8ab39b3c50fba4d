/** Node, Bun, Deno and workers: a jar, redirects of our own, the platform's fetch or connections of our own. */

import type { SessionOptions } from '../contract/session-options.ts'
import { version } from '../contract/version.ts'
import { CookieChanges } from '../cookies/changes.ts'
import type { Cookie } from '../cookies/tough.ts'
import type { Environment, SessionParts } from '../session/environment.ts'
import { reentry } from './auth/reentry.ts'
import { createCookieLayer, hopCookie } from './cookies.ts'
import { mergeGivenCookies } from './given-cookies.ts'
import { jarCookies, show } from './jar/cookies.ts'
import type { Kept } from './jar/eviction.ts'
import { memoryStoreOf } from './jar/eviction.ts'
import { Jar } from './jar/jar.ts'
import { openJar } from './jar/source.ts'
import { takeApart } from './pool/bodies.ts'
import { redirectLayer } from './redirect.ts'
import { childTransport, type OpenTransport, openTransport } from './transport.ts'
import { warnInPage } from './wrong-build.ts'

/** The environment of Node, Bun, Deno and workers. */
export const environment: Environment = {
  headers: { 'user-agent': `sessionfetch/${version}` },
  mergeCookies: mergeGivenCookies,
  pageURL,
  reentry,
  createParts(options, base) {
    warnInPage()
    return createParts({ jar: openJar(options.jar), transport: openTransport(options), base })
  },
}

/** The address of the page where there is one, as in jsdom: relative inputs are resolved against it. */
function pageURL(): string | undefined {
  const url = globalThis.document?.baseURI
  return url !== undefined && /^https?:/.test(url) ? url : undefined
}

interface Ingredients {
  readonly jar: Jar | undefined
  readonly transport: OpenTransport
  readonly base: URL | undefined
}

/** The listeners of each jar: sessions that share a jar hear of the same changes. */
const changesByJar = new WeakMap<Jar, CookieChanges>()

function changesOf(jar: Jar | undefined): CookieChanges {
  const changes = (jar && changesByJar.get(jar)) ?? new CookieChanges()
  if (jar) changesByJar.set(jar, changes)
  return changes
}

function createParts({ jar, transport, base }: Ingredients): SessionParts {
  const changes = changesOf(jar)
  if (jar) {
    jar.onChange = ({ changed, deleted }) => {
      if (changes.isHeard) changes.tell(changed.map(show), deleted.map(show))
    }
  }
  return {
    redirectLayer,
    cookieLayer: createCookieLayer(jar),
    transport: transport.send,
    takeApart,
    cookies: jarCookies(jar, base, changes),
    authOf: transport.authOf,
    describe: () => ({
      cookies: jar ? (jar.snapshot()?.length.toString() ?? 'in an async store') : 'none (jar: false)',
      transport: transport.describe(),
    }),
    readCookie: (exchange, name) => hopCookie(jar, exchange, name),
    share: (childBase, options) => {
      const childJar = options.jar === undefined ? jar : openJar(options.jar)
      return createParts({ jar: childJar, transport: childTransport(options, transport), base: childBase })
    },
    fork: (childBase, options) =>
      createParts({ jar: forkJar(jar, options.jar), transport: childTransport(options, transport), base: childBase }),
    async close() {
      try {
        await transport.close()
      } finally {
        await jar?.flush()
      }
    },
  }
}

function forkJar(jar: Jar | undefined, option: SessionOptions['jar']): Jar | undefined {
  if (option !== undefined) return openJar(option)
  if (!jar) return undefined
  const cookies = jar.snapshot()
  if (cookies) return new Jar(memoryStoreOf(cookies.map(copyOf)))
  throw new TypeError('fork: this store is async: give { jar: await session.cookies.export() }')
}

function copyOf(cookie: Kept): Cookie {
  const { creationIndex, lastUse } = cookie
  return Object.assign(cookie.clone() ?? cookie, { creationIndex, ...(lastUse === undefined ? {} : { lastUse }) })
}

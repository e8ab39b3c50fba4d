/**
 * 10,000 random sets of options. Each is taken or refused by a `TypeError` that names an option; none ends in an internal
 * error.
 */
import { describe, expect, test } from 'vitest'
import { createSession, type Session } from '../../src/index.ts'
import { ownClock, passing } from '../support/clock.ts'
import { memory } from '../support/memory.ts'
import { pick, seeded } from '../support/random.ts'

const ODD: readonly unknown[] = [
  ...[undefined, null, true, false, 0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, '', 'x', 'GET', 'json', 'jsn', 5n],
  ...[{}, [], [1], [[1]], [['a', 'b']], [null], { a: 1 }, { a: null }, { a: undefined }, { a: [] }, { a: { b: 1 } }],
  ...[
    () => 'x',
    async () => undefined,
    Symbol('x'),
    new Map(),
    new Set([1]),
    new Date(0),
    /x/,
    new URL('http://h/'),
    new Error('e'),
  ],
  ...[new Uint8Array(2), new Blob(['x']), new URLSearchParams('a=b'), new Headers({ a: 'b' }), Object.create(null)],
  ...[
    { username: 'u' },
    { username: 'u', password: 1 },
    { token: 5 },
    { cookie: 1, header: 'x' },
    { header: '\n' },
    { limit: 'x' },
  ],
  ...[{ attempt: 'x' }, { total: -1 }, { nonsense: 1 }, { perOrigin: 0 }, { aborted: true }, { length: 3 }, { '~standard': {} }],
]
const NAMES =
  `baseURL method headers query params cookies body form auth csrf timeout retry retryDelay retryStatusCodes signal redirect
maxRedirects sensitiveHeaders interceptors hopInterceptors onRequest onRequestError onResponse onResponseError onRetry onCookieRejected
onUploadProgress onDownloadProgress schema responseType parseResponse ignoreResponseError allowAbsoluteUrls maxBytes context jar
concurrency fetch mounts pool proxy tls socketPath trustEnv credentials cache mode referrer json data hooks nonsense`.split(/\s+/)
/** Words of the engine, which show a mistake of ours. */
const INTERNAL =
  /undefined|Cannot |is not (?:a function|iterable|a constructor)|reading '|Maximum call|private member|Invalid value used/

ownClock()

const given = (random: () => number) =>
  Object.fromEntries(Array.from({ length: 1 + Math.floor(random() * 3) }, () => [pick(random, NAMES), pick(random, ODD)]))

/** The words of an internal error, if it is one. */
function internal(error: unknown, options: object): string | undefined {
  const { name, message } = error as Error
  const isOurs = ['TypeError', 'FetchError', 'TimeoutError', 'AbortError'].includes(name)
  // What a user's function threw, or an abort's reason.
  if (!(error instanceof Error) || message === 'e') return undefined
  return isOurs && !INTERNAL.test(message) ? undefined : `${Object.keys(options)}: ${name}: ${message}`
}

describe('10,000 random options', () => {
  test('of a session', () => {
    const random = seeded(2)
    const found = new Set<string | undefined>()
    for (let count = 0; count < 5000; count++) {
      const options = given(random)
      try {
        createSession(options as never)
      } catch (error) {
        found.add(internal(error, options))
      }
    }
    expect([...found].filter(Boolean)).toEqual([])
  })

  test('of a call', async () => {
    const random = seeded(3)
    const found = new Set<string | undefined>()
    for (let count = 0; count < 5000; count++) {
      const options = given(random)
      const session = createSession({ baseURL: 'http://h/', fetch: memory().fetch })
      const method = pick(random, ['get', 'post', 'fetch', 'raw', 'prepare'] as const)
      // A limit: an odd signal or hook must not make the test wait.
      const call = (session[method] as Session['fetch'])('/x', { timeout: { total: 200 }, ...options } as never)
      const outcome = await passing(call.catch((error: unknown) => ({ error })))
      if (typeof outcome === 'object' && outcome !== null && 'error' in outcome)
        found.add(internal((outcome as { error: unknown }).error, options))
    }
    expect([...found].filter(Boolean)).toEqual([])
  })
})

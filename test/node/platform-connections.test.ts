import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { isPlatformFetch, platformRoute } from '../../src/node/platform-connections.ts'

const platform = globalThis.fetch
const named = (fetch: typeof globalThis.fetch) => Object.defineProperty(fetch, 'name', { value: 'fetch' })

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/**
 * What applications put in place of fetch. None may be taken for the platform's own function, since each must see every
 * request.
 */
const replacements: readonly (readonly [name: string, fetch: () => unknown])[] = [
  ['a wrapper', () => (input: string) => platform(input)],
  [
    'a wrapper of the same name and text',
    () =>
      named(function fetch(input: RequestInfo | URL, init = undefined) {
        return platform(input, init)
      }),
  ],
  ['a bound one', () => platform.bind(globalThis)],
  ['a Proxy', () => new Proxy(platform, {})],
  ['one with a toString of its own', () => Object.assign(() => platform('x'), { toString: () => String(platform) })],
  ['one with the prototype of another realm', () => runInNewContext('(function fetch(input, init = undefined) {})')],
  ['a stub', () => vi.fn()],
  ['nothing', () => undefined],
  ['an object', () => ({})],
]

describe('isPlatformFetch()', () => {
  test('knows the platform’s own', () => expect(isPlatformFetch(platform)).toBe(true))
  test.each(replacements)('does not take %s for it', (_, make) => expect(isPlatformFetch(make())).toBe(false))

  test('is not deceived by a Function.prototype.toString that is replaced later', () => {
    vi.spyOn(Function.prototype, 'toString').mockReturnValue(String(platform))
    expect(isPlatformFetch(() => undefined)).toBe(false)
  })
})

describe('platformRoute()', () => {
  // The canary: it fails when a Node no longer publishes its dispatcher, or words its fetch in another way. Nothing breaks
  // then, but every call goes over fetch, at half the speed.
  test('finds the dispatcher of this Node', () => {
    const route = platformRoute()
    expect(route?.dispatcher.dispatch).toBeTypeOf('function')
    expect(route?.major).toBe(Number.parseInt(process.versions.undici ?? '', 10))
  })

  test('is asked at each send: there is none while fetch is replaced', () => {
    vi.stubGlobal('fetch', () => undefined)
    expect(platformRoute()).toBeUndefined()
    vi.unstubAllGlobals()
    expect(platformRoute()).toBeDefined()
    const spy = vi.spyOn(globalThis, 'fetch')
    expect(platformRoute()).toBeUndefined()
    spy.mockRestore()
    expect(platformRoute()).toBeDefined()
  })
})

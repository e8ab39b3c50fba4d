/** A page without fetch, as Jest's jsdom is. */
import { afterEach, expect, test, vi } from 'vitest'
import { createSession } from '../../src/index.browser.ts'

const { fetch } = globalThis
afterEach(() => void vi.stubGlobal('fetch', fetch))

test.each(['fetch', 'raw'] as const)('session.%s says that there is no fetch, and not that the network failed', async (door) => {
  vi.stubGlobal('fetch', undefined)
  const error = await createSession()
    [door]('https://a.example/x')
    .catch((thrown: unknown) => thrown as Error)
  expect(String(error)).toBe('TypeError: GET https://a.example/x: there is no fetch here: give the fetch option')
})

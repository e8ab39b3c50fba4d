/** Parts that are not the platform's: polyfilled signals, no TextDecoder, a session as fetch, blanks that are no blanks to fetch. */
import { expect, test, vi } from 'vitest'
import { createSession } from '../../src/index.ts'

test('a signal that takes only functions as listeners ends the call', async () => {
  const listeners: (() => void)[] = []
  const signal = {
    aborted: false,
    reason: undefined as unknown,
    addEventListener: (_: string, listener: () => void) => void listeners.push(() => listener.call(signal)),
    removeEventListener: () => undefined,
  }
  const session = createSession({ fetch: () => new Promise(() => undefined) })
  const call = session.fetch('http://h.example/', { signal: signal as unknown as AbortSignal })
  signal.aborted = true
  signal.reason = new Error('mine')
  for (const listener of listeners) listener()
  await expect(call).rejects.toBe(signal.reason)
})

test.each(['text', 'json'] as const)('%s() of a body with a limit needs no TextDecoder', async (read) => {
  const session = createSession({ fetch: async () => new Response('"a"'), maxBytes: 10 })
  vi.stubGlobal('TextDecoder', undefined)
  try {
    const response = await session.fetch('http://h.example/')
    expect(await response[read]()).toBe(read === 'json' ? 'a' : '"a"')
  } finally {
    vi.unstubAllGlobals()
  }
})

test('what a session given as fetch has refused is not tried again', async () => {
  let sent = 0
  const inner = createSession({
    fetch: async () => {
      sent++
      return new Response(null, { status: 302, headers: { location: '/x' } })
    },
  })
  const outer = createSession({
    fetch: (url, init) => inner.fetch(url, { ...init, redirect: 'error' }),
    retry: { limit: 2, delay: 0 },
  })
  await expect(outer.fetch('http://h.example/')).rejects.toThrow("redirect is 'error'")
  expect(sent).toBe(1)
})

test.each(['s3cret\n\f', 's3cret\n\xa0', '\u2028s3cret'])('a value that fetch refuses is refused by name: %j', async (value) => {
  const session = createSession({ fetch: async () => new Response() })
  const error = await session.fetch('http://h.example/', { headers: { 'x-a': value } }).catch((thrown: Error) => thrown)
  expect(String(error)).toContain("headers: the value of 'x-a' must be latin-1 text")
  expect(String(error)).not.toContain('s3cret')
})

/** A trace in a page, where the platform follows redirects and hides cookies. */
import { createSession } from 'sessionfetch'
import { trace } from 'sessionfetch/trace'
import { expect, inject, test } from 'vitest'

const a = inject('a')

test('trace() records a call of a page, its attempts and bodies', async () => {
  const t = trace({ bodies: true })
  const session = createSession({ baseURL: a, retry: { limit: 1, delay: 0 }, ...t.options })
  const key = `trace-${performance.now()}`
  const response = await session.fetch('/flaky', { query: { key, times: 1 } })
  const text = await response.text()
  const [entry] = t.entries
  expect(entry?.attempts.map(({ hops, retried }) => [hops.length, retried])).toEqual([
    [1, 'status 503'],
    [1, undefined],
  ])
  expect(entry?.attempts[1]?.hops[0]?.response?.body?.text).toBe(text)
  expect(entry?.timings.receiving).toBeGreaterThanOrEqual(0)
  expect(t.toHAR().log.entries).toHaveLength(2)
})

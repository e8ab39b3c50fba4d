/** Secrets stay at home: every way to move a request × every secret. */
import { describe, expect, test } from 'vitest'
import type { SessionOptions } from '../../src/index.ts'
import { A, B, type Move, moves, secrets } from '../cases/moves.ts'
import { memory } from '../support/memory.ts'

const isAt = (origin: string) => (sent: { readonly url: string }) => sent.url.startsWith(origin)

/** A session's options with both of two sets: their interceptors in a row. */
function both(one: SessionOptions, other: SessionOptions = {}): SessionOptions {
  const interceptors = [...(one.interceptors ?? []), ...(other.interceptors ?? [])]
  return { ...one, ...other, ...(interceptors.length > 0 ? { interceptors } : {}) }
}

describe.each(Object.entries(moves))('moved by %s', (_, move: Move) => {
  const shown = secrets.filter(([name]) => !move.except?.includes(name))

  test.each(shown)('%s stays', async (_name, options, header) => {
    const wire = memory((sent) => (move.redirects && isAt(A)(sent) ? { status: 307, headers: { location: `${B}moved` } } : {}))
    await move.send({ baseURL: A, fetch: wire.fetch, ...both(options, move.options) }, wire)
    const there = wire.sent.filter(isAt(B))
    expect(there.length).toBeGreaterThan(0)
    for (const sent of there) expect(JSON.stringify([...sent.headers])).not.toContain('s3cret')
    // What is still sent to A has it: else nothing was shown.
    for (const sent of wire.sent.filter(isAt(A)))
      expect(sent.headers.get(header)).toContain(header === 'authorization' ? '' : 's3cret')
  })

  test.each(shown)('%s does not come back when B redirects to A', async (_name, options) => {
    const wire = memory((sent) => {
      if (isAt(B)(sent)) return { status: 307, headers: { location: `${A}back` } }
      return move.redirects && !sent.url.endsWith('back') ? { status: 307, headers: { location: `${B}moved` } } : {}
    })
    const own = both(options, move.options)
    // An interceptor that moves every request again would loop.
    if (own.hopInterceptors) return
    await move.send({ baseURL: A, fetch: wire.fetch, ...own }, wire)
    const back = wire.sent.filter(({ url }) => url.endsWith('back'))
    expect(back.length).toBe(1)
    expect(JSON.stringify([...(back[0]?.headers ?? [])])).not.toContain('s3cret')
  })
})

describe('send()', () => {
  test.each(secrets)('takes %s of the sending session only to its home', async (_name, options) => {
    const { createSession } = await import('../../src/index.ts')
    const wire = memory()
    const one = createSession({ baseURL: A, fetch: wire.fetch })
    const two = createSession({ baseURL: B, fetch: wire.fetch, ...options })
    await two.send(await one.prepare('/x', { method: 'POST', body: 'x' }))
    expect(wire.last.url).toBe(`${A}x`)
    // An interceptor of the sending session is its user's own code, and sees where the request goes.
    if (!options.interceptors) expect(JSON.stringify([...wire.last.headers])).not.toContain('s3cret')
  })
})

import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import type { ProgressEvent } from '../../src/index.ts'
import { type TakeApart, uploadLayer } from '../../src/layers/upload.ts'
import { takeApart as takeApartInNode } from '../../src/node/pool/bodies.ts'
import { exchangeOf, through } from '../support/exchange.ts'

const read = async (body: unknown) => new Uint8Array(await new Response(body as BodyInit).arrayBuffer()).byteLength

describe('uploadLayer()', () => {
  const asItIs: TakeApart = (body) => ({ body, type: 'text/plain' })
  const run = async (takeApart: TakeApart, body: unknown) => {
    const events: ProgressEvent[] = []
    const options = { context: {}, onUploadProgress: (event: ProgressEvent) => events.push(event) }
    const exchange = exchangeOf({ request: { method: 'POST', body: body as never }, call: { options } as never, cookie: 'a=1' })
    const { seen } = await through(uploadLayer(takeApart), exchange)
    return { events, sent: seen[0], bytes: await read(seen[0]?.body) }
  }

  test('sends the bytes, tells of them, and keeps the cookies', async () => {
    const { events, sent, bytes } = await run(asItIs, 'é'.repeat(70_000))
    expect([bytes, events.at(-1)?.loaded, events.at(-1)?.total]).toEqual([140_000, 140_000, 140_000])
    expect(Object.fromEntries(sent?.headers ?? [])).toEqual({ 'content-length': '140000', 'content-type': 'text/plain' })
    expect(sent?.cookie).toBe('a=1')
  })

  test('reads streams and iterators, whose length nobody knows', async () => {
    async function* pieces() {
      yield new Uint8Array(3)
      yield new Uint8Array(4)
    }
    for (const body of [pieces(), new Blob(['1234567']).stream()]) {
      const { events, bytes, sent } = await run(() => ({ body }), body)
      expect([bytes, events.at(-1)?.loaded, events.at(-1)?.total]).toEqual([7, 7, undefined])
      expect(sent?.headers.has('content-length')).toBe(false)
    }
  })

  test('lets go of its source when it is cancelled, also while it waits for a piece', async () => {
    const never = () => new Promise<never>(() => undefined)
    const cancelled: unknown[] = []
    const cancel = (reason?: unknown) => void cancelled.push(reason)
    for (const takeApart of [asItIs, takeApartInNode]) {
      const body = new ReadableStream({ pull: never, cancel })
      const exchange = exchangeOf({
        request: { method: 'POST', body: body as never },
        call: { options: { context: {}, onUploadProgress: () => undefined } } as never,
      })
      const { seen } = await through(uploadLayer(takeApart), exchange)
      const sent = seen[0]?.body as ReadableStream | undefined
      const reader = sent?.getReader()
      void reader?.read()
      void reader?.cancel('over')
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(cancelled).toEqual(['over', 'over'])
  })

  test('reads bytes of another realm', async () => {
    const { bytes } = await run(asItIs, runInNewContext('new Uint8Array(70_000)'))
    expect(bytes).toBe(70_000)
  })

  test('leaves a call without a body, or without listeners, alone', async () => {
    const exchange = exchangeOf({ request: { method: 'POST', body: 'x' } })
    expect((await through(uploadLayer(asItIs), exchange)).seen[0]).toBe(exchange)
  })
})

/** A body with a limit reads as the platform's own: each use of one is compared with that of a response without a limit. */
import { describe, expect, test } from 'vitest'
import { limitBody } from '../../src/exchange/limited-body.ts'
import { exchangeOf } from '../support/exchange.ts'

const limited = (response: Response) => {
  const ended = limitBody(response, exchangeOf({ call: { maxBytes: 1000 } }))
  return { response, ended }
}

const read = (response: Response) => response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>

const uses: readonly (readonly [string, string, (response: Response) => unknown])[] = [
  ['text()', 'text/plain', async (response) => [await response.text(), response.bodyUsed]],
  ['text() of a body with a byte order mark', '\uFEFFa', async (response) => response.text()],
  ['json()', '{"a":[1]}', async (response) => response.json()],
  ['json() of a body with a byte order mark', '\uFEFF[1]', async (response) => response.json()],
  ['json() of no JSON', '{', async (response) => response.json().catch(({ name }) => name)],
  ['json() of an empty body', '', async (response) => response.json().catch(({ name }) => name)],
  ['arrayBuffer()', 'ü', async (response) => new Uint8Array(await response.arrayBuffer())],
  ['blob()', 'ü', async (response) => [(await response.blob()).type, await response.blob().catch(({ name }) => name)]],
  ['bodyUsed before a read', 'a', (response) => response.bodyUsed],
  ['bodyUsed with the stream in hand', 'a', (response) => [Boolean(response.body), response.bodyUsed]],
  [
    'bodyUsed while the stream is read',
    'a',
    async (response) => [
      await read(response)
        .read()
        .then(({ done }) => done),
      response.bodyUsed,
    ],
  ],
  ['bodyUsed of a cancelled stream', 'a', async (response) => [await response.body?.cancel(), response.bodyUsed]],
  ['a second read', 'a', async (response) => [await response.text(), await response.text().catch(({ name }) => name)]],
  [
    'a read of a locked stream',
    'a',
    async (response) => [read(response) !== undefined, await response.text().catch(({ name }) => name)],
  ],
  ['clone()', 'a', async (response) => [await response.clone().text(), response.bodyUsed, await response.text()]],
  ['clone() of a clone', 'a', async (response) => [await response.clone().clone().text(), await response.text()]],
  ['clone(), the copy read alone', 'a', async (response) => [await response.clone().text(), response.bodyUsed]],
  [
    'clone() after a read',
    'a',
    async (response) => {
      await response.text()
      try {
        return response.clone()
      } catch (error) {
        return (error as Error).name
      }
    },
  ],
]

describe('a limited body', () => {
  test.each(uses)('%s is that of the platform', async (_, text, use) => {
    const made = () => new Response(text, { headers: { 'content-type': 'text/x; charset=utf-8' } })
    expect(await use(limited(made()).response)).toEqual(await use(made()))
  })

  test('ends when it is read, cancelled, broken off, or not there', async () => {
    const broken = new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) }))
    for (const [response, use] of [
      [new Response('a'), (given: Response) => given.text()],
      [new Response('a'), async (given: Response) => given.body?.cancel()],
      [broken, (given: Response) => given.text().catch(() => undefined)],
      [new Response(null), async () => undefined],
    ] as const) {
      const { ended } = limited(response)
      await use(response)
      expect(await Promise.race([ended.then(() => 'ended'), new Promise((resolve) => setImmediate(resolve, 'not ended'))])).toBe(
        'ended',
      )
    }
  })

  test('has its end told once, and is not taken over twice', () => {
    const { response, ended } = limited(new Response('a'))
    const { text } = response
    expect(limited(response).ended).toBe(ended)
    expect(response.text).toBe(text)
  })
})

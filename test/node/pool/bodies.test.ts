import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Body } from '../../../src/http/body.ts'
import { extractBody } from '../../../src/node/pool/bodies.ts'

const form = new FormData()
form.set('line\nbreak"', 'one\ntwo\r\nthree\rfour')
form.set('file', new File(['bytes'], 'a "name"\r.txt', { type: 'text/x' }))
form.append('file', new File([new Uint8Array([0, 255])], 'b'))

/** Everything that fetch sends, as a body. */
const bodies: readonly (readonly [name: string, body: () => Body])[] = [
  ['a string', () => 'text'],
  ['a parameter list', () => new URLSearchParams('a=1&a=2')],
  ['bytes', () => new Uint8Array([1, 2, 3]).subarray(1)],
  ['a buffer', () => new Uint8Array([1, 2]).buffer],
  ['a Blob', () => new Blob(['blob'], { type: 'text/x' })],
  ['a Blob without a type', () => new Blob(['blob'])],
  ['an empty Blob', () => new Blob([])],
  ['a form', () => form],
  ['an empty form', () => new FormData()],
]

const withoutBoundary = (text: string) => text.replace(/-{4}formdata-undici-0\d{11}/g, 'BOUNDARY')

async function bytesOf(body: unknown): Promise<string> {
  if (typeof body === 'string') return body
  const chunks: Uint8Array[] = []
  if (body instanceof Uint8Array) chunks.push(body)
  else for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}

describe('extractBody()', () => {
  test.each(bodies)('gives the bytes and the type of %s as the platform does', async (_, make) => {
    const platform = new Response(make())
    const { body, type, length } = extractBody(make())
    const bytes = await bytesOf(body)
    expect(withoutBoundary(type ?? '')).toBe(withoutBoundary(platform.headers.get('content-type') ?? ''))
    expect(withoutBoundary(bytes)).toBe(withoutBoundary(Buffer.from(await platform.arrayBuffer()).toString('latin1')))
    if (length !== undefined) expect(length).toBe(bytes.length)
  })

  test('reads a stream as it is sent, and lets go of it', async () => {
    let reason: unknown
    const stream = new ReadableStream({
      cancel(given) {
        reason = given
      },
    })
    const { cancel } = extractBody(stream)
    cancel?.('over')
    expect([stream.locked, reason]).toEqual([true, 'over'])
  })

  test('takes what is iterable, as the platform does', async () => {
    const { body } = extractBody(Readable.from(['a', Buffer.from('b')]) as never)
    expect(await bytesOf(body)).toBe('ab')
  })
})

import { Readable } from 'node:stream'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, test, vi } from 'vitest'
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

/** What the packages of test environments, and undici, make: the shape of the platform's, by another class. */
function foreignForm(): unknown {
  const rows = [['a', 'one']]
  return { getAll: () => rows, append: () => undefined, [Symbol.iterator]: () => rows.values() }
}
function foreignParameters(): unknown {
  return { getAll: () => [], sort: () => undefined, toString: () => 'a=1' }
}
function foreignBlob(): unknown {
  const { size, type } = new Blob(['blob'], { type: 'text/x' })
  return { size, type, slice: () => undefined, stream: () => new Blob(['blob']).stream() }
}

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

  test.each<[name: string, body: unknown, type: string, sent: string]>([
    ['a form of another class', foreignForm(), 'multipart/form-data', 'one'],
    ['parameters of another class', foreignParameters(), 'application/x-www-form-urlencoded', 'a=1'],
    ['a Blob of another class', foreignBlob(), 'text/x', 'blob'],
    ['a buffer of another realm', runInNewContext('new Uint8Array([97, 98]).buffer'), '', 'ab'],
  ])('takes %s', async (_, body, expected, sent) => {
    const { body: bytes, type = '' } = extractBody(body as Body)
    expect([type.startsWith(expected), await bytesOf(bytes)]).toEqual([true, expect.stringContaining(sent)])
  })

  describe('a Blob that has no stream, as that of jsdom', () => {
    const blob = { size: 4, type: 'text/x', slice: () => undefined } as unknown as Body
    afterEach(() => vi.unstubAllGlobals())

    test("is read by the environment's FileReader", async () => {
      class Reader {
        onload: () => void = () => undefined
        result: unknown
        readAsArrayBuffer(given: unknown) {
          this.result = new TextEncoder().encode(given === blob ? 'blob' : '').buffer
          setImmediate(this.onload)
        }
      }
      vi.stubGlobal('FileReader', Reader)
      const { body, type, length } = extractBody(blob)
      expect([await bytesOf(body), type, length]).toEqual(['blob', 'text/x', 4])
    })

    test('is refused where nothing can read it', () => {
      expect(() => extractBody(blob)).toThrow(/^body: this Blob cannot be read here/)
      const form = Object.assign(new FormData(), { [Symbol.iterator]: () => [['a', blob]].values() })
      expect(() => extractBody(form)).toThrow(/^body: this Blob cannot be read here/)
    })
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

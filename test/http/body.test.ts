import { describe, expect, test } from 'vitest'
import { checkFetchBody, isOneShot, serialise } from '../../src/http/body.ts'

class Point {
  readonly x = 1
}
class Money {
  toJSON() {
    return '1 EUR'
  }
}
async function* pieces() {
  yield new Uint8Array()
}

/** As happy-dom has them: without a tag, by which the platform's own can be told. */
class UntaggedBlob {
  readonly type = 'text/plain'
  async arrayBuffer() {
    return new ArrayBuffer(0)
  }
}
class UntaggedForm {
  readonly rows = []
  getAll() {
    return this.rows
  }
}

/** [what, the body, whether the data door makes JSON of it, whether session.fetch sends it, whether it is used up by that] */
const BODIES: readonly (readonly [what: string, body: unknown, json: boolean, isSent: boolean, oneShot?: boolean])[] = [
  ['a plain object', { a: 1 }, true, false],
  ['an object without a prototype', Object.create(null), true, false],
  ['an array', [1], true, false],
  ['an object with fields of its own', new Point(), true, false],
  ['an object with toJSON', new Money(), true, false],
  ['a Date', new Date(0), true, true],
  ['a Map', new Map(), false, false],
  ['a Set', new Set([1]), false, false],
  ['a Promise', Promise.resolve(1), false, false],
  ['text', 'x', false, true],
  ['bytes', new Uint8Array(1), false, true],
  ['a buffer', new ArrayBuffer(1), false, true],
  ['a shared buffer', new SharedArrayBuffer(1), false, false],
  ['a Blob', new Blob(['x']), false, true],
  ['a FormData', new FormData(), false, true],
  ["a test environment's Blob", new UntaggedBlob(), false, true],
  ["a test environment's FormData", new UntaggedForm(), false, true],
  ['an object with a field of such a name', { arrayBuffer: 1, getAll: true }, true, false],
  ['a Response', new Response(''), false, false],
  ['URLSearchParams', new URLSearchParams('a=b'), false, true],
  ['a stream', new ReadableStream(), false, true, true],
  ['an async iterator', pieces(), false, true, true],
]

describe('bodies', () => {
  test.each(BODIES)('%s', (_, body, json, isSent, oneShot = false) => {
    const serialised = serialise(body as never, new Headers(), () => 'POST https://a.example/')
    expect([typeof body === 'object' && typeof serialised === 'string', isOneShot(body as never)]).toEqual([json, oneShot])
    if (isSent) expect(() => checkFetchBody(body)).not.toThrow()
    else expect(() => checkFetchBody(body)).toThrow(/^body: /)
  })
})

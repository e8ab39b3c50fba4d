import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { codingsOf, decoded } from '../../../src/node/pool/codings.ts'

const TEXT = 'ada '.repeat(100)
const streamOf = (bytes: Uint8Array) => new Response(new Uint8Array(bytes)).body as ReadableStream<Uint8Array>

describe('codingsOf()', () => {
  const table: readonly [string | string[] | undefined, readonly string[]][] = [
    [undefined, []],
    ['', []],
    ['identity', []],
    ['GZip', ['gzip']],
    ['gzip, identity ,br', ['gzip', 'br']],
    [
      ['gzip', 'br'],
      ['gzip', 'br'],
    ],
    ['x-gzip', ['x-gzip']],
    ['compress', []],
    ['gzip, compress', []],
  ]
  test.each(table)('%j', (header, expected) => expect(codingsOf(header)).toEqual(expected))
})

describe('decoded()', () => {
  const table: readonly [string, Uint8Array][] = [
    ['gzip', gzipSync(TEXT)],
    ['x-gzip', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
  ]
  test.each(table)('undoes %s', async (header, bytes) => {
    expect(await new Response(decoded(streamOf(bytes), codingsOf(header)) as BodyInit).text()).toBe(TEXT)
  })

  test('an empty body has nothing to undo', async () => {
    expect(await new Response(decoded(streamOf(new Uint8Array()), ['gzip']) as BodyInit).text()).toBe('')
  })

  test('a broken body is a TypeError, as with fetch', async () => {
    const broken = decoded(streamOf(Buffer.from('no gzip')), ['gzip'])
    await expect(new Response(broken as BodyInit).text()).rejects.toThrow('terminated')
  })
})

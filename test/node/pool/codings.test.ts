import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { codingsOf, decoded } from '../../../src/node/pool/codings.ts'
import { growth } from '../../support/growth.ts'

const TEXT = 'ada '.repeat(100)
const streamOf = (bytes: Uint8Array) => new Response(new Uint8Array(bytes)).body as ReadableStream<Uint8Array>

describe('codingsOf()', () => {
  const table: readonly [string | string[] | undefined, readonly string[]][] = [
    [undefined, []],
    ['', []],
    ['identity', []],
    ['GZip', ['gzip']],
    ['gzip, identity', []],
    ['gzip , br', ['gzip', 'br']],
    [
      ['gzip', 'br'],
      ['gzip', 'br'],
    ],
    ['x-gzip', ['x-gzip']],
    ['compress', []],
    ['gzip, compress', []],
  ]
  test.each(table)('%j', (header, expected) => expect(codingsOf(header)).toEqual(expected))

  test('more than five are an error, as with the platform’s fetch', () => {
    expect(codingsOf(`${'gzip,'.repeat(4)}gzip`).length).toBe(5)
    expect(() => codingsOf(`${'gzip,'.repeat(5)}gzip`)).toThrow('too many content-encodings in response: 6, maximum allowed is 5')
  })

  test.each(['blanks', 'commas', 'words'])('takes linear time for %s', (shape) => {
    const unit = { blanks: ' ', commas: ', ', words: 'gzip ' }[shape] as string
    const read = (header: string) => {
      try {
        codingsOf(header)
      } catch {
        // More than five codings are refused, also in linear time.
      }
    }
    expect(growth(read, (length) => `gzip${unit.repeat(length / unit.length)}x`, 1 << 18)).toBeLessThan(3)
  })
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

/** Reading HTTP/2 frames out of pieces, by hand-written bytes. */
import { describe, expect, test } from 'vitest'
import { FrameReader, type Marks } from '../../../src/node/pool/http2-frames.ts'
import {
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  GOAWAY,
  HEADERS,
  PADDED,
  RST_STREAM,
  SETTINGS,
} from '../../support/frames.ts'

/** What a reader tells of bytes that come in pieces of this size. */
function told(bytes: readonly number[], size: number, skipped = 0): unknown[] {
  const seen: unknown[] = []
  const reader = new FrameReader(
    {
      heard: (stream, event, length) => seen.push([stream, event, length]),
      goesAway: (code) => seen.push(['goaway', code]),
      breaks: (how) => seen.push(['breaks', how]),
    },
    skipped,
  )
  for (let at = 0; at < bytes.length; at += size) reader.read(Uint8Array.from(bytes.slice(at, at + size)))
  return seen
}

const CASES: [string, number[], unknown[]][] = [
  ['nothing', [], []],
  ['SETTINGS', frame(SETTINGS, 1, 0), []],
  ['headers', frame(HEADERS, END_HEADERS, 1, 0x88), [[1, 'headers', 0]]],
  [
    'headers in several frames',
    [...frame(HEADERS, 0, 1, 0x88), ...frame(CONTINUATION, 0, 1), ...frame(CONTINUATION, END_HEADERS, 1, 0x88)],
    [[1, 'headers', 0]],
  ],
  [
    'headers in several frames that are the end',
    [...frame(HEADERS, END_STREAM, 1, 0x88), ...frame(CONTINUATION, END_HEADERS, 1, 0x88)],
    [[1, 'end', 0]],
  ],
  ['headers that are the end', frame(HEADERS, END_HEADERS | END_STREAM, 3, 0x88), [[3, 'end', 0]]],
  ['bytes', frame(DATA, 0, 5, 1, 2, 3), [[5, 'data', 3]]],
  ['bytes that are the last', frame(DATA, END_STREAM, 5, 1), [[5, 'end', 1]]],
  ['bytes and padding', frame(DATA, PADDED, 5, 2, 1, 2, 3, 0, 0), [[5, 'data', 3]]],
  ['more padding than there are bytes', frame(DATA, PADDED, 5, 9, 1), [[5, 'data', -8]]],
  ['an end without bytes', frame(DATA, END_STREAM, 5), [[5, 'bare end', 0]]],
  ['an end of padding', frame(DATA, END_STREAM | PADDED, 5, 1, 0), [[5, 'bare end', 0]]],
  ['an end with a flag for padding, and none', frame(DATA, END_STREAM | PADDED, 5), [[5, 'bare end', 0]]],
  ['a reset', frame(RST_STREAM, 0, 0x12345679, 0, 0, 0, 2), [[0x12345679, 'reset', 0]]],
  ['a reset whose flags mean nothing', frame(RST_STREAM, END_STREAM, 1, 0, 0, 0, 2), [[1, 'reset', 0]]],
  ['GOAWAY', frame(GOAWAY, 0, 0, 0, 0, 0, 1, 0, 0, 0, 11), [['goaway', 11]]],
  ['GOAWAY with a text', frame(GOAWAY, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 65, 66), [['goaway', 2]]],
  ['GOAWAY that is cut short', frame(GOAWAY, 0, 0, 0, 0), []],
  ['a long payload', frame(DATA, 0, 1, ...Array<number>(300).fill(1)), [[1, 'data', 300]]],
]

describe('FrameReader', () => {
  test.each(CASES)('tells of %s, and of the frame after it, in pieces of any size', (_, bytes, events) => {
    const after = frame(DATA, END_STREAM, 7, 9)
    for (const size of [1, 2, 3, 8, 9, 10, 17, 1000]) {
      expect(told([...bytes, ...after], size)).toEqual([...events, [7, 'end', 1]])
    }
  })

  test('leaves bytes out that come before the first frame', () => {
    const preface = Array<number>(24).fill(GOAWAY)
    for (const size of [1, 5, 24, 1000]) expect(told([...preface, ...frame(DATA, 0, 1, 1)], size, 24)).toEqual([[1, 'data', 1]])
  })

  test('tells of bytes and headers only when all of them are there', () => {
    for (const bytes of [frame(DATA, END_STREAM, 1, 1, 2), frame(HEADERS, END_HEADERS | END_STREAM, 1, 0x88)]) {
      expect(told(bytes.slice(0, -1), 1)).toEqual([])
      expect(told(bytes, 1)).toHaveLength(1)
    }
  })

  test.each([
    ['another frame', frame(DATA, 0, 1, 1)],
    ['other headers', frame(HEADERS, END_HEADERS, 1, 0x88)],
    ['the rest of another stream', frame(CONTINUATION, END_HEADERS, 3, 0x88)],
  ])('tells that %s in the middle of headers breaks them, and never that they are whole', (_, other) => {
    expect(told([...frame(HEADERS, 0, 1, 0x88), ...other], 1000)).toContainEqual(['breaks', 'protocol'])
  })

  test('tells that headers are too long, also if they are many frames of nothing', () => {
    const begun = frame(HEADERS, 0, 1, 0x88)
    const some = Array<number>(10_000).fill(0)
    const long = (bytes: number[], times: number) => told([...begun, ...Array(times).fill(bytes).flat()], 1 << 20)
    expect(long(frame(CONTINUATION, 0, 1, ...some), 13)).toEqual([])
    expect(long(frame(CONTINUATION, 0, 1, ...some), 14)).toEqual([['breaks', 'length']])
    expect(long(frame(CONTINUATION, 0, 1), 14_000)).toEqual([])
    expect(long(frame(CONTINUATION, 0, 1), 15_000)).toContainEqual(['breaks', 'length'])
  })

  const marks = (...pieces: number[][]): Marks[] => {
    const reader = new FrameReader({})
    return pieces.map((piece) => reader.read(Uint8Array.from(piece)))
  }

  test('gives the place where a GOAWAY begins, in a piece that it is in', () => {
    const goaway = frame(GOAWAY, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2)
    const data = frame(DATA, 0, 1, 1)
    const places = (...pieces: number[][]) => marks(...pieces).map((one) => one.goaway)
    expect(places(data)).toEqual([10])
    expect(places([...data, ...goaway, ...data])).toEqual([10])
    expect(places([...data, ...goaway.slice(0, 4)], [...goaway.slice(4), ...data])).toEqual([14, 0])
    expect(places([...goaway, ...goaway])).toEqual([0])
  })

  test('gives the place where headers begin that have not ended, in each piece until they do', () => {
    const data = frame(DATA, 0, 1, 1)
    const [first, last] = [frame(HEADERS, 0, 1, 0x88), frame(CONTINUATION, END_HEADERS, 1, 0x88)]
    const places = (...pieces: number[][]) => marks(...pieces).map((one) => one.block)
    expect(places([...data, ...first, ...last, ...data])).toEqual([40])
    expect(places([...data, ...first], [...last, ...data])).toEqual([10, 20])
    expect(places([...data, ...first], last.slice(0, 5), [...last.slice(5), ...data, ...first])).toEqual([10, 0, 15])
    expect(places(first.slice(0, 9), first.slice(9), last)).toEqual([0, 0, 10])
    expect(places(first.slice(0, 4), first.slice(4), last)).toEqual([4, 0, 10])
  })
})

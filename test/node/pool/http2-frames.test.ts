/** Reading HTTP/2 frames out of pieces, by hand-written bytes. */
import { Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { FrameReader, watched } from '../../../src/node/pool/http2-frames.ts'

const [DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY] = [0, 1, 3, 4, 7] as const
const END_STREAM = 1
const END_HEADERS = 4

const frame = (type: number, flags: number, stream: number, ...payload: number[]) => [
  ...[0, payload.length >> 8, payload.length & 255, type, flags],
  // The first bit is reserved (RFC 9113 section 4.1), and may be anything.
  ...[(stream >>> 24) | 128, (stream >> 16) & 255, (stream >> 8) & 255, stream & 255],
  ...payload,
]

/** What a reader tells of bytes that come in pieces of this size. */
function told(bytes: readonly number[], size: number, skipped = 0): unknown[] {
  const seen: unknown[] = []
  const reader = new FrameReader(
    { heard: (stream, event, length) => seen.push([stream, event, length]), goesAway: (code) => seen.push(['goaway', code]) },
    skipped,
  )
  for (let at = 0; at < bytes.length; at += size) reader.read(Uint8Array.from(bytes.slice(at, at + size)))
  return seen
}

const CASES: [string, number[], unknown[]][] = [
  ['nothing', [], []],
  ['SETTINGS', frame(SETTINGS, 1, 0), []],
  ['headers', frame(HEADERS, END_HEADERS, 1, 0x88), []],
  ['headers that are the end', frame(HEADERS, END_HEADERS | END_STREAM, 3, 0x88), [[3, 'end', 0]]],
  ['bytes', frame(DATA, 0, 5, 1, 2, 3), [[5, 'data', 3]]],
  ['bytes that are the last', frame(DATA, END_STREAM, 5, 1), [[5, 'end', 1]]],
  ['an end without bytes', frame(DATA, END_STREAM, 5), [[5, 'bare end', 0]]],
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

  test('gives the place where a GOAWAY begins, in a piece that it is in', () => {
    const goaway = frame(GOAWAY, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2)
    const data = frame(DATA, 0, 1, 1)
    const places = (...pieces: number[][]) => {
      const reader = new FrameReader({})
      return pieces.map((piece) => reader.read(Uint8Array.from(piece)))
    }
    expect(places(data)).toEqual([10])
    expect(places([...data, ...goaway, ...data])).toEqual([10])
    expect(places([...data, ...goaway.slice(0, 4)], [...goaway.slice(4), ...data])).toEqual([14, 0])
    expect(places([...goaway, ...goaway])).toEqual([0])
  })
})

describe('watched()', () => {
  /** A socket that the other side has ended: what has come can be read, and nothing can be written. */
  function endedSocket(...pieces: (readonly number[])[]): Duplex {
    const socket = new Duplex({
      allowHalfOpen: false,
      read: () => undefined,
      write: (_chunk, _encoding, callback) => callback(Object.assign(new Error('ended by the other party'), { code: 'EPIPE' })),
    })
    for (const piece of pieces) socket.push(Uint8Array.from(piece))
    socket.push(null)
    return socket
  }

  const goaway = frame(GOAWAY, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2)
  const data = frame(DATA, END_STREAM, 1, 1)

  test.each([
    ['the end', [data], [10]],
    ['GOAWAY and the end', [[...data, ...goaway], data], [10, 17, 10]],
    ['two GOAWAYs and the end', [goaway, goaway, data], [17, 17, 10]],
  ])('passes on all that comes with %s before it fails, also when it is written to', async (_, pieces, lengths) => {
    const outer = watched(endedSocket(...pieces), {}, {})
    const seen: (number | string)[] = []
    outer.on('data', (chunk: Uint8Array) => {
      seen.push(chunk.length)
      outer.write(Uint8Array.of(1))
    })
    outer.on('end', () => seen.push('end'))
    const closed = new Promise((resolve) => outer.on('close', resolve))
    outer.on('error', () => seen.push('error'))
    await closed
    expect(seen.filter((one) => typeof one === 'number')).toEqual(lengths)
    expect(seen.at(-1)).toMatch(/^(end|error)$/)
  })

  test('passes on what comes with GOAWAY and the end in turns, so that a reader can finish between them', async () => {
    const outer = watched(endedSocket([...data, ...goaway]), {}, {})
    const turns: number[] = []
    let turn = 0
    let isOver = false
    const count = () => {
      turn++
      if (!isOver) setImmediate(count)
    }
    count()
    outer.on('data', () => turns.push(turn))
    outer.on('end', () => turns.push(turn))
    await new Promise((resolve) => outer.on('close', resolve))
    isOver = true
    const gaps = turns.slice(1).map((at, index) => at - (turns[index] ?? 0))
    expect(turns.length).toBe(3)
    for (const gap of gaps) expect(gap).toBeGreaterThan(1)
  })
})

/** A socket that tells of the frames that pass: what goes on, in which order, and when. */
import { Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { watched } from '../../../src/node/pool/http2-socket.ts'
import { CONTINUATION, DATA, END_HEADERS, END_STREAM, frame, GOAWAY, HEADERS } from '../../support/frames.ts'

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

  /** What comes out of it, piece by piece. */
  async function passed(...pieces: (readonly number[])[]): Promise<number[][]> {
    const outer = watched(endedSocket(...pieces), {}, {})
    const seen: number[][] = []
    outer.on('data', (chunk: Uint8Array) => seen.push([...chunk]))
    await new Promise((resolve) => outer.on('close', resolve))
    return seen
  }

  const [first, second, last] = [
    frame(HEADERS, 0, 1, 0x88),
    frame(CONTINUATION, 0, 1, 1, 2, 3),
    frame(CONTINUATION, END_HEADERS, 1, 0x88),
  ]

  test('passes headers on when all of them are there, with what comes before and after, and loses no byte', async () => {
    const block = [...first, ...second, ...last]
    expect(await passed(block)).toEqual([block])
    expect(await passed([...data, ...first], second, [...last, ...data])).toEqual([data, [...block, ...data]])
    expect(await passed([...data, ...block, ...first], [...last])).toEqual([
      [...data, ...block],
      [...first, ...last],
    ])
    const bytes = [...data, ...block, ...data, ...block, ...goaway, ...data]
    for (const size of [1, 2, 5, 9, 10, 11, 19, 30, 100]) {
      const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.slice(at * size, (at + 1) * size))
      expect((await passed(...cut)).flat()).toEqual(bytes)
    }
  })

  test('never passes on headers that do not end', async () => {
    expect(await passed([...data, ...first], second)).toEqual([data])
    expect(await passed([...data, ...first, ...data], data)).toEqual([data])
  })

  test('writes in one piece what comes in one go, and hears a GOAWAY among it', async () => {
    const written: number[][] = []
    const socket = new Duplex({
      read: () => undefined,
      write: (chunk: Uint8Array, _encoding, callback) => {
        written.push([...chunk])
        callback()
      },
    })
    const codes: number[] = []
    const outer = watched(socket, {}, { goesAway: (code) => codes.push(code) })
    const preface = Array<number>(24).fill(0)
    await new Promise((resolve) => {
      outer.cork()
      for (const bytes of [preface, data, goaway]) outer.write(Uint8Array.from(bytes), resolve)
      outer.uncork()
    })
    expect(written).toEqual([[...preface, ...data, ...goaway]])
    expect(codes).toEqual([2])
    outer.destroy()
  })

  test('tells that it reads on after it had to wait for its reader, and at no other time', async () => {
    const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, callback) => callback() })
    let resumed = 0
    const outer = watched(socket, { resumes: () => resumed++ }, {})
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    const large = Uint8Array.from(frame(0x42, 0, 1, ...Array<number>(60_000).fill(0)))
    socket.push(Uint8Array.from(data))
    await turn()
    outer.read()
    expect([resumed, socket.isPaused()]).toEqual([0, false])
    for (let times = 0; times < 3; times++) socket.push(large)
    await turn()
    expect([resumed, socket.isPaused()]).toEqual([0, true])
    while (outer.read() !== null) await turn()
    expect([resumed > 0, socket.isPaused()]).toEqual([true, false])
    outer.destroy()
  })
})

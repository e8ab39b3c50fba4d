/** A body that comes from a dispatcher, which may hand it over in the middle of `resume()`. */
import { describe, expect, test } from 'vitest'
import { Incoming } from '../../../src/node/pool/incoming.ts'

const PIECE = new Uint8Array(300_000)

/** A dispatcher that stops when it is told to, and hands over the rest, end and all, as soon as it may go on. */
function paused(ending: 'end' | 'fail' = 'end') {
  let isPaused = false
  let isOver = false
  const incoming: Incoming = new Incoming({
    pause() {
      isPaused = true
    },
    resume() {
      if (!isPaused || isOver) return
      isPaused = false
      isOver = true
      incoming.push(PIECE)
      if (ending === 'end') incoming.end()
      else incoming.fail(new RangeError('broken'))
    },
    abort() {},
  })
  incoming.push(PIECE)
  incoming.push(PIECE)
  expect(isPaused).toBe(true)
  return incoming
}

async function read(stream: ReadableStream<Uint8Array>): Promise<number> {
  const reader = stream.getReader()
  let bytes = 0
  for (let step = await reader.read(); !step.done; step = await reader.read()) bytes += step.value.byteLength
  return bytes
}

describe('a body whose rest comes during resume()', () => {
  test('is read to its end by its stream', async () => {
    expect(await read(paused().stream([]))).toBe(900_000)
  })

  test('is read to its end as a whole', async () => {
    expect((await paused().all()).byteLength).toBe(900_000)
  })

  test('is dumped to its end', async () => {
    await paused().dump(1_000_000, 60_000)
  })

  test('breaks off for whoever reads it', async () => {
    await expect(read(paused('fail').stream([]))).rejects.toThrow('broken')
    await expect(paused('fail').all()).rejects.toThrow('broken')
  })
})

describe('tells when it has ended', () => {
  const whole = (incoming: Incoming) => incoming.end()
  const broken = (incoming: Incoming) => incoming.fail(new RangeError('broken'))

  test.each([
    ['whole', whole],
    ['broken off', broken],
  ])('%s', async (_, finish) => {
    const incoming = new Incoming({ pause() {}, resume() {}, abort() {} })
    let isOver = false
    const ended = incoming.ended().then(() => {
      isOver = true
    })
    incoming.push(new Uint8Array(3))
    await Promise.resolve()
    expect(isOver).toBe(false)
    finish(incoming)
    await ended
    expect(isOver).toBe(true)
  })
})

import { describe, expect, test, vi } from 'vitest'
import { lines } from '../../src/events/index.ts'
import { textOf } from '../../src/events/lines.ts'

async function collect(response: Response): Promise<string[]> {
  const all: string[] = []
  for await (const line of lines(response)) all.push(line)
  return all
}

/** A response whose body comes in pieces of so many bytes, and notes its end. */
function inPieces(text: string, size: number) {
  const bytes = new TextEncoder().encode(text)
  const state = { cancelled: false }
  let at = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) controller.close()
      else controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
    cancel() {
      state.cancelled = true
    },
  })
  return { response: new Response(body), state }
}

describe('lines()', () => {
  test.each([
    ['LF', 'a\nb\n', ['a', 'b']],
    ['CRLF', 'a\r\nb\r\n', ['a', 'b']],
    ['a last line without an end', 'a\nb', ['a', 'b']],
    ['empty lines', '\n\na\n\n', ['', '', 'a', '']],
    ['a CR alone, which ends nothing', 'a\rb\nc\r', ['a\rb', 'c\r']],
    ['other alphabets, also cut in the middle of a character', 'é€😀\n😀', ['é€😀', '😀']],
    ['a byte order mark', '\ufeffa\nb', ['a', 'b']],
    ['nothing', '', []],
  ])('gives those that end with %s', async (_, text, expected) => {
    for (const size of [1, 2, 3, 100]) expect(await collect(inPieces(text, size).response)).toEqual(expected)
  })

  test('of a response without a body are none', async () => {
    expect(await collect(new Response(null, { status: 204 }))).toEqual([])
  })

  test('break cancels the body, the end does not', async () => {
    const { response, state } = inPieces('a\nb\nc\n', 2)
    for await (const line of lines(response)) if (line === 'a') break
    expect(state.cancelled).toBe(true)
    const whole = inPieces('a\n', 2)
    await collect(whole.response)
    expect(whole.state.cancelled).toBe(false)
  })

  test('reject with what the body breaks off with', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) })
    await expect(collect(new Response(body))).rejects.toThrow('gone')
  })

  test.each([[undefined], ['text'], [{}]])('of %j are a TypeError that says what to give', async (response) => {
    await expect(collect(response as never)).rejects.toThrow(/^lines: give a Response/)
  })

  test('of a body that was read already are a TypeError', async () => {
    const response = new Response('a')
    await response.text()
    await expect(collect(response)).rejects.toThrow(TypeError)
  })
})

test('textOf() without a TextDecoder fails at once, not as a stream that broke off, and leaves the body alone', () => {
  const { TextDecoder } = globalThis
  const body = new ReadableStream<Uint8Array>()
  vi.stubGlobal('TextDecoder', undefined)
  try {
    expect(() => textOf(body)).toThrow(/TextDecoder/)
  } finally {
    vi.stubGlobal('TextDecoder', TextDecoder)
  }
  expect(body.locked).toBe(false)
})

/** What a trace records of bodies, and that whoever reads them gets what they would get without it. */
import { describe, expect, test } from 'vitest'
import { Captured } from '../../src/trace/captured.ts'
import { Mask } from '../../src/trace/secrets.ts'
import { lookAtBody } from '../../src/trace/sent-body.ts'
import { watchBody } from '../../src/trace/watched-body.ts'
import { hopsOfOnly, only, traced } from './recording.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)

describe('Captured', () => {
  test.each([
    ['text', bytes(104, 105), 'text/plain', { text: 'hi', isCut: false }],
    ['bytes that are no text', bytes(0xff, 0xfe), 'image/png', { base64: '//4=', isCut: false }],
    ['bytes with a NUL', bytes(104, 0), 'text/plain', { base64: 'aAA=', isCut: false }],
    ['another charset', bytes(0xe9), 'text/plain; charset=iso-8859-1', { text: 'é', isCut: false }],
    ['a charset that nobody knows', bytes(104), 'text/plain; charset=none', { base64: 'aA==', isCut: false }],
    ['a character that is cut', bytes(97, 98, 99, 0xc3, 0xa9), 'text/plain', { text: 'abc', isCut: true }],
  ])('shows %s', (_, chunk, mimeType, shown) => {
    const captured = new Captured(4)
    captured.add(chunk)
    expect(captured.show(mimeType, new Mask(false))).toEqual({ mimeType, ...shown })
  })

  test.each([
    ['a form that is no UTF-8', 'application/x-www-form-urlencoded', 'a=\xe9&pass=x', 'a=\xe9&pass=•••'],
    [
      'a form with a picture',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="token"\r\n\r\nx\r\n--b\r\n\r\n\xff\xd8',
      '--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n•••\r\n--b\r\n\r\n\xff\xd8',
    ],
    ['a picture, which has no fields', 'image/png', '\xff&pass=x', '\xff&pass=x'],
  ])('masks the secrets of bytes that are no text, and nothing else: %s', (_, mimeType, sent, masked) => {
    const captured = new Captured(1000)
    captured.add(Uint8Array.from(sent, (char) => char.charCodeAt(0)))
    const { base64 = '' } = captured.show(mimeType, new Mask(false))
    expect(atob(base64)).toBe(masked.replace('•••', Buffer.from('•••').toString('latin1')))
  })

  test('counts what it does not keep', () => {
    const captured = new Captured(3)
    for (let at = 0; at < 4; at++) captured.add(bytes(97, 98))
    expect([captured.bytes, captured.show('', new Mask(false)).text]).toEqual([8, 'aba'])
  })
})

describe('lookAtBody()', () => {
  const look = (body: never, headers = {}) => lookAtBody(body, new Headers(headers), 100, new Mask(false))
  const form = new FormData()
  form.set('a', '1')

  test.each([
    ['a string', 'hi', { text: 'hi', mimeType: 'text/plain;charset=UTF-8' }],
    ['a form', new URLSearchParams({ a: '1' }), { text: 'a=1', mimeType: 'application/x-www-form-urlencoded;charset=UTF-8' }],
    ['bytes', bytes(104), { text: 'h', mimeType: '' }],
    ['a Blob', new Blob(['hi'], { type: 'text/css' }), { text: 'hi', mimeType: 'text/css' }],
    ['a long string', 'x'.repeat(200), { text: 'x'.repeat(100), isCut: true }],
  ])('records %s', async (_, body, shown) => {
    expect(await look(body as never).recorded).toMatchObject(shown)
  })

  test('records the parts of a FormData', async () => {
    const recorded = await lookAtBody(form, new Headers(), 1000, new Mask(false)).recorded
    expect(recorded?.mimeType).toMatch(/^multipart\/form-data; boundary=/)
    expect(recorded?.text).toContain('name="a"\r\n\r\n1\r\n')
  })

  test('takes the type of the headers first', async () => {
    expect(await look('{}' as never, { 'content-type': 'application/json' }).recorded).toMatchObject({
      mimeType: 'application/json',
    })
  })

  test('leaves streams alone', async () => {
    const stream = new Blob(['x']).stream()
    expect(await look(stream as never).recorded).toBeUndefined()
    expect(stream.locked).toBe(false)
  })

  test('calls a function only when it is sent, once for each send', async () => {
    let calls = 0
    const make = () => {
      calls += 1
      return 'made'
    }
    const { body, recorded } = look(make as never)
    expect(calls).toBe(0)
    expect((body as () => unknown)()).toBe('made')
    expect(calls).toBe(1)
    expect(await recorded).toMatchObject({ text: 'made' })
  })
})

/** A response whose bytes come in pieces, and that tells whether it was cancelled. */
function response(...chunks: string[]) {
  const seen = { cancelled: undefined as unknown, pulled: 0 }
  const source = chunks.map((chunk) => new TextEncoder().encode(chunk))
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        seen.pulled += 1
        const chunk = source.shift()
        if (chunk) controller.enqueue(chunk)
        else controller.close()
      },
      cancel(reason) {
        seen.cancelled = reason
      },
    },
    { highWaterMark: 0 },
  )
  const ends: string[] = []
  const made = new Response(stream, { headers: { 'content-type': 'text/plain' } })
  watchBody(made, {
    capture: () => new Captured(100),
    end: (captured) => ends.push(captured.show('', new Mask(false)).text ?? ''),
  })
  return { made, seen, ends }
}

describe('watchBody()', () => {
  test.each([
    ['text', async (made: Response) => expect(await made.text()).toBe('[1,2]')],
    ['json', async (made: Response) => expect(await made.json()).toEqual([1, 2])],
    ['arrayBuffer', async (made: Response) => expect((await made.arrayBuffer()).byteLength).toBe(5)],
    ['blob', async (made: Response) => expect((await made.blob()).type).toBe('text/plain')],
    ['body', async (made: Response) => expect(await new Response(made.body).text()).toBe('[1,2]')],
    [
      'an iteration',
      async (made: Response) => {
        let whole = ''
        for await (const chunk of made.body ?? []) whole += new TextDecoder().decode(chunk)
        expect(whole).toBe('[1,2]')
      },
    ],
    [
      'a reader with its own buffer',
      async (made: Response) => {
        const reader = made.body?.getReader({ mode: 'byob' })
        const step = await reader?.read(new Uint8Array(10))
        expect(new TextDecoder().decode(step?.value)).toBe('[1,')
        expect(new TextDecoder().decode((await reader?.read(new Uint8Array(10)))?.value)).toBe('2]')
        expect((await reader?.read(new Uint8Array(10)))?.done).toBe(true)
      },
    ],
  ])('sees all of it, read by %s', async (_, read) => {
    const { made, ends } = response('[1,', '', '2]')
    await read(made)
    expect(ends).toEqual(['[1,2]'])
    expect(made.bodyUsed).toBe(true)
  })

  test('reads nothing that nobody reads', async () => {
    const { made, seen } = response('a')
    expect([made.bodyUsed, made.body?.locked]).toEqual([false, false])
    expect(seen.pulled).toBe(0)
  })

  test('cancels what is cancelled, before and amid reading', async () => {
    const early = response('a')
    await early.made.body?.cancel('enough')
    expect(early.seen.cancelled).toBe('enough')
    const late = response('a', 'b')
    const reader = late.made.body?.getReader()
    await reader?.read()
    await reader?.cancel('enough')
    expect([late.seen.cancelled, late.ends]).toEqual(['enough', ['a']])
  })

  test('lets a clone be read beside it', async () => {
    const { made, ends } = response('ab')
    const copy = made.clone()
    expect([await copy.text(), await made.text()]).toEqual(['ab', 'ab'])
    expect(ends).toEqual(['ab', 'ab'])
  })

  test('lets no body be read twice', async () => {
    const { made } = response('ab')
    await made.text()
    await expect(made.text()).rejects.toThrow(TypeError)
    expect(() => made.clone()).toThrow(TypeError)
  })

  test('hands on the error of a body that breaks off', async () => {
    const broken = new RangeError('reset')
    const made = new Response(new ReadableStream({ start: (controller) => controller.error(broken) }))
    const ends: number[] = []
    watchBody(made, { capture: () => new Captured(0), end: ({ bytes }) => ends.push(bytes) })
    await expect(made.body?.getReader().read()).rejects.toBe(broken)
    expect(ends).toEqual([0])
  })

  test('says at once that an empty body has ended', () => {
    const ends: number[] = []
    watchBody(new Response(null), { capture: () => new Captured(0), end: ({ bytes }) => ends.push(bytes) })
    expect(ends).toEqual([0])
  })
})

describe('trace({ bodies })', () => {
  test('off: counts bytes only', async () => {
    const { t, session } = traced(() => ({ body: '{"a":1}' }))
    await session.post('/x', { body: { b: 2 } })
    const { request, response } = only(hopsOfOnly(t.entries))
    expect([request.body, response?.body, response?.bytes]).toEqual([undefined, undefined, 7])
  })

  test('on: keeps both, up to maxBodyBytes', async () => {
    const { t, session } = traced(() => ({ body: '{"a":12345}' }), { bodies: true, maxBodyBytes: 8 })
    expect(await session.post('/x', { body: { b: 2 } })).toEqual({ a: 12345 })
    const { request, response } = only(hopsOfOnly(t.entries))
    expect(request.body).toEqual({ mimeType: 'application/json', text: '{"b":2}', isCut: false })
    expect(response?.body).toEqual({ mimeType: 'application/json', text: '{"a":123', isCut: true })
  })

  test('on: a body function is called once for each send', async () => {
    const { t, session, sent } = traced(
      [{ status: 503 }, {}],
      { bodies: true },
      { retry: { limit: 1, methods: ['POST'], delay: 0 } },
    )
    let made = 0
    const body = () => {
      made += 1
      return `body ${made}`
    }
    await session.fetch('/x', { method: 'POST', body })
    expect(sent.map((one) => one.body)).toEqual(['body 1', 'body 2'])
    expect(hopsOfOnly(t.entries).map(({ request }) => request.body?.text)).toEqual(['body 1', 'body 2'])
  })
})

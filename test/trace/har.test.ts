/** A trace as HAR 1.2, and the fields that the specification asks for. */
import { describe, expect, test } from 'vitest'
import { toHAR } from '../../src/trace/har.ts'
import { entry, hop, traced } from './recording.ts'

type Fields = Readonly<Record<string, 'string' | 'number' | 'object'>>

/** HAR 1.2: what must be there, by object. */
const REQUIRED: Readonly<Record<string, Fields>> = {
  entry: { startedDateTime: 'string', time: 'number', request: 'object', response: 'object', cache: 'object', timings: 'object' },
  request: {
    ...({ method: 'string', url: 'string', httpVersion: 'string', cookies: 'object', headers: 'object' } as const),
    ...({ queryString: 'object', headersSize: 'number', bodySize: 'number' } as const),
  },
  response: {
    ...({ status: 'number', statusText: 'string', httpVersion: 'string', cookies: 'object', headers: 'object' } as const),
    ...({ content: 'object', redirectURL: 'string', headersSize: 'number', bodySize: 'number' } as const),
  },
  content: { size: 'number', mimeType: 'string' },
  timings: { send: 'number', wait: 'number', receive: 'number' },
  page: { startedDateTime: 'string', id: 'string', title: 'string', pageTimings: 'object' },
}

/** What HAR 1.2 knows beside; other names must begin with `_`. */
const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
  entry: ['pageref', 'serverIPAddress', 'connection', 'comment'],
  request: ['postData', 'comment'],
  response: ['comment'],
  content: ['compression', 'text', 'encoding', 'comment'],
  timings: ['blocked', 'dns', 'connect', 'ssl', 'comment'],
  page: ['comment'],
}

function faults(kind: string, value: object): string[] {
  const required = REQUIRED[kind] ?? {}
  const missing = Object.entries(required).filter(([name, type]) => typeof (value as Record<string, unknown>)[name] !== type)
  const known = [...Object.keys(required), ...(OPTIONAL[kind] ?? [])]
  const unknown = Object.keys(value).filter((name) => !known.includes(name) && !name.startsWith('_'))
  return [...missing.map(([name]) => `${kind} lacks ${name}`), ...unknown.map((name) => `${kind} has ${name}`)]
}

describe('toHAR()', () => {
  test('has every field that HAR 1.2 asks for, and no others but those with _', async () => {
    const answers = [
      { status: 302, headers: { location: '/next' }, cookies: ['a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT; Secure'] },
      { body: 'hello', headers: { 'content-type': 'text/plain' } },
    ]
    const { t, session } = traced(answers, { bodies: true })
    await session.post('/x?a=1&a=2', { form: { b: '3' } })
    const har = JSON.parse(JSON.stringify(t.toHAR()))
    const wrong = [
      ...har.log.pages.flatMap((page: object) => faults('page', page)),
      ...har.log.entries.flatMap((one: Record<string, Record<string, object>>) => [
        ...faults('entry', one),
        ...faults('request', one.request ?? {}),
        ...faults('response', one.response ?? {}),
        ...faults('content', one.response?.content ?? {}),
        ...faults('timings', one.timings ?? {}),
      ]),
    ]
    expect(wrong).toEqual([])
    expect(har.log).toMatchObject({ version: '1.2', creator: { name: 'sessionfetch', version: expect.any(String) } })
  })

  test('has a page for the call and an entry for each hop, with redirectURL and cookies', async () => {
    const answers = [{ status: 302, headers: { location: '/next' }, cookies: ['a=1; Domain=shop.example; Path=/; HttpOnly'] }, {}]
    const { t, session } = traced(answers, { secrets: true })
    await session.get('/x')
    const { pages, entries } = t.toHAR().log
    expect(pages).toMatchObject([{ id: 'call_1', title: 'GET https://shop.example/x' }])
    expect(entries.map(({ pageref }) => pageref)).toEqual(['call_1', 'call_1'])
    expect(entries[0]?.response).toMatchObject({
      redirectURL: 'https://shop.example/next',
      cookies: [{ name: 'a', value: '1', domain: 'shop.example', path: '/', httpOnly: true, secure: false }],
    })
    expect(entries[1]?.request).toMatchObject({ cookies: [{ name: 'a', value: '1' }] })
  })

  test('times have no more digits than a panel can show, and still add up', () => {
    const odd = { ...hop({}), timings: { queued: 0.1 + 0.2, waiting: 20.760334, receiving: 3.9843030000000113 } }
    const { time, timings } = toHAR([entry([odd])]).log.entries[0] ?? {}
    expect([time, timings]).toEqual([25.044, { blocked: 0.3, send: 0, wait: 20.76, receive: 3.984 }])
  })

  test('time is the sum of the timings that apply', () => {
    const queued = hop({})
    const { entries } = toHAR([entry([{ ...queued, timings: { queued: 5, waiting: 12, receiving: 3 } }, queued])]).log
    expect(entries.map(({ time, timings }) => [time, timings])).toEqual([
      [20, { blocked: 5, send: 0, wait: 12, receive: 3 }],
      [15, { blocked: -1, send: 0, wait: 12, receive: 3 }],
    ])
    expect(entries[0]?.startedDateTime).toBe('2025-12-31T23:59:59.995Z')
  })

  test('a hop without a response has status 0 and the error', () => {
    const { entries } = toHAR([entry([hop({ response: null, error: 'TypeError: refused' })])]).log
    expect(entries[0]).toMatchObject({ comment: 'TypeError: refused', response: { status: 0, _error: 'TypeError: refused' } })
  })

  test.each([
    [
      { mimeType: 'text/plain', text: 'hi', isCut: false },
      { mimeType: 'text/plain', params: [], text: 'hi' },
    ],
    [
      { mimeType: 'image/png', base64: 'iVBO', isCut: true },
      { mimeType: 'image/png', params: [], text: 'iVBO', _encoding: 'base64', comment: 'cut' },
    ],
    [
      { mimeType: 'application/x-www-form-urlencoded', text: 'a=1&b=%20', isCut: false },
      {
        mimeType: 'application/x-www-form-urlencoded',
        params: [
          { name: 'a', value: '1' },
          { name: 'b', value: ' ' },
        ],
        text: 'a=1&b=%20',
      },
    ],
  ])('postData of %j', (body, postData) => {
    const { entries } = toHAR([entry([hop({ request: { method: 'POST', hasBody: true, body } })])]).log
    expect(entries[0]?.request.postData).toEqual(postData)
  })

  test.each([
    [undefined, { size: 9, mimeType: 'image/png' }],
    [
      { mimeType: 'image/png', base64: 'iVBO', isCut: false },
      { size: 9, mimeType: 'image/png', text: 'iVBO', encoding: 'base64' },
    ],
    [
      { mimeType: 'image/png', text: 'x', isCut: true },
      { size: 9, mimeType: 'image/png', text: 'x', comment: 'cut' },
    ],
  ])('content of a body %j', (body, content) => {
    const response = { headers: [{ name: 'content-type', value: 'image/png' }], bytes: 9, body }
    expect(toHAR([entry([hop({ response })])]).log.entries[0]?.response.content).toEqual(content)
  })

  test.each([
    [{ expires: 'Wed, 01 Jan 2031 00:00:00 GMT' }, '2031-01-01T00:00:00.000Z'],
    [{ expires: 'Wed, 01 Jan 2031 00:00:00 GMT', maxAge: 60 }, '2026-01-01T00:01:00.012Z'],
    [{ maxAge: 0 }, '1970-01-01T00:00:00.000Z'],
    [{ maxAge: 1e300 }, '+275760-09-13T00:00:00.000Z'],
    [{ expires: 'soon' }, undefined],
  ])('the expiry of a cookie with %j is %s', (parts, expires) => {
    const cookie = { name: 'a', value: '1', secure: false, httpOnly: false, partitioned: false, ...parts }
    const { entries } = toHAR([entry([hop({ response: { cookies: [cookie] } })])]).log
    expect(entries[0]?.response.cookies).toMatchObject([expires === undefined ? { name: 'a' } : { expires }])
  })

  test('says what HAR has no field for in fields of its own', () => {
    const refused = { name: 'b', value: '•••', secure: false, httpOnly: false, partitioned: false, refused: 'too large' }
    const first = { ...hop({ response: { status: 503, cookies: [refused] } }), transport: 'pool' as const }
    const attempts = [
      { hops: [first], retried: 'status 503' },
      { hops: [hop({ cause: 'retry' })], retried: undefined },
    ]
    const { entries, pages } = toHAR([entry([], { attempts, refreshes: [{ started: 0, took: 7 }], error: 'E: x' })]).log
    expect(entries).toMatchObject([
      {
        _attempt: 1,
        _cause: 'call',
        _retried: 'status 503',
        _transport: 'pool',
        response: { cookies: [{ _refused: 'too large' }] },
      },
      { _attempt: 2, _cause: 'retry', _resourceType: 'fetch' },
    ])
    expect(pages[0]).toMatchObject({ _refreshes: [{ startedDateTime: '1970-01-01T00:00:00.000Z', time: 7 }], _error: 'E: x' })
  })
})

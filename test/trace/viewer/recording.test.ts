/** A HAR of any program, as the viewer reads it. */
import { describe, expect, test } from 'vitest'
import { findFlows } from '../../../src/trace/viewer/cookie-flow.ts'
import { readRecording } from '../../../src/trace/viewer/recording.ts'
import { timeAxis } from '../../../src/trace/viewer/time-axis.ts'
import { causeWords, dateWords, sentence, statusClass, statusWords } from '../../../src/trace/viewer/words.ts'
import { growth } from '../../support/growth.ts'
import { traced } from '../recording.ts'

const read = (entries: readonly object[], pages: readonly object[] = []) =>
  readRecording(JSON.stringify({ log: { entries, pages } }))
const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString()

/** An entry of a browser, with what a test is about. */
function entry(ms: number, url: string, parts: { request?: object; response?: object } & Record<string, unknown> = {}) {
  const { request, response, ...rest } = parts
  return {
    startedDateTime: at(ms),
    time: 10,
    timings: { send: 0, wait: 10, receive: 0 },
    request: { method: 'GET', url, headers: [], cookies: [], ...request },
    response: { status: 200, headers: [], cookies: [], content: {}, redirectURL: '', ...response },
    ...rest,
  }
}

describe('readRecording()', () => {
  test.each([
    ['<html>', 'this is not a HAR file: it is not JSON'],
    ['{}', 'this is not a HAR file: it has no log.entries'],
    ['[]', 'this is not a HAR file: it has no log.entries'],
    ['null', 'this is not a HAR file: it has no log.entries'],
  ])('refuses %s', (source, message) => {
    expect(() => readRecording(source)).toThrow(message)
  })

  test.each([[{}], [null], [{ request: null, response: [], timings: 'x', time: Number.NaN }], [{ request: { url: 'no url' } }]])(
    'reads an entry %j without what is missing',
    (broken) => {
      expect(read([broken as object]).hops).toMatchObject([{ method: '', status: 0, sent: [], set: [] }])
    },
  )

  const HUGE = 1e308
  const hostile: Readonly<Record<string, unknown>> = {
    'the longest times': entry(0, 'https://a.example/', { time: HUGE, timings: { send: HUGE, wait: HUGE, receive: HUGE } }),
    'the last date': entry(0, 'https://a.example/', { startedDateTime: '+275760-09-13T00:00:00Z' }),
    'the first date': entry(0, 'https://a.example/', { startedDateTime: '-271821-04-20T00:00:00Z' }),
    'no date': entry(0, 'https://a.example/', { startedDateTime: '2026-99-99T00:00:00Z', _attempt: '1', _cause: {} }),
    'wrong types': {
      startedDateTime: 1,
      time: '1',
      request: 'x',
      response: 1,
      timings: [],
      pageref: {},
      _attempt: [],
      _cause: 1,
    },
    'lists of wrong types': {
      request: { headers: [1, null, 'x', [[]]], cookies: {}, url: [] },
      response: { cookies: [null, 1] },
    },
    'names of the prototype': entry(0, '__proto__', { _cause: 'constructor', response: { cookies: [{ name: '__proto__' }] } }),
  }
  test.each(Object.entries(hostile))('reads %s beside another entry, and places both on the axis', (_, broken) => {
    const { hops } = read([broken as object, entry(0, 'https://a.example/x')], [{ id: 1, title: {}, _refreshes: 'x' }])
    const axis = timeAxis(hops)
    const places = hops.flatMap(({ start, end }) => [axis.place(start), axis.place(end)])
    expect(places.filter((at) => !(at >= 0 && at <= 1))).toEqual([])
    expect([hops.length, hops.map(sentence).length]).toEqual([2, 2])
    expect(() => findFlows(hops)).not.toThrow()
  })

  test('reads a call of hundreds of thousands of hops', () => {
    const many = Array.from({ length: 150_000 }, (_, at_) => ({ pageref: 'p', _attempt: 1, startedDateTime: at(at_) }))
    const { calls } = read(many)
    expect(calls.map(({ hops, start, end }) => [hops.length, end - start])).toEqual([[150_000, 149_999]])
  })

  test('finds the cookies of thousands of hosts in linear time', () => {
    const make = (length: number) =>
      read(
        Array.from({ length: length / 20 }, (_, index) =>
          entry(index, `https://h${index}.example/`, { request: { cookies: [{ name: `c${index}` }] } }),
        ),
      )
    expect(growth(({ hops }: ReturnType<typeof read>) => findFlows(hops), make, 100_000)).toBeLessThan(3)
  })

  test('takes a BOM', () => {
    expect(readRecording('\ufeff{"log":{"entries":[]}}').calls).toEqual([])
  })

  test('knows a call that waits for its answer, and those that sent nothing', async () => {
    const answers: (() => void)[] = []
    const { t, session } = traced(() => new Promise((resolve) => answers.push(() => resolve({}))), {}, { concurrency: 1 })
    session.use(async (request, next) => (request.url.pathname === '/own' ? new Response('') : next(request)))
    const first = session.get('/slow')
    const second = session.get('/late?token=abc', { timeout: { total: 1 } }).catch(() => undefined)
    const third = session.get('/queued')
    await second
    const shown = () => {
      const { calls } = readRecording(JSON.stringify(t.toHAR()))
      const rows = calls.map(({ hops }) => hops.map((hop) => sentence(hop).replace(/\d+ ms|< 1 ms/, 'TIME')))
      return rows.flat().sort()
    }
    expect(shown()).toEqual([
      'GET /late?token=••• at shop.example, failed, TIME, not sent',
      'GET /queued at shop.example, pending, TIME, not sent',
      'GET /slow at shop.example, pending, TIME',
    ])
    answers[0]?.()
    await first
    while (answers.length < 2) await Promise.resolve()
    answers[1]?.()
    await third
    await session.get('/own')
    expect(shown()).toContain('GET /own at shop.example, status 200, TIME, not sent')
    expect(t.toHAR().log.entries).toHaveLength(2)
  })

  test('makes a call of a request and the redirects that follow it, and orders by time', () => {
    const { calls } = read([
      entry(50, 'https://a.example/other'),
      entry(20, 'https://a.example/me'),
      entry(0, 'https://a.example/login', { response: { status: 302, redirectURL: '/me#top' } }),
    ])
    expect(calls.map(({ hops }) => hops.map(({ url, cause }) => [new URL(url).pathname, cause]))).toEqual([
      [
        ['/login', ''],
        ['/me', 'redirect'],
      ],
      [['/other', '']],
    ])
  })

  test('makes the calls of a trace of ours by its pages', async () => {
    const { t, session } = traced(
      [{ status: 503 }, { status: 302, headers: { location: '/b' } }, {}, {}],
      {},
      { retry: { limit: 1, delay: 0 } },
    )
    await session.get('/a')
    await session.get('/c')
    const { calls, creator } = readRecording(JSON.stringify(t.toHAR()))
    expect(creator).toBe('sessionfetch')
    expect(calls.map(({ hops }) => hops.map(({ attempt, cause }) => [attempt, cause]))).toEqual([
      [
        [1, 'call'],
        [2, 'retry'],
        [2, 'redirect'],
      ],
      [[1, 'call']],
    ])
  })

  test.each([
    [
      { blocked: 5, dns: 1, connect: 4, ssl: 2, send: 1, wait: 6, receive: 3 },
      { queued: 5, connecting: 5, waiting: 7, receiving: 3 },
    ],
    [
      { blocked: -1, dns: -1, connect: -1, send: 0, wait: 6, receive: 3 },
      { queued: 0, connecting: 0, waiting: 6, receiving: 3 },
    ],
    [{}, { queued: 0, connecting: 0, waiting: 10, receiving: 0 }],
  ])('phases of %j', (timings, phases) => {
    expect(read([entry(0, 'https://a.example/', { timings })]).hops[0]?.phases).toEqual(phases)
  })

  test.each([
    [{ postData: { mimeType: 'text/plain', text: 'hi' } }, { text: 'hi', isBase64: false }],
    [{ postData: { mimeType: 'x', params: [{ name: 'a', value: '1' }] } }, { text: 'a=1' }],
    [{ bodySize: 5 }, { text: undefined, size: 5 }],
  ])('body of %j', (request, body) => {
    expect(read([entry(0, 'https://a.example/', { request })]).hops[0]?.requestBody).toMatchObject(body)
  })
})

describe('findFlows()', () => {
  const cookie = (name: string, parts = {}) => ({ name, value: '1', ...parts })
  const flowsOf = (...entries: object[]) => findFlows(read(entries).hops)

  test('leads from the response that set a cookie to the requests that carried it', () => {
    const [flow] = flowsOf(
      entry(0, 'https://a.example/login', { response: { cookies: [cookie('sid')] } }),
      entry(20, 'https://a.example/x', { request: { cookies: [cookie('sid')] } }),
      entry(40, 'https://a.example/y', { request: { cookies: [cookie('sid')] }, response: { cookies: [cookie('sid')] } }),
    )
    expect(flow).toMatchObject({ name: 'sid', domain: 'a.example' })
    expect(flow?.touches.map(({ hop, isSet, isSent }) => [hop.index, isSet, isSent])).toEqual([
      [0, true, false],
      [1, false, true],
      [2, true, true],
    ])
  })

  test('knows a cookie of a domain at the hosts below it, and tells hosts apart', () => {
    const flows = flowsOf(
      entry(0, 'https://www.a.example/', { response: { cookies: [cookie('sid', { domain: '.a.example' }), cookie('own')] } }),
      entry(20, 'https://api.a.example/', { request: { cookies: [cookie('sid'), cookie('own')] } }),
    )
    expect(flows.map(({ name, domain, touches }) => [name, domain, touches.length])).toEqual([
      ['sid', 'a.example', 2],
      ['own', 'www.a.example', 1],
      ['own', 'api.a.example', 1],
    ])
  })

  test('notes what was refused, and what was set so that it ends', () => {
    const flows = flowsOf(
      entry(0, 'https://a.example/', {
        response: { cookies: [cookie('bad', { _refused: 'too large' }), cookie('old', { expires: at(-1000) })] },
      }),
    )
    expect(flows.map(({ name, touches }) => [name, touches[0]?.isRefused, touches[0]?.isSet, touches[0]?.isEnded])).toEqual([
      ['bad', true, false, false],
      ['old', false, true, true],
    ])
  })
})

describe('words of a hop', () => {
  const words = (parts: Parameters<typeof entry>[2]) => {
    const [hop] = read([entry(0, 'https://a.example/x?q=1', parts)]).hops
    if (!hop) throw new RangeError('no hop')
    return hop
  }

  test('say all of a row in one sentence', () => {
    const hop = words({
      request: { method: 'POST', cookies: [{ name: 'a' }] },
      response: { status: 303, cookies: [{ name: 'b' }, { name: 'c', _refused: 'too large' }] },
      _cause: 'retry',
      _attempt: 2,
    })
    expect(sentence(hop)).toBe(
      'POST /x?q=1 at a.example, status 303, 10 ms, attempt 2, sends cookies a, sets cookies b, refused cookies c',
    )
  })

  test.each([
    [200, '', '200', 'is-good'],
    [302, '', '302', 'is-moved'],
    [404, '', '404', 'is-warn'],
    [503, '', '503', 'is-bad'],
    [0, 'refused', 'failed', 'is-bad'],
    [0, '', 'no response', 'is-open'],
  ])('name status %i with error %j', (status, _error, shown, colour) => {
    const hop = words({ response: { status, _error } })
    expect([statusWords(hop), statusClass(hop)]).toEqual([shown, colour])
  })

  test.each([
    ['redirect', 'redirect'],
    ['auth', 'credentials'],
    ['constructor', ''],
    ['call', ''],
  ])('name the cause %s', (_cause, shown) => {
    expect(causeWords(words({ _cause }))).toBe(shown)
  })
})

test.each([
  ['2026-11-26T20:32:40.227Z', '2026-11-26 20:32 UTC'],
  ['2026-11-26T20:32:40+01:00', '2026-11-26T20:32:40+01:00'],
  ['Thu, 26 Nov 2026', 'Thu, 26 Nov 2026'],
])('dateWords(%s)', (date, words) => {
  expect(dateWords(date)).toBe(words)
})

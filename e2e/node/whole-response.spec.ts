/** The `Response` of `session.fetch` is the platform's, whichever connections have brought it, and behaves as fetch's does. */
import { createServer, type Server } from 'node:http'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { createSession } from 'sessionfetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen, shut } from '../loopback.ts'

let server: Server
let origin: string

beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('date', 'today').setHeader('content-type', 'application/json')
    if (request.url === '/gzip') return void response.setHeader('content-encoding', 'gzip').end(gzipSync('{"a":1}'))
    if (request.url === '/moved') {
      response.writeHead(302, { location: '/json', 'set-cookie': ['a=1', 'b=2'], vary: 'a' })
      return void response.end('{"moved":true}')
    }
    if (request.url === '/none') return void response.writeHead(204).end()
    if (request.url === '/slow') {
      response.write('{"a":')
      return void setTimeout(() => response.end('1}'), 20)
    }
    response.end('{"a":1}')
  })
  origin = await listen(server)
})
afterAll(() => {
  shut(server)
})

const failed = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : error)
const read = (response: Response) => response.text().catch(failed)
const proto = Response.prototype

/** What a function throws. */
function attempt(work: () => unknown): unknown {
  try {
    work()
    return 'none'
  } catch (error) {
    return error
  }
}

/** What a caller may do with a response. Each gives something that can be compared. */
const uses: Readonly<Record<string, (response: Response) => unknown>> = {
  'looks at it': (response) => [
    response instanceof Response,
    response.constructor === Response,
    String(response),
    inspect(response).replace(/\[Symbol[^\n]*|elapsed[^\n]*/g, '').length > 0,
  ],
  'looks at its members': ({ url, type, status, statusText, ok, redirected, bodyUsed }) => [
    url,
    type,
    status,
    statusText,
    ok,
    redirected,
    bodyUsed,
  ],
  'lists its own names': (response) => Object.keys(response),
  text: (response) => response.text(),
  json: (response) => response.json().catch(failed),
  arrayBuffer: async (response) => (await response.arrayBuffer()).byteLength,
  blob: async (response) => (await response.blob()).size,
  'reads twice': async (response) => [await response.text(), await read(response), response.bodyUsed],
  'reads twice at once': async (response) => Promise.all([read(response), read(response)]),
  'asks whether it is used': async (response) => {
    const before = response.bodyUsed
    const reading = response.json().catch(failed)
    const during = response.bodyUsed
    await reading
    return [before, during, response.bodyUsed, response.body?.locked]
  },
  'clones and reads both': async (response) => {
    const copy = response.clone()
    return [await copy.text(), await response.text(), copy.url, copy.type, copy.status, copy.headers.get('content-type')]
  },
  'clones after a read': async (response) => {
    await response.text()
    try {
      return response.clone().status
    } catch (error) {
      return (error as Error).name
    }
  },
  'takes a reader': async (response) => {
    const reader = response.body?.getReader()
    const first = await reader?.read()
    return [first?.done ?? 'no body', response.body?.locked, await response.text().catch((error: Error) => error.name)]
  },
  'iterates over its body': async (response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) chunks.push(chunk)
    return [String(Buffer.concat(chunks)), response.bodyUsed]
  },
  'cancels its body': async (response) => [await response.body?.cancel(), response.bodyUsed],
  'makes another of it': async (response) => new Response(response.body, response).text(),
  'calls methods of the prototype': async (response) => [
    await proto.text.call(response),
    await proto.text.call(response).catch((error: Error) => error.name),
  ],
  'calls a method of the prototype after a read': async (response) => [
    await response.text(),
    await proto.text.call(response).catch((error: Error) => error.name),
  ],
  'clones by the prototype, and reads both': async (response) => {
    const copy = proto.clone.call(response)
    return [await response.text(), await copy.text()]
  },
  'reads through a pipe': async (response) =>
    response.body && new Response(response.body.pipeThrough(new TransformStream())).text(),
}

describe.each(['/json', '/gzip', '/none', '/slow'])('of %s', (path) => {
  test.each(Object.entries(uses))('somebody %s', async (_, use) => {
    const results: unknown[] = []
    for (const options of [{ fetch: globalThis.fetch }, {}, { pool: true }]) {
      await using session = createSession({ baseURL: origin, ...options })
      results.push(await use(await session.fetch(path)))
    }
    expect(results[1]).toEqual(results[0])
    expect(results[2]).toEqual(results[0])
  })
})

test('a redirect that was followed is the same in history', async () => {
  const results: unknown[] = []
  for (const options of [{ fetch: globalThis.fetch }, {}, { pool: true }]) {
    await using session = createSession({ baseURL: origin, ...options })
    const [hop = Response.error()] = (await session.fetch('/moved')).history
    const { headers, url, status, statusText, ok, bodyUsed } = hop
    results.push({
      ...{ url, status, statusText, ok, bodyUsed, isResponse: hop instanceof Response, isHeaders: headers instanceof Headers },
      values: ['location', 'Vary', 'set-cookie', 'x-none'].map((name) => headers.get(name)),
      lines: headers.getSetCookie(),
      names: [...headers.keys()].filter((name) => !['connection', 'keep-alive', 'transfer-encoding'].includes(name)),
      copied: [...new Headers(headers).getSetCookie(), structuredClone([...headers]).length],
      text: await hop.text().catch((error: Error) => error.name),
      isPrinted: inspect(hop).includes('302'),
      isFixed: attempt(() => Object.assign(hop, { headers: new Headers() })) instanceof TypeError,
    })
  }
  expect(results[1]).toEqual(results[0])
  expect(results[2]).toEqual(results[0])
})

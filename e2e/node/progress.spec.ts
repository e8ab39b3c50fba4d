/** Progress over every transport: what is told, and that the server sees the same request as without. */
import { execFile } from 'node:child_process'
import { rm, stat } from 'node:fs/promises'
import http from 'node:http'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { createSession, type ProgressEvent } from 'sessionfetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen, shut } from '../loopback.ts'

let origin = ''
const server = http.createServer((request, response) => {
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength
  })
  request.on('end', () => {
    if (request.url === '/again') return response.writeHead(307, { location: '/echo' }).end()
    if (request.url === '/empty') return response.writeHead(200, { 'content-length': 0 }).end()
    if (request.url === '/busy') return response.writeHead(503).end()
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ bytes, headers: request.headers, method: request.method }))
  })
})

beforeAll(async () => {
  origin = await listen(server)
})
afterAll(() => {
  shut(server)
})

const form = () => {
  const data = new FormData()
  data.set('file', new Blob(['x'.repeat(1000)]), 'a.txt')
  return data
}

const BODIES: readonly (readonly [name: string, body: () => unknown, bytes: number | undefined])[] = [
  ['text', () => 'é'.repeat(50_000), 100_000],
  ['JSON', () => ({ a: 1 }), 7],
  ['bytes', () => new Uint8Array(300_000), 300_000],
  ['a Blob', () => new Blob(['y'.repeat(200_000)]), 200_000],
  ['URLSearchParams', () => new URLSearchParams({ a: 'b' }), 3],
  ['a function', () => () => 'abc', 3],
  ['a form with a file', form, undefined],
]

interface Echo {
  readonly bytes: number
  readonly headers: Record<string, string>
}

const SETTINGS: Readonly<Record<string, object>> = { default: {}, 'own pool': { pool: true }, fetch: { fetch: globalThis.fetch } }

describe.each(Object.keys(SETTINGS))('over %s', (transport) => {
  test.each(BODIES)('an upload of %s is told of, and arrives as it would without', async (_, body, bytes) => {
    await using session = createSession({ baseURL: origin, ...SETTINGS[transport] })
    const events: ProgressEvent[] = []
    const told = (await session.post('/echo', {
      body: body() as object,
      onUploadProgress: (event) => events.push(event),
    })) as Echo
    const plain = (await session.post('/echo', { body: body() as object })) as Echo
    // The boundary of a form is random.
    const shown = ({ headers }: Echo) => ({ ...headers, 'content-type': headers['content-type']?.split(';')[0] })
    expect(shown(told)).toEqual(shown(plain))
    expect(told.bytes).toBe(plain.bytes)
    expect(events.at(-1)).toMatchObject({ loaded: bytes ?? plain.bytes, total: bytes ?? plain.bytes, percent: 100 })
  })

  test('an upload begins anew after a 307', async () => {
    await using session = createSession({ baseURL: origin, ...SETTINGS[transport] })
    const loaded: number[] = []
    await session.post('/again', { body: new Uint8Array(10), onUploadProgress: (event) => loaded.push(event.loaded) })
    expect(loaded.filter((bytes) => bytes === 10).length).toBeGreaterThanOrEqual(2)
  })

  test('an upload begins anew with each retry', async () => {
    await using session = createSession({ baseURL: origin, ...SETTINGS[transport] })
    const loaded: number[] = []
    const onUploadProgress = (event: ProgressEvent) => loaded.push(event.loaded)
    const retry = { limit: 1, methods: ['PUT'], delay: 0 }
    expect((await session.fetch('/busy', { method: 'PUT', body: 'abc', retry, onUploadProgress })).status).toBe(503)
    expect(loaded.filter((bytes) => bytes === 3).length).toBeGreaterThanOrEqual(2)
  })

  test.each(['get', 'fetch'] as const)('a download through %s is told of to its end', async (door) => {
    await using session = createSession({ baseURL: origin, ...SETTINGS[transport] })
    const events: ProgressEvent[] = []
    const onDownloadProgress = (event: ProgressEvent) => events.push(event)
    if (door === 'get') await session.get('/echo', { onDownloadProgress })
    else await (await session.fetch('/echo', { onDownloadProgress })).text()
    const { loaded, total, percent } = events.at(-1) ?? {}
    expect([loaded === total, percent]).toEqual([true, 100])
  })

  test('an empty download is told of once', async () => {
    await using session = createSession({ baseURL: origin, ...SETTINGS[transport] })
    const events: ProgressEvent[] = []
    await (await session.fetch('/empty', { onDownloadProgress: (event) => events.push(event) })).text()
    expect(events.map(({ loaded, percent }) => [loaded, percent])).toEqual([[0, 100]])
  })
})

test('the example downloads a file with a progress bar', async () => {
  const outfile = fileURLToPath(new URL('../../.tmp/download.mjs', import.meta.url))
  const entry = fileURLToPath(new URL('../../examples/download.ts', import.meta.url))
  await build({
    ...{ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    packages: 'external',
  })
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [outfile])
  const file = stdout.trim()
  expect((await stat(file)).size).toBe(20_000_000)
  expect(stderr).toMatch(/^█{30} 100 % of 20\.0 MB {2}\d+\.\d MB\/s\n/)
  await rm(file)
})

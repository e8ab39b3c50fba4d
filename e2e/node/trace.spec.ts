/** Traces on the built package, over real sockets: attaching, and commands that the real curl runs in a real shell. */
import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { createSession } from 'sessionfetch'
import { trace } from 'sessionfetch/trace'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen, portOf, shut } from '../loopback.ts'

interface Arrived {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const log: Arrived[] = []
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const { method = '', url = '', headers } = request
  log.push({ method, url, headers, body: Buffer.concat(chunks) })
  if (url === '/login') response.setHeader('set-cookie', ['sid=top-secret; Path=/', 'bad=1; Domain=elsewhere.example'])
  if (url === '/login') response.writeHead(303, { location: '/me' })
  response.end('{"ok":true}')
})
let origin = ''

beforeAll(async () => {
  origin = await listen(server)
})
afterAll(() => {
  shut(server)
})

/** Runs a script from a file, since an argument on Linux holds 128 kB at most. */
async function sh(command: string): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), 'curl-')), 'command.sh')
  writeFileSync(file, command)
  return (await promisify(execFile)('sh', [file])).stdout
}

/** Headers that differ between a platform and curl: what they say of themselves and of the connection. */
const OWN = ['user-agent', 'accept', 'accept-language', 'accept-encoding', 'sec-fetch-mode', 'connection', 'content-length']

function told({ method, url, headers, body }: Arrived) {
  const kept = Object.entries(headers).filter(([name]) => !OWN.includes(name))
  return { method, url, headers: Object.fromEntries(kept), body: String(body), bytes: body.byteLength }
}

const form = new FormData()
form.set('note', "it's @file; type=x\r\n")
form.set('file', new File(['\0\u0001binary'], 'a b".bin', { type: 'image/png' }))

const CALLS: readonly (readonly [what: string, input: string, init: Record<string, unknown>])[] = [
  ['a GET with a query of every kind', `/a%20b/[1-3]{x}?q=it's&r=%2f&z=$HOME\`id\`"!`, {}],
  ['a HEAD', '/x', { method: 'HEAD' }],
  ['a DELETE', '/x', { method: 'DELETE' }],
  ['a POST without a body', '/x', { method: 'POST' }],
  [
    'headers that a shell would read',
    '/x',
    { headers: { 'x-a': `"$(id)" 'q' \\n %s \`id\` !!`, 'x-empty': '', 'x-latin': 'caf\u00e9' } },
  ],
  ['credentials', '/x', { headers: { authorization: 'Bearer abc.def', cookie: `a="b c"; d='e'` } }],
  ['JSON', '/x', { method: 'POST', body: `{"a":"it's \\n @x é 😀"}`, headers: { 'content-type': 'application/json' } }],
  ['text that curl would take for a file', '/x', { method: 'PUT', body: '@/etc/hostname' }],
  ['a form', '/x', { method: 'POST', form: { a: '1 2', b: 'é&=' } }],
  ['line breaks of both kinds and a dash in front', '/x', { method: 'PATCH', body: '-a\r\nb\n%s\\n\n' }],
  ['bytes', '/x', { method: 'POST', body: Uint8Array.from({ length: 256 }, (_, at) => at) }],
  ['an empty body', '/x', { method: 'POST', body: '' }],
  ['a long body', '/x', { method: 'POST', body: "it's long ".repeat(30_000) }],
]

describe('toCurl() makes a command that sends the same', () => {
  test.each(CALLS)('%s', async (_, input, init) => {
    const t = trace({ secrets: true, bodies: true, maxBodyBytes: 1_000_000 })
    const session = createSession({ baseURL: origin, ...t.options })
    log.length = 0
    await (await session.fetch(input, init)).text()
    await sh(t.toCurl(t.entries[0] as never))
    expect(log).toHaveLength(2)
    const [ours, curls] = log.map((arrived) => told(arrived as Arrived))
    expect(curls).toEqual(ours)
  })

  test('a multipart form, but for its boundary', async () => {
    const t = trace({ secrets: true, bodies: true })
    log.length = 0
    await createSession({ baseURL: origin, ...t.options }).fetch('/x', { method: 'POST', body: form })
    await sh(t.toCurl(t.entries[0] as never))
    const [ours, curls] = log.map(({ headers, body }) => {
      const boundary = /boundary=(.*)/.exec(headers['content-type'] ?? '')?.[1] ?? 'none'
      return body.toString('latin1').replaceAll(boundary, 'BOUNDARY')
    })
    expect(ours).toContain('BOUNDARY')
    expect(curls).toBe(ours)
  })

  test('with masked secrets too, and each hop for itself', async () => {
    const t = trace({ bodies: true })
    const session = createSession({ baseURL: origin, auth: { token: 'very-secret' }, ...t.options })
    await session.post('/login?token=in-query', { form: { password: 'hunter2' } })
    log.length = 0
    for (const hop of t.entries[0]?.attempts[0]?.hops ?? []) await sh(t.toCurl(hop))
    expect(log.map(({ method }) => method)).toEqual(['POST'])
    expect(JSON.stringify(log.map(told))).not.toMatch(/very-secret|in-query|hunter2/)
  })

  test('prints what the server says', async () => {
    const t = trace()
    await createSession({ baseURL: origin, ...t.options }).get('/x')
    expect(await sh(t.toCurl(t.entries[0] as never))).toBe('{"ok":true}')
  })
})

describe('trace() over sockets', () => {
  test.each([
    ['platform', {}],
    ['fetch', { fetch: (input: string, init?: RequestInit) => fetch(input, init) }],
    ['pool', { pool: true }],
    ['mount', { mounts: { 'mock://': () => new Response('{}') }, baseURL: 'mock://x' }],
  ])('records that a hop went by %s', async (transport, options) => {
    const t = trace()
    await using session = createSession({ baseURL: origin, ...options, ...t.options })
    await session.get('/x')
    expect(t.entries[0]?.attempts[0]?.hops[0]?.transport).toBe(transport)
  })

  test('leaves a stream that is cancelled to the server, with bodies too', async () => {
    let isOpen = true
    const endless = createServer((_, response) => {
      response.on('close', () => {
        isOpen = false
      })
      response.write('first')
    })
    await listen(endless)
    const t = trace({ bodies: true })
    const session = createSession({ ...t.options })
    const response = await session.fetch(`http://127.0.0.1:${portOf(endless)}/`)
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    while (isOpen) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(t.entries[0]?.attempts[0]?.hops[0]?.response?.body).toMatchObject({ text: 'first' })
    endless.close()
  })

  test('the example prints what was sent', async () => {
    const outfile = fileURLToPath(new URL('../../.tmp/trace.mjs', import.meta.url))
    const entry = fileURLToPath(new URL('../../examples/trace.ts', import.meta.url))
    await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' })
    const { stdout } = await promisify(execFile)(process.execPath, [outfile])
    expect(stdout).toMatch(/^POST http.*\/login {2}200/)
    expect(stdout).toContain('(attempt 2 after status 503)')
    expect(stdout).toContain("--data-raw 'user=ada&password=•••'")
    expect(stdout).not.toMatch(/ada-1815|secret/)
  })

  test('records redirects, cookies and refusals in both doors', async () => {
    const t = trace()
    const session = createSession({ baseURL: origin, ...t.options })
    await session.post('/login')
    await (await session.fetch('/x')).text()
    const [login, me] = t.entries[0]?.attempts[0]?.hops ?? []
    expect(login?.response?.cookies.map(({ name, refused }) => [name, refused === undefined])).toEqual([
      ['sid', true],
      ['bad', false],
    ])
    expect(me?.request.cookies).toEqual([{ name: 'sid', value: '•••' }])
    expect(me?.response?.bytes).toBe(11)
    expect(t.toText()).toMatch(
      /^POST http.*\n {2}POST \/login {2}303 .*set sid {2}refused bad \(.*\) {2}→ \/me\n {2}GET \/me {2}200/,
    )
    expect(t.toText()).not.toContain('top-secret')
  })
})

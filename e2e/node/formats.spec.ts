/** Cookies written and read by the real programs: curl, wget, Python, Chromium by Playwright. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { type Browser, type BrowserContext, chromium } from 'playwright'
import { createSession } from 'sessionfetch'
import { cookieHeader, cookiesTxt, har, storageState } from 'sessionfetch/formats'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from '../../scripts/chromium.mjs'
import { listen, portOf, shut } from '../loopback.ts'

const run = promisify(execFile)
/** Host names that every program here is told to look up on this machine. */
const HOST = 'www.shop.example'
const LINES = [
  'host=1',
  'folder=2; Path=/set',
  'domain=3; Domain=shop.example; Path=/; HttpOnly',
  'late=4; Path=/; Max-Age=86400',
  'quoted="5, 5"; Path=/',
  'empty=; Path=/',
  'utf8=\u00c3\u00a9\u00e2\u0082\u00ac; Path=/',
  'gone=1; Path=/',
  'gone=; Path=/; Max-Age=0',
]
const SENT = ['domain=3', 'empty=', 'folder=2', 'host=1', 'late=4', 'quoted="5, 5"', 'utf8=é€']

let server: Server
let port: number
let origin: string
let folder: string

beforeAll(async () => {
  server = createServer((request, response) => {
    // wget takes the server for a proxy, and asks with the whole URL.
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const cookie = request.headers.cookie ?? ''
    if (pathname === '/login') response.setHeader('set-cookie', ['sid=42; Domain=shop.example; HttpOnly; Path=/', 'old=1'])
    if (pathname === '/private') response.setHeader('set-cookie', ['seen=1; SameSite=Strict', 'old=; Max-Age=0'])
    if (pathname.startsWith('/set')) response.setHeader('set-cookie', LINES)
    response.statusCode = pathname === '/private' && !/\bsid=42\b/.test(cookie) ? 401 : 200
    response.setHeader('content-type', 'text/plain')
    // An empty body of an error is an error page to Chromium.
    response.end(response.statusCode === 200 ? Buffer.from(cookie, 'latin1') : 'log in')
  })
  await listen(server)
  port = portOf(server)
  origin = `http://${HOST}:${port}`
  folder = mkdtempSync(join(tmpdir(), 'sessionfetch-formats-'))
})
afterAll(() => {
  shut(server)
  rmSync(folder, { recursive: true, force: true })
})

const path = (name: string) => join(folder, name)
const sorted = (header: string) => header.split('; ').sort()

/** The Cookie header of a session that has these cookies. Its requests go to the server by address. */
async function sentBy(jar: ReturnType<typeof cookiesTxt.read>): Promise<string[]> {
  let header = ''
  const session = createSession({
    jar,
    fetch: async (_, init) => {
      header = new Headers(init?.headers).get('cookie') ?? ''
      return new Response('')
    },
  })
  await session.fetch(`http://${HOST}/set/x`)
  return sorted(Buffer.from(header, 'latin1').toString('utf8'))
}

const curl = async (...args: string[]) =>
  (await run('curl', ['--silent', '--noproxy', '*', '--resolve', `${HOST}:${port}:127.0.0.1`, ...args])).stdout

describe('curl', () => {
  test('what it writes is read, and what is written it reads', async () => {
    await curl('-c', path('curl.txt'), `${origin}/set/1`)
    const read = cookiesTxt.read(readFileSync(path('curl.txt'), 'utf8'))
    expect(read.skipped).toEqual([])
    expect(await sentBy(read)).toEqual(SENT)
    expect(read.cookies.find(({ name }) => name === 'domain')).toMatchObject({
      domain: 'shop.example',
      hostOnly: false,
      httpOnly: true,
      expires: null,
    })
    expect(read.cookies.find(({ name }) => name === 'folder')).toMatchObject({ domain: HOST, hostOnly: true, path: '/set' })
    expect(Number(read.cookies.find(({ name }) => name === 'late')?.expires)).toBeGreaterThan(Date.now() + 86_000_000)

    writeFileSync(path('ours.txt'), cookiesTxt.write(read.cookies))
    expect(sorted(await curl('-b', path('ours.txt'), `${origin}/set/x`))).toEqual(SENT)
    // Written again and read by curl: nothing is lost.
    await curl('-b', path('ours.txt'), '-c', path('again.txt'), `${origin}/private`)
    const again = cookiesTxt.read(readFileSync(path('again.txt'), 'utf8'))
    expect(await sentBy(again)).toEqual([
      'domain=3',
      'empty=',
      'folder=2',
      'host=1',
      'late=4',
      'quoted="5, 5"',
      'seen=1',
      'utf8=é€',
    ])
  })

  test('a Cookie header of cookies is what it sends', async () => {
    const { cookies } = cookiesTxt.read(`${HOST}\tFALSE\t/\tFALSE\t0\ta\t1\n${HOST}\tFALSE\t/\tFALSE\t0\tb\t"2"\n`)
    expect(await curl('-H', `Cookie: ${cookieHeader.write(cookies)}`, `${origin}/`)).toBe('a=1; b="2"')
  })
})

describe('wget', () => {
  const wget = async (url: string, ...args: string[]) => {
    const proxy = ['-e', 'use_proxy=yes', '-e', `http_proxy=http://127.0.0.1:${port}`]
    return (await run('wget', ['--quiet', '--output-document=-', ...(url.includes(HOST) ? proxy : []), ...args, url])).stdout
  }

  test('what it writes is read, and what is written it reads', async () => {
    await wget(`http://${HOST}/set/1`, '--save-cookies', path('wget.txt'), '--keep-session-cookies')
    const read = cookiesTxt.read(readFileSync(path('wget.txt'), 'utf8'))
    expect(read.skipped).toEqual([])
    expect((await sentBy(read)).filter((pair) => !pair.startsWith('utf8'))).toEqual(SENT.slice(0, -1))

    // wget takes #HttpOnly_ for a comment, so the one that is HttpOnly is not sent.
    writeFileSync(path('wget-ours.txt'), cookiesTxt.write(read.cookies.map((cookie) => ({ ...cookie, httpOnly: false }))))
    const sent = sorted(await wget(`http://${HOST}/set/x`, '--load-cookies', path('wget-ours.txt')))
    expect(sent.filter((pair) => !pair.startsWith('utf8'))).toEqual(SENT.slice(0, -1))
  })

  test('the port that it writes is dropped', async () => {
    await wget(`http://127.0.0.1:${port}/set/1`, '--save-cookies', path('port.txt'), '--keep-session-cookies')
    const text = readFileSync(path('port.txt'), 'utf8')
    expect(text).toContain(`127.0.0.1:${port}\t`)
    expect(cookiesTxt.read(text).cookies[0]).toMatchObject({ domain: '127.0.0.1', hostOnly: true })
  })
})

describe("Python's http.cookiejar", () => {
  const LOAD = `
import http.cookiejar, json, sys
jar = http.cookiejar.MozillaCookieJar(sys.argv[1])
jar.load(ignore_discard=True, ignore_expires=True)
jar.save(sys.argv[2], ignore_discard=True, ignore_expires=True)
print(json.dumps(sorted([c.domain, c.path, c.secure, c.name, c.value or '', c.has_nonstandard_attr('HTTPOnly')] for c in jar)))`
  const COOKIES = storageState.read([
    { name: 'a', value: '1', domain: '.shop.example', path: '/', expires: 4102444800, secure: true, httpOnly: true },
    { name: 'b', value: '"2=2", x', domain: 'shop.example', path: '/x' },
    { name: 'c', value: '', domain: 'localhost' },
    { name: 'd', value: 'é€', domain: '127.0.0.1' },
  ]).cookies

  test('what is written it reads, and what it writes is read', async () => {
    writeFileSync(path('for-python.txt'), cookiesTxt.write(COOKIES))
    const { stdout } = await run('/usr/bin/python3', ['-c', LOAD, path('for-python.txt'), path('python.txt')], {
      env: { ...process.env, PYTHONUTF8: '1' },
    })
    expect(JSON.parse(stdout)).toEqual([
      ['.shop.example', '/', true, 'a', '1', true],
      ['127.0.0.1', '/', false, 'd', 'é€', false],
      ['localhost', '/', false, 'c', '', false],
      ['shop.example', '/x', false, 'b', '"2=2", x', false],
    ])
    const { cookies, skipped } = cookiesTxt.read(readFileSync(path('python.txt'), 'utf8'))
    expect(skipped).toEqual([])
    const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1)
    expect([...cookies].sort(byName)).toEqual(COOKIES)
  })
})

describe('Chromium by Playwright', () => {
  let browser: Browser
  beforeAll(async () => {
    const executablePath = findChromium()
    browser = await chromium.launch({
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--disable-background-networking',
        '--no-first-run',
        '--disable-component-update',
        '--disable-sync',
        '--host-resolver-rules=MAP *.shop.example 127.0.0.1',
      ],
      ...(executablePath ? { executablePath } : {}),
    })
  })
  afterAll(async () => browser?.close())

  async function statusOf(context: BrowserContext): Promise<number | undefined> {
    const page = await context.newPage()
    return (await page.goto(`${origin}/private`))?.status()
  }
  /** A session's requests to the shop go to this server. */
  const toServer = {
    mounts: {
      [`http://${HOST}`]: (request: Request) => fetch(`http://127.0.0.1:${port}${new URL(request.url).pathname}`, request),
    },
  }

  test('a context is logged in from a session', async () => {
    const session = createSession({ baseURL: `http://${HOST}`, ...toServer })
    await session.fetch('/login')
    const context = await browser.newContext({ storageState: storageState.write(await session.cookies.getAll()) })
    expect(await statusOf(context)).toBe(200)
    await context.close()
    const stranger = await browser.newContext()
    expect(await statusOf(stranger)).toBe(401)
    await stranger.close()
  })

  test('a session is logged in from a context, as object and as text', async () => {
    const context = await browser.newContext()
    await (await context.newPage()).goto(`${origin}/login`)
    expect(await statusOf(context)).toBe(200)
    const state = await context.storageState()
    await context.close()
    for (const given of [state, JSON.stringify(state), state.cookies]) {
      const session = createSession({ baseURL: `http://${HOST}`, jar: storageState.read(given), ...toServer })
      expect((await session.fetch('/private')).status).toBe(200)
    }
    const { cookies } = storageState.read(state)
    expect(cookies).toMatchObject([
      { name: 'sid', domain: 'shop.example', hostOnly: false, httpOnly: true, expires: null, sameSite: 'lax' },
      { name: 'seen', domain: HOST, hostOnly: true, sameSite: 'strict' },
    ])
  })

  test('a context takes every cookie that is written, and gives it back', async () => {
    const cookies = storageState.read([
      { name: 'a', value: '"1"', domain: '.shop.example', expires: 4102444800, secure: true, sameSite: 'None' },
      { name: 'b', value: '', domain: HOST, path: '/x', httpOnly: true, sameSite: 'Strict' },
      { name: '__Host-c', value: '1', domain: HOST, secure: true, sameSite: 'Lax' },
      { name: 'd', value: '1', domain: '::1', sameSite: 'Lax' },
      { name: 'e', value: 'é', domain: 'localhost', sameSite: 'Lax' },
      { name: 'f', value: '1', domain: HOST, expires: 1, sameSite: 'Lax' },
    ]).cookies
    const context = await browser.newContext({ storageState: storageState.write(cookies) })
    const back = storageState.read(await context.storageState()).cookies
    await context.close()
    // Chromium keeps none for more than 400 days, and none that has ended.
    const timeless = (list: typeof cookies) =>
      list.map((cookie) => ({ ...cookie, expires: 0 })).sort((one, other) => (one.name < other.name ? -1 : 1))
    expect(timeless(back)).toEqual(timeless(cookies.filter(({ name }) => name !== 'f')))
  })

  test('the formats run in a page, by way of a bundler', async () => {
    const built = fileURLToPath(new URL('../../dist/formats.js', import.meta.url))
    const { outputFiles } = await build({
      entryPoints: [built],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'formats',
      platform: 'browser',
    })
    const page = await browser.newPage()
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
    const seen = await page.evaluate(() => {
      const { cookiesTxt, storageState } = (globalThis as unknown as { formats: typeof import('sessionfetch/formats') }).formats
      const line = '.shop.example\tTRUE\t/\tTRUE\t0\ta\té'
      const { cookies, skipped } = cookiesTxt.read(`${line}\n.co.uk\tTRUE\t/\tFALSE\t0\tb\t2\n`)
      return { written: cookiesTxt.write(cookies), state: storageState.write(cookies).cookies, skipped }
    })
    await page.close()
    expect(seen.written).toContain('.shop.example\tTRUE\t/\tTRUE\t0\ta\té\n')
    expect(seen.state).toMatchObject([{ name: 'a', value: 'é', domain: '.shop.example', expires: -1 }])
    expect(seen.skipped).toEqual([{ at: 'line 2', reason: 'its Domain is a public suffix' }])
  })

  test('a HAR that it has recorded is read: what was ended is not there', async () => {
    const context = await browser.newContext({ recordHar: { path: path('shop.har') } })
    const page = await context.newPage()
    for (const place of ['/set/1', '/login', '/private']) await page.goto(origin + place)
    await context.close()
    const { cookies, skipped } = har.read(readFileSync(path('shop.har'), 'utf8'))
    expect(skipped).toEqual([])
    expect(cookies.map(({ name, value }) => `${name}=${value}`).sort()).toEqual([...SENT, 'seen=1', 'sid=42'].sort())
    expect(cookies.find(({ name }) => name === 'sid')).toMatchObject({ domain: 'shop.example', hostOnly: false, httpOnly: true })
    const session = createSession({ baseURL: `http://${HOST}`, jar: { cookies, skipped }, ...toServer })
    expect((await session.fetch('/private')).status).toBe(200)
  })
})

test('the example goes on where a browser has logged in', async () => {
  const outfile = fileURLToPath(new URL('../../.tmp/import-browser-state.mjs', import.meta.url))
  const entry = fileURLToPath(new URL('../../examples/import-browser-state.ts', import.meta.url))
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
  })
  const own = await run(process.execPath, [outfile])
  expect(own.stdout).toMatch(/: 1 cookies\n.*\/private: 200\n.*"user":"ada"/)
  const command = /^curl -b (.*) http/m.exec(own.stdout)?.[1] ?? ''
  const again = await run(process.execPath, [outfile, command, `http://127.0.0.1:${port}/`])
  expect(again.stdout).toMatch(/: 200\nsid=ada-1815\n/)
})

describe('10 MB', () => {
  const many = <T>(size: number, make: (index: number) => T) =>
    Array.from({ length: Math.ceil(1e7 / size) }, (_, index) => make(index))
  const entry = (index: number) => ({
    name: `n${index}`,
    value: 'x'.repeat(30),
    domain: `.h${index}.example`,
    path: '/',
    expires: 4102444800,
  })
  const answer = (index: number) => ({
    startedDateTime: '2026-01-01T00:00:00.000Z',
    request: { url: `https://h${index}.example/` },
    response: { headers: [{ name: 'Set-Cookie', value: `n=${'x'.repeat(30)}; Path=/; Max-Age=3600; Secure` }] },
  })
  const inputs = {
    cookiesTxt: () =>
      cookiesTxt.read(many(60, (index) => `.h${index}.example\tTRUE\t/\tTRUE\t4102444800\tn\t${'x'.repeat(20)}\n`).join('')),
    'one host': () =>
      cookiesTxt.read(many(60, () => `.shop.example\tTRUE\t/\tTRUE\t4102444800\tn\t${'x'.repeat(20)}\n`).join('')),
    storageState: () => storageState.read(JSON.stringify(many(120, entry))),
    har: () => har.read(JSON.stringify({ log: { entries: many(190, answer) } })),
    'har of short lines': () => {
      const headers = [{ name: 'set-cookie', value: many(20, (index) => `n${index % 20_000}=${'x'.repeat(10)}`).join('\n') }]
      return har.read(JSON.stringify({ log: { entries: [{ ...answer(0), response: { headers } }] } }))
    },
    cookieHeader: () => cookieHeader.read(many(30, (index) => `n${index}=${'x'.repeat(20)}; `).join(''), origin),
  }
  const least = (read: () => unknown) => {
    const seconds = [1, 2, 3].map(() => {
      const before = process.cpuUsage()
      read()
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1e6
    })
    return Math.min(...seconds)
  }
  test.each(Object.entries(inputs))('%s takes less than 2 seconds of a processor', (_, read) => {
    expect(read().cookies.length).toBeGreaterThan(10_000)
    expect(least(read)).toBeLessThan(2)
  })

  const long = 'é'.repeat(1e7)
  const recorded = { ...answer(0), response: { headers: [{ name: 'Set-Cookie', value: `n=${long}` }] } }
  const refused = {
    cookiesTxt: () => cookiesTxt.read(`shop.example\tTRUE\t/\tTRUE\t0\tn\t${long}`),
    storageState: () => storageState.read([{ ...entry(0), value: long }]),
    har: () => har.read({ log: { entries: [recorded] } }),
    cookieHeader: () => cookieHeader.read(`n=${long}`, origin),
  }
  test.each(Object.entries(refused))('%s refuses one value that is no UTF-8 in less than a second', (_, read) => {
    const refusal = () => expect(read).toThrow('name and value are longer than 4096 bytes')
    expect(least(refusal)).toBeLessThan(1)
  })
})

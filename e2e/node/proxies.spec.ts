/** Real proxies: tinyproxy and squid, with authentication, and microsocks for SOCKS5. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTLSServer } from 'node:https'
import { createServer as createSocketServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSession } from 'sessionfetch'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Certificates, makeCertificates } from '../certificates.ts'
import { listen, portOf } from '../loopback.ts'
import { freePort, type Running, startProgram } from '../processes.ts'

const folder = mkdtempSync(join(tmpdir(), 'sessionfetch-proxies-'))
const running: Record<string, Running> = {}
let certificates: Certificates
let http: Server
let https: ReturnType<typeof createTLSServer>
let httpOrigin: string
let httpsOrigin: string
const seen: { url: string; via: string | undefined; credentials: string | undefined }[] = []

beforeAll(async () => {
  certificates = makeCertificates()
  const answer: Parameters<typeof createServer>[1] = (request, response) => {
    const { via, 'proxy-authorization': credentials } = request.headers
    seen.push({ url: request.url ?? '', via, credentials })
    const to = new URL(request.url ?? '/', 'http://x').searchParams.get('to')
    if (to) return void response.writeHead(302, { location: to }).end()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ via: via ?? null }))
  }
  http = createServer(answer)
  https = createTLSServer({ cert: certificates.pem('server.pem'), key: certificates.pem('server.key') }, answer)
  await Promise.all([http, https].map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))))
  httpOrigin = `http://127.0.0.1:${portOf(http)}`
  httpsOrigin = `https://localhost:${portOf(https)}`

  const tinyproxy = async (name: string, more: string) => {
    const port = await freePort()
    const file = join(folder, `${name}.conf`)
    writeFileSync(file, `Port ${port}\nListen 127.0.0.1\nTimeout 60\nAllow 127.0.0.1\nMaxClients 20\nLogLevel Critical\n${more}`)
    running[name] = await startProgram(port, 'tinyproxy', ['-d', '-c', file])
  }
  const squid = async () => {
    const port = await freePort()
    const file = join(folder, 'squid.conf')
    const lines = [
      `http_port 127.0.0.1:${port}`,
      'http_access allow all',
      'cache deny all',
      'access_log none',
      'cache_log /dev/null',
      `pid_filename ${folder}/squid.pid`,
      `coredump_dir ${folder}`,
      'shutdown_lifetime 0 seconds',
      'pinger_enable off',
      'netdb_filename none',
    ]
    writeFileSync(file, `${lines.join('\n')}\n`)
    running.squid = await startProgram(port, 'squid', ['-N', '-f', file])
  }
  const socks = async () => {
    const port = await freePort()
    running.socks = await startProgram(port, 'microsocks', ['-i', '127.0.0.1', '-p', String(port)])
  }
  await Promise.all([tinyproxy('open', ''), tinyproxy('locked', 'BasicAuth ada secret\n'), squid(), socks()])
})
afterAll(async () => {
  await Promise.all(Object.values(running).map((one) => one.stop()))
  http?.close()
  https?.close()
  rmSync(folder, { recursive: true, force: true })
  if (certificates) rmSync(certificates.folder, { recursive: true, force: true })
})

const proxyURL = (name: string, userinfo = '') => `http://${userinfo}127.0.0.1:${running[name]?.port}`
const trusted = () => ({ tls: { ca: certificates.pem('ca.pem') } })

describe.each(['open', 'squid'])('through %s', (name) => {
  test('http goes in absolute form, https through a tunnel', async () => {
    await using session = createSession({ proxy: proxyURL(name), ...trusted() })
    const plain = await session.get<{ via: string }>(httpOrigin)
    const secure = await session.get<{ via: string | null }>(httpsOrigin)
    expect(plain.via).toMatch(/tinyproxy|squid/)
    expect(secure.via).toBeNull()
  })
})

describe('a proxy that asks for credentials', () => {
  test('gets them, and the target does not', async () => {
    await using session = createSession({ proxy: proxyURL('locked', 'ada:secret@'), ...trusted() })
    seen.length = 0
    expect((await session.fetch(httpOrigin)).status).toBe(200)
    expect((await session.fetch(httpsOrigin)).status).toBe(200)
    expect(seen.map(({ credentials }) => credentials)).toEqual([undefined, undefined])
  })

  test('answers 407 without them: an error that names the proxy, and not the password', async () => {
    await using session = createSession({ proxy: proxyURL('locked'), ...trusted() })
    for (const origin of [httpOrigin, httpsOrigin]) {
      await expect(session.fetch(origin)).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/the proxy answered 407: .*through the proxy http:/) },
      })
    }
    await using wrong = createSession({ proxy: proxyURL('locked', 'ada:wr0ng@'), ...trusted() })
    const error = (await wrong.fetch(httpsOrigin).catch((thrown: unknown) => thrown)) as Error
    expect((error.cause as Error).message).toMatch(/the proxy answered 40/)
    expect(`${error.stack}${(error.cause as Error).stack}`).not.toContain('wr0ng')
  })
})

describe('which proxy', () => {
  test('SOCKS5', async () => {
    await using session = createSession({ proxy: `socks5://127.0.0.1:${running.socks?.port}`, ...trusted() })
    expect((await session.fetch(httpOrigin)).status).toBe(200)
    expect((await session.fetch(httpsOrigin)).status).toBe(200)
  })

  test.each([
    [
      'that refuses the sign-in',
      [
        [5, 2],
        [1, 1],
      ],
      'the proxy refused the sign-in',
    ],
    ['that takes none', [[5, 255]], 'the proxy takes no sign-in that can be given'],
    [
      'that cannot reach the host',
      [
        [5, 0],
        [5, 4, 0, 1, 0, 0, 0, 0, 0, 0],
      ],
      'the proxy could not reach the host',
    ],
    ['that is none', [[72, 84, 84, 80]], 'the proxy does not speak SOCKS5'],
  ])('SOCKS5 %s is an error in words, without the password', async (_, answers, words) => {
    const server = createSocketServer((socket) => {
      const left = [...answers]
      socket.on('error', () => undefined)
      socket.on('data', () => socket.write(Uint8Array.from(left.shift() ?? [])))
    })
    await listen(server)
    await using session = createSession({ proxy: `socks5://ada:s3cret@127.0.0.1:${portOf(server)}` })
    const error = (await session.fetch(httpOrigin).catch((thrown: unknown) => thrown)) as Error
    server.close()
    expect((error.cause as Error).message).toContain(words)
    expect(`${error.stack}${(error.cause as Error).stack}`).not.toContain('s3cret')
  })

  test('a table by scheme and host, with exceptions', async () => {
    const dead = `http://127.0.0.1:${await freePort()}`
    await using session = createSession({
      proxy: { http: dead, [httpOrigin]: proxyURL('open'), all: dead, noProxy: 'localhost' },
      ...trusted(),
    })
    expect((await session.get<{ via: string }>(httpOrigin)).via).toMatch(/tinyproxy/)
    expect((await session.fetch(httpsOrigin)).status).toBe(200)
    await expect(session.fetch('http://other.example/')).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/through the proxy/) },
    })
  })

  test('a redirect from a proxied host to one that is not drops the credentials of the proxy', async () => {
    await using session = createSession({ proxy: { http: proxyURL('locked', 'ada:secret@'), noProxy: 'localhost' } })
    seen.length = 0
    const target = httpOrigin.replace('127.0.0.1', 'localhost')
    await session.fetch(`${httpOrigin}/?to=${encodeURIComponent(`${target}/end`)}`)
    expect(seen.map(({ via, credentials }) => [via !== undefined, credentials])).toEqual([
      [true, undefined],
      [false, undefined],
    ])
  })

  test('the environment, below what the session says', async () => {
    vi.stubEnv('http_proxy', '')
    vi.stubEnv('HTTP_PROXY', proxyURL('open'))
    vi.stubEnv('NO_PROXY', 'example.com')
    vi.stubEnv('no_proxy', '')
    await using session = createSession({ trustEnv: true })
    await using direct = createSession({ trustEnv: true, proxy: null })
    await using plain = createSession({ pool: true })
    expect((await session.get<{ via: string }>(httpOrigin)).via).toMatch(/tinyproxy/)
    expect(await direct.get(httpOrigin)).toEqual({ via: null })
    expect(await plain.get(httpOrigin)).toEqual({ via: null })
    vi.stubEnv('NO_PROXY', '127.0.0.0/8')
    await using exempt = createSession({ trustEnv: true })
    expect(await exempt.get(httpOrigin)).toEqual({ via: null })
    vi.unstubAllEnvs()
  })

  test('a proxy that is not there is an error that names it', async () => {
    const dead = `127.0.0.1:${await freePort()}`
    await using session = createSession({ proxy: `http://ada:s3cret@${dead}` })
    const error = (await session.fetch(httpOrigin).catch((thrown: unknown) => thrown)) as Error
    expect((error.cause as Error).message).toContain(`connection refused`)
    expect((error.cause as Error).message).toContain(`through the proxy http://${dead}`)
    expect(`${error.stack}${(error.cause as Error).stack}`).not.toContain('s3cret')
  })
})

/** `.netrc` over redirects between real servers, beside curl where curl does the same. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createSession } from 'sessionfetch'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Certificates, makeCertificates } from '../certificates.ts'
import { listen, portOf, shut } from '../loopback.ts'

/** A server that redirects to where its query says, and answers 401 or its name at the end. */
interface Place {
  readonly server: Server
  readonly port: number
  readonly seen: (string | undefined)[]
}

let certificates: Certificates
let folder: string
let one: Place
let two: Place
let secure: Place

async function open(make: (listener: RequestListener) => Server): Promise<Place> {
  const seen: (string | undefined)[] = []
  const server = make((request, response) => {
    const header = request.headers.authorization
    seen.push(header && Buffer.from(header.slice('Basic '.length), 'base64').toString())
    const to = new URL(request.url ?? '', 'http://h').searchParams.get('to')
    response.writeHead(to ? 302 : 200, to ? { location: to } : {}).end('welcome')
  })
  await listen(server)
  return { server, seen, port: portOf(server) }
}

beforeAll(async () => {
  certificates = makeCertificates()
  folder = mkdtempSync(join(tmpdir(), 'netrc-'))
  const plain = (listener: RequestListener) => createServer(listener)
  const key = { cert: certificates.pem('server.pem'), key: certificates.pem('server.key') }
  ;[one, two, secure] = await Promise.all([open(plain), open(plain), open((listener) => createSecureServer(key, listener))])
  vi.stubEnv('NETRC', join(folder, 'netrc'))
})
afterAll(() => {
  vi.unstubAllEnvs()
  for (const { server } of [one, two, secure]) {
    shut(server)
  }
  for (const path of [folder, certificates.folder]) rmSync(path, { recursive: true, force: true })
})
beforeEach(() => {
  for (const { seen } of [one, two, secure]) seen.length = 0
})

const netrc = (text: string) => writeFileSync(join(folder, 'netrc'), text)
const at = (place: Place, host: string, to = '') =>
  `${place === secure ? 'https' : 'http'}://${host}:${place.port}/${to && `?to=${encodeURIComponent(to)}`}`

async function ask(url: string): Promise<string> {
  const session = createSession({ trustEnv: true, tls: { ca: certificates.pem('ca.pem') } })
  const text = await (await session.fetch(url)).text()
  await session.close()
  return text
}

const curl = async (url: string) =>
  promisify(execFile)('curl', ['-sL', '--cacert', certificates.path('ca.pem'), '--netrc-file', join(folder, 'netrc'), url])

describe('.netrc', () => {
  test('gives each hop the entry of its own host, and comes back to the first, as in curl', async () => {
    netrc('machine 127.0.0.1 login first password p\nmachine localhost login second password p\n')
    const url = at(one, '127.0.0.1', at(two, 'localhost', at(one, '127.0.0.1')))
    expect(await ask(url)).toBe('welcome')
    expect([one.seen, two.seen]).toEqual([['first:p', 'first:p'], ['second:p']])
    for (const { seen } of [one, two]) seen.length = 0
    await curl(url)
    expect([one.seen, two.seen]).toEqual([['first:p', 'first:p'], ['second:p']])
  })

  test('gives a host that a redirect leads to no default entry', async () => {
    netrc('machine 127.0.0.1 login first password p\ndefault login anyone password p\n')
    await ask(at(one, '127.0.0.1', at(two, 'localhost')))
    expect([one.seen, two.seen]).toEqual([['first:p'], [undefined]])
    await ask(at(two, 'localhost'))
    expect(two.seen).toEqual([undefined, 'anyone:p'])
  })

  test('gives nothing once a redirect has gone from https to http', async () => {
    netrc('machine 127.0.0.1 login first password p\nmachine localhost login second password p\n')
    await ask(at(secure, 'localhost', at(one, '127.0.0.1')))
    expect([secure.seen, one.seen]).toEqual([['second:p'], [undefined]])
    await ask(at(one, '127.0.0.1', at(secure, 'localhost')))
    expect([secure.seen, one.seen]).toEqual([
      ['second:p', 'second:p'],
      [undefined, 'first:p'],
    ])
  })

  test('is below what the session, the call and the URL say', async () => {
    netrc('machine 127.0.0.1 login first password p\n')
    const session = createSession({ trustEnv: true })
    await session.fetch(at(one, '127.0.0.1'), { auth: { username: 'mine', password: 'p' } })
    await session.fetch(at(one, '127.0.0.1'), { auth: null })
    await session.fetch(at(one, 'in%20url:100%25%@127.0.0.1'))
    await session.close()
    expect(one.seen).toEqual(['mine:p', undefined, 'in url:100%%'])
  })
})

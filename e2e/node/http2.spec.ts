/** HTTP/2 over a session's own connections, and what undici does wrong there. */
import { rmSync } from 'node:fs'
import { constants, createSecureServer, type Http2Server } from 'node:http2'
import { createSession } from 'sessionfetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Certificates, makeCertificates } from '../certificates.ts'
import { listen, portOf } from '../loopback.ts'

let certificates: Certificates
const servers: Http2Server[] = []

beforeAll(() => {
  certificates = makeCertificates()
})
afterAll(() => {
  for (const server of servers) server.close()
  rmSync(certificates.folder, { recursive: true, force: true })
})

async function serve(server: Http2Server): Promise<{ port: number }> {
  servers.push(server)
  await listen(server)
  return { port: portOf(server) }
}

describe('HTTP/2', () => {
  test('100 parallel streams on one connection, cookies split and joined, redirects', async () => {
    let sessions = 0
    const server = createSecureServer({ cert: certificates.pem('server.pem'), key: certificates.pem('server.key') })
    server.on('session', () => sessions++)
    server.on('stream', (stream, headers) => {
      const path = headers[':path']
      stream.on('error', () => undefined)
      if (path === '/set') {
        stream.respond({ ':status': 302, location: '/echo', 'set-cookie': ['a=1; Path=/', 'b=2; Path=/'] })
        return void stream.end()
      }
      setTimeout(() => {
        stream.respond({ ':status': 200, 'content-type': 'application/json' })
        stream.end(JSON.stringify({ cookie: headers.cookie, path }))
      }, 20)
    })
    const { port } = await serve(server)
    await using session = createSession({
      baseURL: `https://localhost:${port}`,
      pool: { http2: true },
      tls: { ca: certificates.pem('ca.pem') },
    })
    expect(await session.get('/set')).toEqual({ cookie: 'a=1; b=2', path: '/echo' })
    const all = await Promise.all(Array.from({ length: 100 }, (_, number) => session.get<{ path: string }>(`/${number}`)))
    expect(all.map(({ path }) => path)).toEqual(Array.from({ length: 100 }, (_, number) => `/${number}`))
    expect(sessions).toBe(1)
  })

  // A failure here is good news: then `http2` need not be called experimental in the docs and types any more.
  test('undici still takes a body that is broken off for a whole one', async () => {
    const server = createSecureServer({ cert: certificates.pem('server.pem'), key: certificates.pem('server.key') })
    server.on('stream', (stream) => {
      stream.on('error', () => undefined)
      stream.respond({ ':status': 200, 'content-type': 'text/plain' })
      stream.write('half of it')
      setTimeout(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR), 20)
    })
    const { port } = await serve(server)
    await using session = createSession({ pool: { http2: true }, tls: { ca: certificates.pem('ca.pem') } })
    expect(await session.get(`https://localhost:${port}/`)).toBe('half of it')
  })
})

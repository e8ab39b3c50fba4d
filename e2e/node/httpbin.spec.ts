/** A real httpbin: requests' own test server. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createSession, digest, FetchError, TooManyRedirectsError } from 'sessionfetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, type Running, startProgram } from '../processes.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
let httpbin: Running
let origin: string

beforeAll(async () => {
  const port = await freePort()
  httpbin = await startProgram(port, '/usr/bin/python3', [
    '/usr/bin/gunicorn',
    '-b',
    `127.0.0.1:${port}`,
    '-k',
    'gevent',
    'httpbin:app',
  ])
  origin = `http://127.0.0.1:${port}`
})
afterAll(() => httpbin?.stop())

describe('httpbin', () => {
  test('the main job, npm start -- http://host, goes as documented', () => {
    const { status, stdout } = spawnSync(process.execPath, ['scripts/start.mjs', origin, '--no-build'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    expect(stdout).toContain('All as documented.')
    expect(status).toBe(0)
  })

  test.each([
    ['auth', 'MD5'],
    ['auth', 'SHA-256'],
  ])('digest with qop %s and %s', async (qop, algorithm) => {
    const session = createSession({ baseURL: origin, auth: digest({ username: 'ada', password: 'secret' }) })
    const path = `/digest-auth/${qop}/ada/secret/${algorithm}`
    expect(await session.get(path)).toEqual({ authenticated: true, user: 'ada' })
    expect(await Promise.all([1, 2, 3].map(() => session.get(path)))).toHaveLength(3)
    const wrong = createSession({ baseURL: origin, auth: digest({ username: 'ada', password: 'wrong' }) })
    expect((await wrong.fetch(path)).status).toBe(401)
  })

  test('a nonce that the server calls stale is replaced', async () => {
    const session = createSession({ baseURL: origin, auth: digest({ username: 'ada', password: 'secret' }) })
    const statuses: number[] = []
    for (let call = 0; call < 4; call++) statuses.push((await session.fetch('/digest-auth/auth/ada/secret/SHA-256/1')).status)
    expect(statuses).toEqual([200, 200, 200, 200])
  })

  test.each([
    ['/digest-auth/auth-int/ada/secret', /qop 'auth-int', which is not supported/],
    ['/digest-auth/auth/ada/secret/SHA-512', /algorithm 'SHA-512', which is not supported/],
  ])('digest at %s is an error that names what is not supported', async (path, message) => {
    const session = createSession({ baseURL: origin, auth: digest({ username: 'ada', password: 'secret' }) })
    await expect(session.fetch(path)).rejects.toThrow(message)
    await expect(session.get(path)).rejects.toBeInstanceOf(FetchError)
  })

  test('basic and bearer', async () => {
    const basic = createSession({ baseURL: origin, auth: { username: 'ada', password: 'secret' } })
    const bearer = createSession({ baseURL: origin, auth: { token: 'xyz' } })
    expect(await basic.get('/basic-auth/ada/secret')).toEqual({ authenticated: true, user: 'ada' })
    expect(await bearer.get('/bearer')).toEqual({ authenticated: true, token: 'xyz' })
  })

  test.each(['gzip', 'deflate', 'brotli'])('%s is decoded', async (coding) => {
    const data = await createSession({ baseURL: origin }).get<Record<string, unknown>>(`/${coding}`)
    expect(data[coding === 'gzip' ? 'gzipped' : coding === 'brotli' ? 'brotli' : 'deflated']).toBe(true)
  })

  test('redirects: absolute, relative, too many', async () => {
    const session = createSession({ baseURL: origin })
    expect((await session.fetch('/absolute-redirect/3')).history).toHaveLength(3)
    expect((await session.fetch('/relative-redirect/3')).history).toHaveLength(3)
    await expect(session.fetch('/redirect/5', { maxRedirects: 2 })).rejects.toBeInstanceOf(TooManyRedirectsError)
  })

  test('a file goes as multipart, status codes are FetchErrors', async () => {
    const session = createSession({ baseURL: origin })
    const form = new FormData()
    form.set('file', new Blob(['content'], { type: 'text/plain' }), 'a.txt')
    expect(await session.post<{ files: unknown }>('/post', { body: form })).toMatchObject({ files: { file: 'content' } })
    await expect(session.get('/status/418')).rejects.toBeInstanceOf(FetchError)
  })
})

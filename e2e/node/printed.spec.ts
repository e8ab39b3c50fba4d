/** Nothing secret is printed: every way to fail × both doors × every transport, looked at as logs would show it. */

import { createServer, type Server, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { createSession, raiseForStatus, refreshable, type Session, type SessionOptions } from 'sessionfetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen } from '../loopback.ts'

const SECRET = 's3cret'
const ESCAPE = '\u001b[31m'
let server: Server
const sockets = new Set<Socket>()
let origin = ''

/** What the server answers, by path. */
const ANSWERS: Readonly<Record<string, (socket: Socket) => void>> = {
  '/refused': (socket) => socket.end(`HTTP/1.1 401 No${ESCAPE}way\r\nset-cookie: sid=${SECRET}\r\ncontent-length: 0\r\n\r\n`),
  '/garbage': (socket) => socket.end(`HTTP/1.1 200 OK\r\nset-cookie: sid=${SECRET}\r\nbad header ${SECRET}\r\n\r\n`),
  '/nonsense': (socket) => socket.end(`${SECRET} is no HTTP at all\r\n\r\n`),
  '/reset': (socket) => socket.destroy(),
  '/cut': (socket) =>
    socket.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":"${SECRET}`),
  '/loop': (socket) => socket.end(`HTTP/1.1 302 Found\r\nlocation: /loop?code=${SECRET}\r\ncontent-length: 0\r\n\r\n`),
  '/nowhere': (socket) =>
    socket.end(`HTTP/1.1 302 Found\r\nlocation: ftp://u:${SECRET}@h/?${SECRET}\r\ncontent-length: 0\r\n\r\n`),
  '/slow': () => undefined,
  '/large': (socket) => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n${'x'.repeat(1000)}`),
  '/json': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"a":"odd"}'),
}

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', (data) => ANSWERS[String(data).split(' ')[1]?.split('?')[0] ?? '']?.(socket))
  })
  origin = await listen(server)
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

const strict = {
  '~standard': { version: 1 as const, vendor: 'test', validate: () => ({ issues: [{ message: SECRET, path: [`${ESCAPE}a`] }] }) },
}

/** A session with a secret in every place that can hold one. */
const secretive = (more: SessionOptions) =>
  createSession({
    baseURL: origin,
    headers: { 'x-api-key': SECRET, 'x-sid': SECRET },
    query: { token: SECRET },
    auth: { username: 'ada', password: SECRET },
    cookies: { sid: SECRET },
    csrf: { header: 'x-csrf', token: () => SECRET },
    sensitiveHeaders: ['x-api-key'],
    ...more,
  })

const WAYS: readonly (readonly [name: string, path: string, options: SessionOptions])[] = [
  ['a refusal', '/refused', {}],
  ['a broken header', '/garbage', {}],
  ['no HTTP', '/nonsense', {}],
  ['a reset', '/reset', {}],
  ['a body that breaks off', '/cut', {}],
  ['endless redirects', '/loop', { maxRedirects: 2 }],
  ['a redirect to nowhere', '/nowhere', {}],
  ['an attempt that takes too long', '/slow', { timeout: 100 }],
  ['a call that takes too long', '/slow', { timeout: { total: 100 } }],
  ['a body that is too large', '/large', { maxBytes: 10 }],
  ['data that a schema refuses', '/json', { schema: strict }],
  [
    'a refresh that fails',
    '/refused',
    { auth: refreshable({ token: () => SECRET, refresh: () => Promise.reject(new Error('no')) }) },
  ],
  ['a session that is closed', '/json', {}],
]
const SETTINGS: Readonly<Record<string, SessionOptions>> = {
  default: {},
  'own pool': { pool: true },
  fetch: { fetch: globalThis.fetch },
}

function everything(error: unknown): string {
  const parts = [inspect(error, { depth: 10 }), String(error), JSON.stringify(error) ?? '']
  for (let at = error as Error | undefined; at; at = at.cause as Error | undefined) {
    parts.push(at.message, at.stack ?? '', inspect(at, { depth: 10, showHidden: false }), JSON.stringify(at) ?? '')
  }
  return parts.join('\n')
}

describe.each(Object.keys(SETTINGS))('over %s', (transport) => {
  describe.each(['get', 'fetch'] as const)('session.%s', (door) => {
    // session.fetch does not parse, and so has no schema.
    test.each(WAYS.filter(([name]) => door === 'get' || !name.includes('schema')))(
      '%s prints nothing secret',
      async (name, path, options) => {
        const session: Session = secretive({ ...SETTINGS[transport], ...options })
        if (name.startsWith('a session')) await session.close()
        const failed = async () => {
          if (door === 'get') return session.get(path)
          return raiseForStatus(await session.fetch(path)).text()
        }
        const error = await failed().then(
          () => expect.fail('nothing failed'),
          (thrown: unknown) => thrown,
        )
        const printed = everything(error)
        expect(printed).not.toContain(SECRET)
        expect(printed).not.toContain(btoa(`ada:${SECRET}`))
        expect(printed).not.toContain('\u001b[31m')
        await session.close()
      },
    )
  })

  test('a session, its cookies and a prepared request print nothing secret', async () => {
    await using session = secretive(SETTINGS[transport] ?? {})
    await session.cookies.set('kept', SECRET)
    const prepared = await session.prepare('/json', { method: 'POST', body: { password: SECRET }, headers: { 'x-odd': SECRET } })
    for (const shown of [session, session.cookies, prepared, prepared.options, { prepared }]) {
      expect(inspect(shown, { depth: 10 })).not.toContain(SECRET)
    }
    expect(JSON.stringify(prepared)).not.toContain(SECRET)
  })
})

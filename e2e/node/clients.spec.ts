/** Real clients over `session.fetch`: each is logged in by a cookie, follows a redirect, and begins with an expired token. */
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSession, refreshable, type Session, type SessionOptions } from 'sessionfetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureClients, FOLDER } from '../../scripts/clients.mjs'
import { listen, shut } from '../loopback.ts'

const REX = { id: 7, name: 'Rex' }
const NEW = { id: 8, name: 'Rex' }

/** What each client of a user got, as its own API gives it. */
const EXPECTED: Readonly<Record<string, (user: string) => unknown>> = {
  'openapi-fetch': () => [NEW, REX],
  openai: () => [['You', ' said', ' hello'], 'You said hello'],
  'graphql-request': () => ({ pet: { id: '7', name: 'Rex' } }),
  '@trpc/client': () => [REX, 'Rex is yours'],
  '@supabase/supabase-js': () => [[{ name: 'Rex' }], [REX], null],
  '@tanstack/query-core': (user) => [{ items: [user] }, 'success', 'idle'],
  'p-retry': () => [{ left: 0 }, true],
  msw: (user) => [{ mocked: true }, [`sid=${user}.in`, `sid=${user}.in`]],
  ofetch: (user) => [{ items: [user] }, 201, NEW, 404],
  axios: (user) => [NEW, { items: [user] }, 404],
  ky: (user) => [NEW, { items: [user] }],
}

/** The parts of `e2e/clients` that are used. Its own types need clients that are not installed yet. */
let clients: Readonly<Record<string, (session: Session, base: string) => Promise<unknown>>>
let claims: Readonly<Record<string, (base: string) => Promise<unknown>>>
let server: { readonly origin: string; logOf(user: string): readonly { readonly status: number }[]; close(): Promise<void> }

beforeAll(async () => {
  ensureClients()
  // Not a static import: the clients have only just been installed.
  const load = (file: string) => import(/* @vite-ignore */ new URL(`../clients/${file}`, import.meta.url).pathname)
  clients = (await load('clients.ts')).CLIENTS
  claims = (await load('claims.ts')).CLAIMS
  server = await (await load('server.ts')).startClientServer()
}, 300_000)
afterAll(() => server?.close())

/** A session that is logged in, with an expired token. */
async function logIn(user: string, options: SessionOptions): Promise<{ session: Session; refreshes: () => number }> {
  let token = 'expired'
  let refreshes = 0
  const auth = refreshable({
    token: () => token,
    async refresh(inner) {
      refreshes++
      token = await inner.post<string, 'text'>('/token', { responseType: 'text' })
    },
  })
  const session = createSession({ ...options, baseURL: server.origin, auth })
  await session.post('/login', { form: { user, password: 'secret' }, auth: null })
  return { session, refreshes: () => refreshes }
}

/** msw stands in the place of the platform's fetch, which connections of the session's own do not use. */
const cases = Object.keys(EXPECTED)
  .flatMap((name): [string, string, SessionOptions][] => [
    [name, "the platform's connections", {}],
    [name, 'connections of its own', { pool: true }],
  ])
  .filter(([name, , { pool }]) => !(name === 'msw' && pool))

describe('over session.fetch', () => {
  test.each(cases)('%s is logged in, moved and let in with a fresh token, over %s', async (name, over, options) => {
    const user = `${name}-${over}`.replace(/\W+/g, '-')
    const { session, refreshes } = await logIn(user, options)
    expect(await clients[name]?.(session, `${server.origin}/moved`)).toEqual(EXPECTED[name]?.(user))
    expect(refreshes()).toBe(1)
    const statuses = server.logOf(user).map(({ status }) => status)
    if (name !== 'msw') expect(statuses).toEqual(expect.arrayContaining([307, 401]))
    // One request was refused for its token, and none for its cookie.
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(name === '@trpc/client' ? 2 : 1)
    await session.close()
  })

  test('the types take session.fetch as it is', () => {
    execFileSync(process.execPath, ['../../node_modules/typescript/bin/tsc', '-p', '.'], { cwd: FOLDER, encoding: 'utf8' })
  })
})

/** What each claim of docs/clients.md comes to. */
const CLAIMED: Readonly<Record<string, unknown>> = {
  'an SDK that sets Authorization switches auth off': 'Bearer key',
  'null for its header brings auth back': 'Bearer own',
  "ofetch's own retry wins, also 0": 503,
  "ofetch's retry taken out leaves the session's": 200,
  "a session in ofetch's place takes its options": 200,
  'ofetch parses and runs its hooks once': ['parsed true', 1],
  "ky with retry 0 leaves the session's": 200,
  "axios hides an error that has a response, as it cannot write to the response's headers": 'TypeError',
  'axios shows it when it comes as the cause of an error': expect.arrayContaining(['TooManyRedirectsError']),
}

describe('docs/clients.md', () => {
  test.each(Object.entries(CLAIMED))('%s', async (claim, expected) => {
    let failures = 2
    const server = createServer((request, response) => {
      if (request.url === '/loop') return void response.writeHead(302, { location: '/loop' }).end()
      if (request.url === '/flaky' && failures-- > 0) return void response.writeHead(503).end()
      response.setHeader('content-type', 'application/json').end(JSON.stringify(request.headers.authorization))
    })
    await listen(server)
    const { port } = server.address() as AddressInfo
    expect(await claims[claim]?.(`http://127.0.0.1:${port}`)).toEqual(expected)
    shut(server)
  })
})

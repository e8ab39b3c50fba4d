/**
 * Rendering on a server for many visitors at once, with real frameworks over real sockets. The API's own log tells what was
 * sent.
 */
import { execFile } from 'node:child_process'
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { getRequestListener } from '@hono/node-server'
import { build } from 'esbuild'
import express from 'express'
import { H3, toNodeHandler } from 'h3'
import { createApp, eventHandler, toNodeListener } from 'h3-1'
import { Hono } from 'hono'
import { createSession, type Session } from 'sessionfetch'
import { sessionForRequest, type VisitorOptions } from 'sessionfetch/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen, shut } from '../loopback.ts'

const VISITORS = 200
const RENDERS = 10_000

const servers: Server[] = []
afterAll(() => {
  for (const server of servers) {
    shut(server)
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  return listen(server)
}

interface Seen {
  readonly path: string
  readonly headers: IncomingMessage['headers']
}

/** The requests that the API got. */
const seen: Seen[] = []
let mixed = 0

/** Set on the first hop of `/many`, and on the second. */
const FIRST_HOP = ['a=1; Path=/', 'sid=second; HttpOnly', 'gone=; Max-Age=0', 'own=api; Domain=api.shop.example']
const SECOND_HOP = [
  'a=2; Path=/',
  'b=2; Expires=Thu, 01 Jan 2099 00:00:00 GMT; Path=/',
  'foreign=1; Domain=com',
  'all=1; Domain=shop.example; Path=/',
]
/** The lines that come through where the API is asked by its IP address: those with a Domain are refused. */
const FROM_ADDRESS = [
  'sid=second; HttpOnly; Path=/',
  'gone=; Max-Age=0; Path=/',
  'a=2; Path=/',
  'b=2; Expires=Thu, 01 Jan 2099 00:00:00 GMT; Path=/',
]
const withDomains = (own: string, all: string) => [
  ...FROM_ADDRESS.slice(0, 2),
  `own=api${own}; Path=/`,
  ...FROM_ADDRESS.slice(2),
  `all=1; ${all}Path=/`,
]

/**
 * The API. `/cart/NAME` knows its visitor by `sid=NAME.COUNT`, gives a new count on each hop, and refuses another name and a
 * count that is not the last one that it gave.
 */
const counts = new Map<string, number>()
const backend: RequestListener = async (request, response) => {
  const path = request.url ?? ''
  const [, page, name = ''] = path.split('/')
  if (page === 'cart' || page === 'items') {
    const count = counts.get(name) ?? 0
    const isOwn = request.headers.cookie === `sid=${name}.${count}; name=${name}`
    if (!isOwn) mixed++
    counts.set(name, count + 1)
    response.setHeader('set-cookie', [
      `sid=${name}.${count + 1}; Path=/; HttpOnly`,
      `last=${name}; Expires=Thu, 01 Jan 2099 00:00:00 GMT`,
    ])
    if (count % 7 === 0) await nextTurn()
    if (page === 'cart' && count % 5 === 0) return void response.writeHead(302, { location: `/items/${name}` }).end()
    return void response.end(JSON.stringify({ name, isOwn }))
  }
  seen.push({ path, headers: request.headers })
  if (page === 'many') response.writeHead(303, { location: '/more', 'set-cookie': FIRST_HOP }).end()
  else if (page === 'more') response.writeHead(200, { 'set-cookie': SECOND_HOP }).end('{}')
  else if (page === 'away')
    response.writeHead(302, { location: `http://localhost:${request.socket.localPort}/echo`, 'set-cookie': 'here=1' }).end()
  else response.writeHead(200, { 'set-cookie': 'there=1' }).end('{}')
}

/** The API by its address, and by a name under that of the shop. */
let api: Session
let named: Session
let origin = ''

/** Every framework serves the same two pages: `/render/NAME`, and `/page/PATH`, which asks the API for the path. */
const SERVERS: Readonly<Record<string, () => RequestListener>> = {
  'node:http': () => async (request, response) => {
    const visitor = sessionForRequest(request, optionsFor(request.url))
    response.setHeader('set-cookie', 'own=1')
    const page = await pageFor(visitor, request.url)
    visitor.applyTo(response).end(page)
  },
  Express: () =>
    express().get('/*path', async (request, response) => {
      const visitor = sessionForRequest(request, optionsFor(request.url))
      response.append('set-cookie', 'own=1')
      const page = await pageFor(visitor, request.url)
      visitor.applyTo(response).send(page)
    }),
  Hono: () => {
    const app = new Hono().get('*', async (c) => {
      const visitor = sessionForRequest(c.req.raw, optionsFor(c.req.path))
      const page = await pageFor(visitor, c.req.path)
      c.header('set-cookie', 'own=1')
      return visitor.applyTo(c.html(page))
    })
    return getRequestListener(app.fetch)
  },
  h3: () =>
    toNodeHandler(
      new H3().get('/**', async (event) => {
        const visitor = sessionForRequest(event.req, optionsFor(event.url.pathname))
        event.res.headers.append('set-cookie', 'own=1')
        const page = await pageFor(visitor, event.url.pathname)
        visitor.applyTo(event.res.headers)
        return page
      }),
    ) as RequestListener,
  "h3 1, Nuxt's": () =>
    toNodeListener(
      createApp().use(
        eventHandler(async (event) => {
          const visitor = sessionForRequest(event.node.req, optionsFor(event.path))
          event.node.res.setHeader('set-cookie', 'own=1')
          const page = await pageFor(visitor, event.path)
          visitor.applyTo(event.node.res)
          return page
        }),
      ),
    ),
}

const FORWARD = { cookies: ['sid', 'name'], headers: ['accept-language'] }

function optionsFor(path = ''): VisitorOptions {
  if (path.startsWith('/named')) return { session: named, forward: FORWARD }
  if (path.startsWith('/moved')) return { session: named, forward: FORWARD, domain: 'store.example' }
  return { session: api, forward: FORWARD }
}

async function pageFor(visitor: Session, path = ''): Promise<string> {
  const [, page, rest] = path.split('/')
  if (page !== 'render') return JSON.stringify(await visitor.get(`/${rest}`))
  const { name, isOwn } = await visitor.get<{ name: string; isOwn: boolean }>(`/cart/${rest}`)
  return `${name} ${isOwn}`
}

interface Page {
  readonly text: string
  readonly setCookie: string[]
}

/** The browser of a visitor. It checks the raw headers: each Set-Cookie must be a header of its own. */
function browse(url: string, headers: Record<string, string>): Promise<Page> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(url, { headers }, async (response) => {
      let text = ''
      for await (const chunk of response.setEncoding('utf8')) text += chunk
      const { rawHeaders } = response
      const setCookie = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'set-cookie')
      resolve({ text, setCookie })
    })
    asked.on('error', reject).end()
  })
}

beforeAll(async () => {
  origin = await serve(backend)
  api = createSession({ baseURL: origin, headers: { 'x-client': 'shop' }, pool: true })
  named = createSession({
    baseURL: 'http://api.shop.example',
    mounts: {
      'http://api.shop.example': ({ url, headers }) =>
        fetch(new URL(new URL(url).pathname, origin), { headers, redirect: 'manual' }),
    },
  })
})
afterAll(() => api.close())

const names = Object.keys(SERVERS)

describe.each(names)('%s', (name) => {
  let site = ''
  beforeAll(async () => {
    site = await serve(SERVERS[name]?.() ?? (() => undefined))
  })
  const visit = (path: string) =>
    browse(`${site}${path}`, {
      host: 'www.shop.example',
      cookie: 'sid=first; secret=x; name=ada',
      'accept-language': 'de',
      'x-other': 'x',
    })

  test('hands back several cookies, each as a header of its own, from all hops', async () => {
    seen.length = 0
    const { setCookie } = await visit('/page/many')
    expect(setCookie).toEqual(['own=1', ...FROM_ADDRESS])
    expect(seen.map(({ path, headers }) => [path, headers.cookie])).toEqual([
      ['/many', 'sid=first; name=ada'],
      ['/more', 'a=1; sid=second; name=ada'],
    ])
    expect(seen[0]?.headers).toMatchObject({ 'accept-language': 'de', 'x-client': 'shop' })
    expect(seen[0]?.headers).not.toHaveProperty('x-other')
  })

  test('takes nothing of the visitor along a redirect elsewhere, and nothing back from there', async () => {
    seen.length = 0
    const { setCookie } = await visit('/page/away')
    expect(setCookie).toEqual(['own=1', 'here=1; Path=/'])
    expect(seen.map(({ path, headers }) => [path, headers.cookie, headers['accept-language']])).toEqual([
      ['/away', 'sid=first; name=ada', 'de'],
      ['/echo', undefined, undefined],
    ])
  })

  test("keeps the Domain that covers the visitor's host, and maps it to the site that the application names", async () => {
    expect((await visit('/named/many')).setCookie).toEqual(['own=1', ...withDomains('', 'Domain=shop.example; ')])
    const moved = withDomains('; Domain=store.example', 'Domain=store.example; ')
    expect((await visit('/moved/many')).setCookie).toEqual(['own=1', ...moved])
  })

  test('renders for two hundred visitors at once, and mixes none', async () => {
    const before = mixed
    const wrong: string[] = []
    async function visitor(id: number): Promise<number> {
      const own = `${name.replace(/\W/g, '')}-${id}`
      const jar = new Map([
        ['sid', `${own}.0`],
        ['name', own],
      ])
      counts.set(own, 0)
      for (let render = 0; render < RENDERS / VISITORS / names.length; render++) {
        const cookie = `sid=${jar.get('sid')}; name=${own}`
        const { text, setCookie } = await browse(`${site}/render/${own}`, { host: 'www.shop.example', cookie })
        const isOwn = setCookie.every((line) => line === 'own=1' || line.includes(`=${own}`))
        if (text !== `${own} true` || !isOwn || setCookie.length !== 3) wrong.push(`${own}: ${text} ${setCookie}`)
        for (const line of setCookie)
          jar.set(line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1, line.indexOf(';')))
      }
      return counts.get(own) ?? 0
    }
    const hops = await Promise.all(Array.from({ length: VISITORS }, (_, id) => visitor(id)))
    expect(wrong).toEqual([])
    expect(mixed - before).toBe(0)
    // A render in five is redirected once.
    expect(hops.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(RENDERS / names.length)
    expect((await api.cookies.getAll()).length).toBe(0)
  })
})

test('nothing of a visitor is reachable when its session is gone', async () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const visitors = await Promise.all(
    Array.from({ length: 20 }, async (_, id) => {
      const visitor = sessionForRequest({ headers: { cookie: `sid=g${id}` } }, { session: api, forward: ['sid'] })
      await visitor.get('/page')
      return new WeakRef(visitor)
    }),
  )
  await nextTurn()
  gc()
  expect(visitors.filter((visitor) => visitor.deref()).length).toBeLessThan(5)
})

test('the example renders for each its own', async () => {
  const outfile = fileURLToPath(new URL('../../.tmp/server-rendering.mjs', import.meta.url))
  const entry = fileURLToPath(new URL('../../examples/server-rendering.ts', import.meta.url))
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' })
  const { stdout } = await promisify(execFile)(process.execPath, [outfile])
  expect(stdout.trim().split('\n')).toEqual([
    'sid=ada-1: <p>In your cart: compass</p> sid=ada-2; HttpOnly; Domain=127.0.0.1; Path=/',
    'sid=bob-1: <p>In your cart: anchor, rope</p> sid=bob-2; HttpOnly; Domain=127.0.0.1; Path=/',
  ])
})

/** A small server with the parts of httpbin that the examples ask for, and a log-in form. Loopback only. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Server {
  readonly origin: string
  close(): Promise<void>
}

type Page = (request: IncomingMessage, response: ServerResponse, url: URL, body: string) => void

const PAGES: Readonly<Record<string, Page>> = {
  '/cookies': (request, response) => json(response, { cookies: cookiesOf(request) }),
  '/cookies/set': (_, response, url) => {
    const cookies = [...url.searchParams].map(([name, value]) => `${name}=${value}; Path=/`)
    response.writeHead(302, { location: '/cookies', 'set-cookie': cookies }).end()
  },
  '/headers': (request, response) => json(response, { headers: request.headers }),
  '/login': (_, response, __, body) => {
    const form = new URLSearchParams(body)
    if (form.get('user') !== 'ada' || form.get('password') !== 'secret') return json(response, { error: 'wrong' }, 403)
    response.writeHead(303, { location: '/private', 'set-cookie': 'sid=ada-1815; Path=/; HttpOnly' }).end()
  },
  '/private': (request, response) => {
    const { sid } = cookiesOf(request)
    json(response, sid === 'ada-1815' ? { page: 'private', user: 'ada' } : { error: 'log in first' }, sid ? 200 : 401)
  },
}

/** Starts the server on a free port of loopback. */
export async function startServer(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    let body = ''
    for await (const chunk of request) body += chunk
    const [, name, value] = /^\/cookies\/set\/([^/]+)\/([^/]+)$/.exec(url.pathname) ?? []
    if (name) {
      url.pathname = '/cookies/set'
      url.search = String(new URLSearchParams([[name, value ?? '']]))
    }
    const page = PAGES[url.pathname]
    if (page) page(request, response, url, body)
    else json(response, { error: 'no such page' }, 404)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function json(response: ServerResponse, data: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(data))
}

function cookiesOf({ headers }: IncomingMessage): Record<string, string> {
  const pairs = (headers.cookie ?? '').split('; ').filter(Boolean)
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}

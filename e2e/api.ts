/** The server of the e2e tests: echoes, sets cookies, redirects, and lets every page in by CORS, with credentials. */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Api {
  /** Its origin, with the name `localhost`: pages share cookies by host name. */
  readonly origin: string
  readonly port: number
  /** Every request that arrived. Tests trust these, and not what the client says that it sent. */
  readonly log: LogEntry[]
  close(): Promise<void>
}

export interface LogEntry {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

const BUILT = new URL('../dist/', import.meta.url)
const PAGE = (script: string) => `<!doctype html><meta charset="utf-8"><title>sessionfetch</title>${script}`

/** Pages that load the build as users do, under a CSP without unsafe-eval. */
const FILES: Readonly<Record<string, [type: string, body: () => string | Buffer]>> = {
  '/umd.html': ['text/html', () => PAGE('<script src="/sessionfetch.min.js"></script>')],
  '/esm.html': ['text/html', () => PAGE('<script type="module" src="/esm-page.js"></script>')],
  '/esm-page.js': [
    'text/javascript',
    () => "import * as SessionFetch from '/index.browser.js'; window.SessionFetch = SessionFetch",
  ],
  '/index.browser.js': ['text/javascript', () => readFileSync(new URL('index.browser.js', BUILT))],
  '/sessionfetch.min.js': ['text/javascript', () => readFileSync(new URL('umd/sessionfetch.min.js', BUILT))],
}

export async function startApi(): Promise<Api> {
  const log: LogEntry[] = []
  const server = createServer((request, response) => {
    answer(request, response, log).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  return {
    log,
    port,
    origin: `http://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, log: LogEntry[]): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const query = Object.fromEntries(url.searchParams)
  const entry = {
    method: request.method ?? '',
    path: url.pathname,
    query,
    headers: request.headers,
    body: String(Buffer.concat(chunks)),
  }
  for (const [name, value] of Object.entries(corsHeaders(request, query))) response.setHeader(name, value)
  if (request.method === 'OPTIONS' && request.headers['access-control-request-method']) return void response.writeHead(204).end()
  if (url.pathname !== '/log') log.push(entry)
  const file = FILES[url.pathname]
  if (file) {
    response.setHeader('content-security-policy', "script-src 'self'")
    return void response.writeHead(200, { 'content-type': file[0] }).end(file[1]())
  }
  await page(entry, response, log)
}

function corsHeaders({ headers }: IncomingMessage, { star }: Readonly<Record<string, string>>): Record<string, string> {
  return {
    'access-control-allow-origin': star ? '*' : (headers.origin ?? '*'),
    ...(star ? {} : { 'access-control-allow-credentials': 'true' }),
    'access-control-allow-headers': headers['access-control-request-headers'] ?? 'content-type',
    'access-control-allow-methods': 'GET,HEAD,POST,PUT,PATCH,DELETE',
    'access-control-expose-headers': 'link,retry-after,x-count',
    vary: 'origin',
  }
}

/** For `/flaky`: by key, how many failures are left. */
const failures = new Map<string, number>()

async function page(entry: LogEntry, response: ServerResponse, log: LogEntry[]): Promise<void> {
  const { path, query } = entry
  const json = (data: unknown, status = 200) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(data))
  switch (path) {
    case '/set':
      response.setHeader('set-cookie', (query.cookie ?? '').split('|'))
      return void json({ ok: true })
    case '/redirect':
      return void response.writeHead(Number(query.status ?? 302), { location: query.to ?? '/echo' }).end()
    case '/status':
      return void json({ status: Number(query.code) }, Number(query.code))
    case '/flaky': {
      const left = failures.get(query.key ?? '') ?? Number(query.times)
      failures.set(query.key ?? '', left - 1)
      return void json({ left }, left > 0 ? 503 : 200)
    }
    case '/slow':
      await sleep(Number(query.ms))
      return void json({ slow: true })
    case '/drip':
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.write('first')
      await sleep(Number(query.ms))
      return void response.end('last')
    case '/lines':
      return void response.writeHead(200, { 'content-type': 'text/plain' }).end('one\ntwo')
    case '/events':
      if (entry.headers['last-event-id']) return void response.writeHead(204).end()
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      return void response.end('retry: 1\nid: 1\ndata: first\n\nid: 2\ndata: second\n\n')
    case '/bytes':
      return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(Buffer.alloc(Number(query.size)))
    case '/links':
      response.setHeader('link', `</links?page=${Number(query.page ?? 1) + 1}>; rel="next"`)
      if (Number(query.page ?? 1) >= 3) response.removeHeader('link')
      return void json({ page: Number(query.page ?? 1) })
    case '/log':
      return void json(log.filter(({ query: seen }) => seen.id === query.id))
    default:
      return void json(entry)
  }
}

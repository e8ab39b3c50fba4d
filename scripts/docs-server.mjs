/** Serves the built site and, at the same origin under `/demo-api/`, the small API of its live demo. */
import { randomUUID } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const SITE = fileURLToPath(new URL('../docs/.vitepress/dist/', import.meta.url))
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}
/** Visitors remembered at most; then the oldest are forgotten. */
const MOST_VISITORS = 1000

/** Makes the API: by session id it knows the user's token, and how often `/flaky` has failed. */
function createAPI() {
  const visitors = new Map()
  const idOf = (request) => /(?:^|; )sid=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1]
  const visitorOf = (request) => visitors.get(idOf(request))
  const known = (work) => (request) =>
    visitorOf(request) ? work(request, visitorOf(request)) : [403, { message: 'log in first' }]
  const isChecked = (request) => request.headers['x-xsrf-token'] === /XSRF-TOKEN=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1]

  function logIn() {
    const [id, csrf] = [randomUUID(), randomUUID()]
    visitors.set(id, { token: randomUUID(), failures: 0 })
    if (visitors.size > MOST_VISITORS) visitors.delete(visitors.keys().next().value)
    return [200, { user: 'ada' }, [`sid=${id}; Path=/; HttpOnly; SameSite=Lax`, `XSRF-TOKEN=${csrf}; Path=/; SameSite=Lax`]]
  }
  const order = known((request, { token }) =>
    request.headers.authorization === `Bearer ${token}` ? [200, { order: request.url }] : [401, { message: 'token has run out' }],
  )
  const routes = {
    'GET /': () => [200, { demo: true }],
    'POST /login': logIn,
    'GET /me': known(() => [200, { user: 'ada' }]),
    'POST /orders': known((request) => (isChecked(request) ? [200, { ordered: true }] : [403, { message: 'no CSRF token' }])),
    'POST /token': known((_, visitor) => {
      visitor.token = randomUUID()
      return [200, { access: visitor.token }]
    }),
    'GET /flaky': known((_, visitor) => (visitor.failures++ % 2 === 0 ? [503, { message: 'busy' }] : [200, { tries: 2 }])),
    'POST /logout': known((request) => {
      visitors.delete(idOf(request))
      return [200, { user: null }, ['sid=; Path=/; Max-Age=0', 'XSRF-TOKEN=; Path=/; Max-Age=0']]
    }),
  }
  return (request, path) => {
    if (request.method === 'GET' && path.startsWith('/orders/')) return order(request)
    const route = `${request.method} ${path}`
    return Object.hasOwn(routes, route) ? routes[route](request) : [404, { message: 'no such thing' }]
  }
}

function serveFile(path, response) {
  const file = join(SITE, normalize(path.endsWith('/') ? `${path}index.html` : path))
  if (!file.startsWith(SITE) || !statSync(file, { throwIfNoEntry: false })?.isFile())
    return response.writeHead(404).end('not found')
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
  createReadStream(file).pipe(response)
}

/** Starts the server on 127.0.0.1, and gives `{ origin, close }`. @param {number} port 0 for a free one */
export async function startSite(port = 0) {
  const answer = createAPI()
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (!pathname.startsWith('/demo-api')) return serveFile(decodeURI(pathname), response)
    request.resume()
    const [status, body, cookies = []] = answer(request, pathname.slice('/demo-api'.length) || '/')
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', 'set-cookie': cookies })
    response.end(JSON.stringify(body))
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { origin: `http://127.0.0.1:${server.address().port}`, close }
}

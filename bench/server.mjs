/** The benchmark's server, in a process of its own: small JSON, cookies, redirects, a large body. Prints its port. */
import { createServer } from 'node:http'

const JSON_BODY = JSON.stringify({ id: 1, name: 'ada', tags: ['a', 'b', 'c'], nested: { ok: true, text: 'x'.repeat(100) } })
const LARGE = Buffer.alloc(10 * 1024 * 1024, 'x')
let serial = 0
let connections = 0

const server = createServer((request, response) => {
  const { url } = request
  if (url === '/json') return json(response)
  if (url === '/set') return json(response, { 'set-cookie': `s=${++serial}; Path=/` })
  if (url === '/connections') return void response.end(String(connections))
  if (url === '/large')
    return void response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': LARGE.length }).end(LARGE)
  if (url.startsWith('/r/')) {
    const left = Number(url.slice(3))
    if (left === 0) return json(response)
    return void response
      .writeHead(302, { location: `/r/${left - 1}`, 'set-cookie': `r${left}=${++serial}; Path=/`, 'content-length': 0 })
      .end()
  }
  request.resume()
  request.on('end', () => json(response))
})
server.keepAliveTimeout = 60_000
server.on('connection', () => connections++)
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
process.on('disconnect', () => process.exit())

function json(response, headers = {}) {
  response
    .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(JSON_BODY), ...headers })
    .end(JSON_BODY)
}

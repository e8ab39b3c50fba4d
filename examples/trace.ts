/**
 * Records what a session does: a log-in that redirects, a server that is busy for a moment, a cookie that is refused.
 * Prints it as text and as a command of curl, and writes a HAR file for `npx sessionfetch trace`.
 */
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSession } from 'sessionfetch'
import { trace } from 'sessionfetch/trace'

let isBusy = true
const shop = createServer((request, response) => {
  if (request.url === '/login') {
    response.setHeader('set-cookie', ['sid=ada-1815; HttpOnly', 'ads=1; Domain=tracker.example'])
    response.writeHead(303, { location: '/account' }).end()
  } else if (request.url === '/cart' && isBusy) {
    isBusy = false
    response.writeHead(503).end()
  } else response.end('{"ok":true}')
})
await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
const baseURL = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`

const t = trace({ bodies: true })
const session = createSession({ baseURL, retry: { limit: 2, delay: 0 }, ...t.options })
await session.post('/login', { form: { user: 'ada', password: 'secret' } })
await session.get('/cart')

console.log(t.toText())
const [login] = t.entries
if (login) console.log(`\n${t.toCurl(login)}`)

const file = join(tmpdir(), 'shop.har')
writeFileSync(file, JSON.stringify(t.toHAR()), { mode: 0o600 })
console.log(`\nnpx sessionfetch trace ${file}`)
await session.close()
shop.close()

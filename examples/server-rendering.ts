/**
 * Renders a shop's cart for its visitors, from an API that knows them by a cookie and rotates it.
 *
 * A session at module level is one jar for all visitors. So there is one for set-up and connections, and one for each request.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSession } from 'sessionfetch'
import { sessionForRequest } from 'sessionfetch/server'

/** The API: answers with what is in the cart of a session, and gives it a new id each time. */
const carts = new Map([
  ['ada-1', ['compass']],
  ['bob-1', ['anchor', 'rope']],
])
const backend = createServer((request, response) => {
  const sid = /(?:^|; )sid=([^;]*)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
  const cart = carts.get(sid) ?? []
  const [name, count] = sid.split('-')
  const next = `${name}-${Number(count) + 1}`
  carts.set(next, cart)
  response.setHeader('set-cookie', `sid=${next}; HttpOnly; Domain=127.0.0.1`)
  response.end(JSON.stringify(cart))
})

const api = createSession({ baseURL: await listen(backend) }) // once: connections, headers, no visitor

const shop = createServer(async (request, response) => {
  const visitor = sessionForRequest(request, { session: api, forward: ['sid'] })
  const cart = await visitor.get<string[]>('/cart')
  visitor.applyTo(response).end(`<p>In your cart: ${cart.join(', ')}</p>`)
})

const origin = await listen(shop)
for (const cookie of ['sid=ada-1', 'sid=bob-1']) {
  const page = await fetch(origin, { headers: { cookie } })
  console.log(`${cookie}: ${await page.text()} ${page.headers.getSetCookie()}`)
}
for (const server of [backend, shop]) {
  server.closeAllConnections()
  server.close()
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
}

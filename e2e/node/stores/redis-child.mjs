/** One process of the redisStore tests: a client of its own, over which it does what it is told. */
import Redis from 'ioredis'
import { createClient } from 'redis'
import { createSession, refreshable } from 'sessionfetch'
import { redisStore } from 'sessionfetch/stores'

const [, , kind, port, prefix, name = 'a'] = process.argv
const client =
  kind === 'ioredis'
    ? new Redis(Number(port))
    : await createClient({ socket: { host: '127.0.0.1', port: Number(port) } }).connect()
const store = redisStore(client, { prefix })

/** The server is this function: it sets the value that the URL has, if it has one. */
async function fetch(url) {
  const { value, wait } = Object.fromEntries(new URL(url).searchParams)
  await new Promise((resolve) => setTimeout(resolve, Number(wait)))
  return new Response('{}', { headers: value ? { 'set-cookie': `v=${value}` } : {} })
}
const sent = []
const session = createSession({
  baseURL: 'https://shop.example',
  jar: store,
  fetch(url, init) {
    sent.push([new URL(url).searchParams.get('call'), new Headers(init.headers).get('cookie')])
    return fetch(url)
  },
})

const actions = {
  /** 1,000 sets, 20 on each of 50 hosts: a domain has room for 180 cookies. */
  async sets() {
    for (let n = 0; n < 1000; n++) await session.cookies.set(`${name}${n}`, '1', { url: `https://h${n % 50}.example` })
    await session.close()
  },
  /** Calls with a token that has ended: all processes see it refused, and one refreshes it. */
  async refresh() {
    const auth = refreshable({
      token: () => client.get('token'),
      async refresh() {
        await client.incr('refreshes')
        await new Promise((resolve) => setTimeout(resolve, 30))
        await client.set('token', 'new')
      },
      lock: store.lock,
    })
    const answer = async (_, init) =>
      new Response('{}', { status: new Headers(init.headers).get('authorization') === 'Bearer new' ? 200 : 401 })
    const api = createSession({ baseURL: 'https://api.example', jar: store, auth, fetch: answer })
    await Promise.all([api.get('/'), api.get('/')])
  },
  /** Calls when its parent says so, and tells it what was sent. */
  async calls() {
    await new Promise((resolve) => {
      process.on('message', async ({ call, value, wait, end }) => {
        if (end) return resolve(undefined)
        await session.fetch('/', { query: { call, wait, ...(value ? { value } : {}) } })
        process.send({ call, cookie: sent.find(([id]) => id === String(call))[1] })
      })
      process.send({ ready: true })
    })
    process.disconnect()
  },
}

await actions[name === 'refresh' || name === 'calls' ? name : 'sets']()
if (kind === 'ioredis') client.disconnect()
else await client.close()

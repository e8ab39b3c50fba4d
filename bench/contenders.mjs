/** Who runs: each makes a client with `get`, `post` and `read` (a body as a stream), with a jar that holds `cookies`. */

import fetchCookie from 'fetch-cookie'
import { CookieAgent } from 'http-cookie-agent/undici'
import { ofetch } from 'ofetch'
import { CookieJar } from 'tough-cookie'
import { Agent, request } from 'undici'
import { createSession } from '../dist/index.js'

/** Cookies of a scenario, as [line, url]. A jar of tough-cookie, as the peers have it. */
async function fill(cookies) {
  const jar = new CookieJar()
  for (const [line, url] of cookies) jar.setCookieSync(line, url)
  return jar
}

async function drain(stream) {
  let bytes = 0
  for await (const chunk of stream) bytes += chunk.byteLength
  return bytes
}

const JSON_HEADERS = { 'content-type': 'application/json' }
const ofFetch = (fetch) => ({
  get: async (url) => (await fetch(url)).json(),
  post: async (url, data) => (await fetch(url, { method: 'POST', body: JSON.stringify(data), headers: JSON_HEADERS })).json(),
  read: async (url) => drain((await fetch(url)).body),
})
const ofUndici = (dispatcher, followed = false) => ({
  async get(first) {
    let url = first
    let { statusCode, headers, body } = await request(url, { dispatcher })
    while (followed && statusCode === 302) {
      await body.dump()
      url = new URL(headers.location, url).href
      ;({ statusCode, headers, body } = await request(url, { dispatcher }))
    }
    return body.json()
  },
  post: async (url, data) =>
    (await request(url, { dispatcher, method: 'POST', body: JSON.stringify(data), headers: JSON_HEADERS })).body.json(),
  read: async (url) => drain((await request(url, { dispatcher })).body),
})
const ofSession = (session) => ({
  get: (url) => session.get(url),
  post: (url, body) => session.post(url, { body }),
  // A body as a stream is what session.fetch is for: in scenario g both doors are one.
  read: async (url) => drain((await session.fetch(url)).body),
  close: () => session.close(),
})

const ofSessionFetch = (session) => ({ ...ofFetch(session.fetch), close: () => session.close() })

async function sessionWith(cookies, options) {
  const session = createSession(options)
  for (const [line, url] of cookies) {
    const [name, value] = line.split(';', 1)[0].split('=')
    await session.cookies.set(name, value, { url })
  }
  return session
}

const CONNECTIONS = 50

/**
 * The floor: the same work by hand, and no more than that. Cookies by host with path, end and Secure; redirects in a loop, with
 * method, credentials and history; ofetch where ours has it. No options, no limits, no public suffixes, no words.
 */
class FloorJar {
  hosts = new Map()

  set(line, { hostname, pathname }) {
    const [pair, ...attributes] = line.split(';')
    const end = pair.indexOf('=')
    const cookie = { name: pair.slice(0, end).trim(), value: pair.slice(end + 1).trim(), secure: false, expires: Infinity }
    cookie.path = pathname.slice(0, pathname.lastIndexOf('/')) || '/'
    for (const attribute of attributes) {
      const [name, value = ''] = attribute.split('=')
      const key = name.trim().toLowerCase()
      if (key === 'path') cookie.path = value.trim()
      else if (key === 'secure') cookie.secure = true
      else if (key === 'expires') cookie.expires = Date.parse(value)
      else if (key === 'max-age') cookie.expires = Date.now() + Number(value) * 1000
    }
    const cookies = this.hosts.get(hostname) ?? new Map()
    this.hosts.set(hostname, cookies.set(`${cookie.path};${cookie.name}`, cookie))
  }

  header({ protocol, hostname, pathname }) {
    const now = Date.now()
    const sent = []
    for (const cookie of this.hosts.get(hostname)?.values() ?? []) {
      const isUnder = cookie.path === '/' || pathname === cookie.path || pathname.startsWith(`${cookie.path}/`)
      if (isUnder && cookie.expires > now && (!cookie.secure || protocol === 'https:')) sent.push(cookie)
    }
    return sent
      .sort((one, other) => other.path.length - one.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }
}

function floorJar(cookies) {
  const jar = new FloorJar()
  for (const [line, url] of cookies) jar.set(line, new URL(url))
  return jar
}

const REDIRECTS = [301, 302, 303, 307, 308]

function floorOverFetch(cookies) {
  const jar = floorJar(cookies)
  const follow = async (input, { method = 'GET', body, ...init } = {}) => {
    const headers = new Headers(init.headers)
    headers.set('user-agent', 'floor')
    const history = []
    for (let url = new URL(input); ; ) {
      const own = new Headers(headers)
      const cookie = jar.header(url)
      if (cookie) own.set('cookie', cookie)
      const response = await fetch(url.href, { method, headers: own, body, redirect: 'manual' })
      for (const line of response.headers.getSetCookie()) jar.set(line, url)
      response.history = [...history]
      const location = REDIRECTS.includes(response.status) && response.headers.get('location')
      if (!location) return response
      history.push(response)
      if (response.headers.get('content-length') !== '0') await response.arrayBuffer()
      const next = new URL(location, url)
      if (next.origin !== url.origin) headers.delete('authorization')
      if (response.status < 304 && method === 'POST') {
        method = 'GET'
        body = undefined
      }
      url = next
    }
  }
  const client = ofetch.create({ retry: false }, { fetch: follow })
  return {
    get: (url) => client(url),
    post: (url, body) => client(url, { method: 'POST', body }),
    read: async (url) => drain((await follow(url)).body),
  }
}

function floorOverUndici(cookies) {
  const jar = floorJar(cookies)
  const dispatcher = new Agent({ connections: CONNECTIONS })
  const follow = async (input, { method = 'GET', body, ...options } = {}) => {
    const headers = { 'user-agent': 'floor', ...options.headers }
    const history = []
    for (let url = new URL(input); ; ) {
      const cookie = jar.header(url)
      const answer = await request(url, { dispatcher, method, body, headers: cookie ? { ...headers, cookie } : headers })
      for (const line of [answer.headers['set-cookie'] ?? []].flat()) jar.set(line, url)
      answer.history = [...history]
      const location = REDIRECTS.includes(answer.statusCode) && answer.headers.location
      if (!location) return answer
      history.push(answer)
      await answer.body.dump()
      const next = new URL(location, url)
      if (next.origin !== url.origin) delete headers.authorization
      if (answer.statusCode < 304 && method === 'POST') {
        method = 'GET'
        body = undefined
      }
      url = next
    }
  }
  return {
    get: async (url) => (await follow(url)).body.json(),
    post: async (url, data) =>
      (await follow(url, { method: 'POST', body: JSON.stringify(data), headers: JSON_HEADERS })).body.json(),
    read: async (url) => drain((await follow(url)).body),
  }
}

export const contenders = {
  fetch: async () => ofFetch(fetch),
  'floor over fetch': async (cookies) => floorOverFetch(cookies),
  'floor over undici': async (cookies) => floorOverUndici(cookies),
  'undici.request': async () => ofUndici(new Agent({ connections: CONNECTIONS }), true),
  'undici + http-cookie-agent': async (cookies) =>
    ofUndici(new CookieAgent({ connections: CONNECTIONS, cookies: { jar: await fill(cookies) } }), true),
  'fetch-cookie': async (cookies) => ofFetch(fetchCookie(fetch, await fill(cookies))),
  'ofetch + fetch-cookie': async (cookies) => {
    const client = ofetch.create({}, { fetch: fetchCookie(fetch, await fill(cookies)) })
    return {
      ...ofFetch(fetchCookie(fetch, await fill(cookies))),
      get: (url) => client(url),
      post: (url, body) => client(url, { method: 'POST', body }),
    }
  },
  'ky + fetch-cookie': async (cookies) => {
    const { default: ky } = await import('ky')
    const client = ky.create({ fetch: fetchCookie(fetch, await fill(cookies)), retry: 0, timeout: false })
    return {
      get: (url) => client.get(url).json(),
      post: (url, json) => client.post(url, { json }).json(),
      read: async (url) => drain((await client.get(url)).body),
    }
  },
  'got + jar': async (cookies) => {
    const { default: got } = await import('got')
    const { Agent: HttpAgent } = await import('node:http')
    const client = got.extend({
      cookieJar: await fill(cookies),
      retry: { limit: 0 },
      agent: { http: new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS }) },
    })
    return {
      get: (url) => client(url).json(),
      post: (url, json) => client.post(url, { json }).json(),
      read: async (url) => drain(client.stream(url)),
    }
  },
  // axios-cookiejar-support makes agents of its own, one for each request, and refuses others: a connection for each.
  'axios + jar': async (cookies) => {
    const { default: axios } = await import('axios')
    const { wrapper } = await import('axios-cookiejar-support')
    const client = wrapper(axios.create({ jar: await fill(cookies) }))
    return {
      get: async (url) => (await client.get(url)).data,
      post: async (url, data) => (await client.post(url, data)).data,
      read: async (url) => drain((await client.get(url, { responseType: 'stream' })).data),
    }
  },
  'sessionfetch, default': async (cookies) => ofSession(await sessionWith(cookies, {})),
  'sessionfetch.fetch, default': async (cookies) => ofSessionFetch(await sessionWith(cookies, {})),
  'sessionfetch, over fetch': async (cookies) => ofSession(await sessionWith(cookies, { fetch: globalThis.fetch })),
  'sessionfetch.fetch, over fetch': async (cookies) => ofSessionFetch(await sessionWith(cookies, { fetch: globalThis.fetch })),
  'sessionfetch, own pool': async (cookies) => ofSession(await sessionWith(cookies, { pool: { connections: CONNECTIONS } })),
  'sessionfetch.fetch, own pool': async (cookies) =>
    ofSessionFetch(await sessionWith(cookies, { pool: { connections: CONNECTIONS } })),
}

/** Cookies by scenario. */
const one = (origin) => [['sid=0123456789abcdef; Path=/', origin]]
const many = (origin) => [
  ...Array.from({ length: 50 }, (_, n) => [`c${n}=v${n}; Path=/`, origin]),
  ...Array.from({ length: 10_000 }, (_, n) => [`o${n}=v; Path=/`, `http://h${n % 1000}.example.com/`]),
]

export const scenarios = {
  a: { title: 'no cookies', cookies: () => [], run: (client, origin) => client.get(`${origin}/json`) },
  b: { title: '1 cookie', cookies: one, run: (client, origin) => client.get(`${origin}/json`) },
  c: {
    title: '50 cookies, and 10,000 on 1,000 other hosts',
    cookies: many,
    run: (client, origin) => client.get(`${origin}/json`),
  },
  d: { title: 'Set-Cookie on every reply', cookies: one, run: (client, origin) => client.get(`${origin}/set`) },
  e: { title: '5 redirects, each with Set-Cookie', cookies: one, run: (client, origin) => client.get(`${origin}/r/5`), cost: 6 },
  f: { title: 'POST of 10 kB JSON', cookies: one, run: (client, origin) => client.post(`${origin}/post`, POSTED) },
  g: { title: '10 MB body, streamed', cookies: one, run: (client, origin) => client.read(`${origin}/large`), cost: 120 },
}
const POSTED = { items: Array.from({ length: 100 }, (_, id) => ({ id, text: 'x'.repeat(80) })) }

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
  read: async (url) => drain((await session.fetch(url)).body),
  close: () => session.close(),
})

async function sessionWith(cookies, options) {
  const session = createSession(options)
  for (const [line, url] of cookies) {
    const [name, value] = line.split(';', 1)[0].split('=')
    await session.cookies.set(name, value, { url })
  }
  return session
}

const CONNECTIONS = 50

/** The least that the same work can be: cookies in a Map by name, without rules; redirects in a loop; ofetch where ours has it. */
const cookieHeader = (map) => (map.size === 0 ? undefined : [...map].map(([name, value]) => `${name}=${value}`).join('; '))
function keep(map, lines) {
  for (const line of lines) {
    const [pair] = line.split(';', 1)
    map.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
  }
}
const ownCookies = (cookies) =>
  new Map(cookies.filter(([, url]) => url.includes('127.0.0.1')).map(([line]) => line.split(';', 1)[0].split('=')))

function floorOverFetch(cookies) {
  const map = ownCookies(cookies)
  const follow = async (first, init) => {
    for (let url = first; ; ) {
      const headers = new Headers(init?.headers)
      headers.set('user-agent', 'floor')
      const cookie = cookieHeader(map)
      if (cookie) headers.set('cookie', cookie)
      const response = await fetch(url, { method: init?.method ?? 'GET', headers, body: init?.body, redirect: 'manual' })
      keep(map, response.headers.getSetCookie())
      const location = response.headers.get('location')
      if (response.status < 300 || response.status > 399 || !location) return response
      url = new URL(location, url).href
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
  const map = ownCookies(cookies)
  const dispatcher = new Agent({ connections: CONNECTIONS })
  const follow = async (first, options) => {
    for (let url = first; ; ) {
      const cookie = cookieHeader(map)
      const answer = await request(url, {
        dispatcher,
        ...options,
        headers: { 'user-agent': 'floor', ...options?.headers, ...(cookie ? { cookie } : {}) },
      })
      keep(map, [answer.headers['set-cookie'] ?? []].flat())
      if (answer.statusCode !== 302) return answer
      await answer.body.dump()
      url = new URL(answer.headers.location, url).href
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
  'sessionfetch, platform fetch': async (cookies) => ofSession(await sessionWith(cookies, {})),
  'sessionfetch.fetch, platform fetch': async (cookies) => {
    const session = await sessionWith(cookies, {})
    return { ...ofFetch(session.fetch), close: () => session.close() }
  },
  'sessionfetch, own pool': async (cookies) => ofSession(await sessionWith(cookies, { pool: { connections: CONNECTIONS } })),
  'sessionfetch.fetch, own pool': async (cookies) => {
    const session = await sessionWith(cookies, { pool: { connections: CONNECTIONS } })
    return { ...ofFetch(session.fetch), close: () => session.close() }
  },
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

/** What the jar costs: reading and setting beside ever more cookies, bytes per cookie, saving and restoring. Prints a table. */
import { createSession } from '../dist/index.js'

if (process.argv.includes('--help')) {
  console.log('node --expose-gc bench/jar.mjs: prints what the jar costs (after npm run build)')
  process.exit(0)
}
const HOST = 'https://www.example.com/'
const entry = (key, domain) => ({ key, value: 'v', domain, path: '/', hostOnly: true, creation: '2026-01-01T00:00:00.000Z' })

/** A saved state with cookies on other hosts, and some on ours. */
function state(others, own) {
  const cookies = Array.from({ length: others }, (_, n) => entry(`c${n % 100}`, `h${Math.floor(n / 100)}.example.org`))
  for (let n = 0; n < own; n++) cookies.push(entry(`own${n}`, 'www.example.com'))
  return { version: 'tough-cookie@6.1.0', cookies }
}

async function microseconds(work, count) {
  for (let n = 0; n < Math.min(count, 200); n++) await work(n)
  const rounds = []
  for (let round = 0; round < 5; round++) {
    const started = performance.now()
    for (let n = 0; n < count; n++) await work(n)
    rounds.push(((performance.now() - started) * 1000) / count)
  }
  return rounds.sort((a, b) => a - b)[2]
}

const heap = () => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

console.log(
  '| cookies | a call’s Cookie header, unchanged jar (µs) | the same after each set (µs) | set (µs) | bytes per cookie |\n|---|---|---|---|---|',
)
for (const [others, own, label] of [
  [0, 1, '1'],
  [50, 1, '50 on another host'],
  [10_000, 1, '10,000 on other hosts'],
  [100_000, 1, '100,000 on other hosts'],
  [0, 1000, '1,000 on one host'],
]) {
  const saved = state(others, own)
  const before = heap()
  const session = createSession({ jar: saved, fetch: async () => answer })
  const after = heap()
  const answer = { status: 204, statusText: '', headers: new Headers(), url: HOST, body: null }
  const bare = createSession({ jar: false, fetch: async () => answer })
  const idle = await microseconds(() => bare.fetch(HOST), 5000)
  const call = (await microseconds(() => session.fetch(HOST), 5000)) - idle
  const set = await microseconds((n) => session.cookies.set('changing', String(n), { url: HOST }), 2000)
  const both = await microseconds(async (n) => {
    await session.cookies.set('changing', String(n), { url: HOST })
    await session.fetch(HOST)
  }, 2000)
  console.log(
    `| ${label} | ${call.toFixed(1)} | ${(both - set - idle).toFixed(1)} | ${set.toFixed(1)} | ${others + own > 1000 ? Math.round((after - before) / (others + own)) : '–'} |`,
  )
}

const saved = state(100_000, 0)
let started = performance.now()
const session = createSession({ jar: saved })
const restored = performance.now() - started
started = performance.now()
const text = JSON.stringify(session.cookies)
console.log(
  `\n100,000 cookies: restored in ${restored.toFixed(0)} ms, saved in ${(performance.now() - started).toFixed(0)} ms, ${(text.length / 1e6).toFixed(1)} MB of JSON`,
)

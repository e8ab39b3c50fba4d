/** What a store costs a call: the same session with its jar in memory, in a file, and with a response that sets a cookie. Prints a table. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSession } from '../dist/index.js'
import { fileStore } from '../dist/stores.js'

if (process.argv.includes('--help')) {
  console.log('node bench/stores.mjs: prints what a store costs a call (after npm run build)')
  process.exit(0)
}
const HOST = 'https://www.example.com/'
const folder = mkdtempSync(join(tmpdir(), 'sessionfetch-bench-'))
const calls = 20_000

const answer = (cookie) => {
  const headers = new Headers(cookie ? { 'set-cookie': cookie } : {})
  return { status: 204, statusText: '', headers, url: HOST, body: null }
}
let n = 0
/** µs of this process's CPU for a call. */
async function measure(session) {
  const before = process.cpuUsage()
  for (let call = 0; call < calls; call++) await session.fetch(HOST)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / calls
}

const median = (values) => values.sort((one, other) => one - other)[values.length >> 1]
const jars = { memory: () => undefined, fileStore: () => fileStore(join(folder, `jar-${n++}.json`)) }
const kinds = { 'no cookie is set': () => answer(), 'one cookie is set': () => answer(`a=${n++}; Path=/`) }
console.log('| µs of CPU per call | jar in memory | fileStore | ratio |\n|---|---|---|---|')
for (const [kind, fetch] of Object.entries(kinds)) {
  const times = { memory: [], fileStore: [] }
  const sessions = Object.fromEntries(
    Object.entries(jars).map(([name, jar]) => [name, createSession({ jar: jar(), fetch: async () => fetch() })]),
  )
  for (const session of Object.values(sessions)) {
    await session.cookies.set('sid', '1', { url: HOST })
    await measure(session)
  }
  for (let round = 0; round < 7; round++) for (const name of Object.keys(jars)) times[name].push(await measure(sessions[name]))
  const [memory, file] = [median(times.memory), median(times.fileStore)]
  console.log(`| ${kind} | ${memory.toFixed(1)} | ${file.toFixed(1)} | ${(file / memory).toFixed(2)} |`)
  await Promise.all(Object.values(sessions).map((session) => session.close()))
}
rmSync(folder, { recursive: true, force: true })

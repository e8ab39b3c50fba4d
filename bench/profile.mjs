/** Where a call's CPU goes: a profile of one contender in one scenario, put together by who owns the code. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const NODE = `${HERE}node_modules/.bin/node`
const OWN_BUILD = new URL('../dist/index.js', import.meta.url).href
/** Our own code by subject; the rest of it is the chain. */
const OURS = [
  [/src\/node\/jar\//, 'ours: the jar'],
  [/src\/node\/(cookies|one-hop)/, 'ours: cookies of a hop'],
  [/src\/node\/(pool|platform-|transport)/, 'ours: connections and responses'],
  [/src\/node\/redirect/, 'ours: redirects'],
]

const [, script, scenario, name, origin] = process.argv
if (!scenario || !name || scenario === '--help' || !existsSync(NODE)) {
  console.log(`node bench/profile.mjs b 'sessionfetch, own pool'
Prints the µs of CPU per call, by whose code they are. Scenarios and names are those of bench/contenders.mjs; run npm run bench
once before, which builds the package and installs Node 24 and the peers.`)
  process.exit(scenario === '--help' ? 0 : 1)
}

/** The server and the profile are in processes of their own, on the bench's Node. */
if (!origin) {
  const server = spawn(NODE, [`${HERE}server.mjs`], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const port = await new Promise((resolve) => server.stdout.once('data', (data) => resolve(Number(data))))
  const child = spawn(NODE, [script, scenario, name, `http://127.0.0.1:${port}`], { stdio: 'inherit' })
  process.exitCode = await new Promise((resolve) => child.once('exit', resolve))
  server.kill()
  server.disconnect()
} else {
  await profile()
  process.exit()
}

async function profile() {
  const { contenders, scenarios } = await import('./contenders.mjs')
  const { cookies, run, cost = 1 } = scenarios[scenario]
  const client = await contenders[name](cookies(origin))
  const send = async (count) => {
    let left = count
    const lane = async () => {
      while (left-- > 0) await run(client, origin)
    }
    await Promise.all(Array.from({ length: 50 }, lane))
  }
  await send(8000 / cost)
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 150 })
  await session.post('Profiler.start')
  const count = Math.round(60_000 / cost)
  await send(count)
  const { profile: taken } = await session.post('Profiler.stop')
  const map = new SourceMap(JSON.parse(readFileSync(`${HERE}../dist/index.js.map`, 'utf8')))
  const nodes = new Map(taken.nodes.map((node) => [node.id, node]))
  const byOwner = new Map()
  for (const [index, id] of taken.samples.entries()) {
    const owner = ownerOf(nodes.get(id).callFrame, map)
    byOwner.set(owner, (byOwner.get(owner) ?? 0) + taken.timeDeltas[index] / count)
  }
  byOwner.delete('idle')
  const rows = [...byOwner].sort(([, one], [, other]) => other - one)
  console.log(`| ${name}, scenario ${scenario} | µs of CPU per call |\n|---|---|`)
  for (const [owner, micros] of rows) if (micros >= 0.05) console.log(`| ${owner} | ${micros.toFixed(1)} |`)
  console.log(`| in all | ${rows.reduce((sum, [, micros]) => sum + micros, 0).toFixed(1)} |`)
}

function ownerOf({ functionName, url, lineNumber, columnNumber }, map) {
  if (functionName === '(idle)') return 'idle'
  if (functionName === '(garbage collector)') return 'garbage collection'
  if (functionName === 'runMicrotasks') return 'promises (runMicrotasks)'
  if (url === OWN_BUILD) {
    const source = map.findEntry(lineNumber, columnNumber).originalSource ?? ''
    const [, dependency] = /node_modules\/([^/]+)/.exec(source) ?? []
    if (dependency) return dependency
    return OURS.find(([part]) => part.test(source))?.[1] ?? 'ours: options, chain, doors'
  }
  if (/undici/.test(url)) return 'undici'
  const [, dependency] = /node_modules\/([^/]+)/.exec(url) ?? []
  if (dependency) return dependency
  if (url.includes('/bench/')) return 'the bench'
  if (url === '' && /^(wasm|js-to-wasm|wasm-to-js)/.test(functionName)) return 'undici'
  return url.startsWith('wasm') ? 'undici' : 'Node: sockets, streams, URL, JSON'
}

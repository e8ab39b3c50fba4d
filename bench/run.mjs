/**
 * The benchmark: us and our peers against the platform's fetch, interleaved in rounds, each in a process of its own, over a
 * keep-alive server in another. Ratios are medians of the rounds' own ratios: timings are noisy, ratios less so.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { chart } from './chart.mjs'

const HELP = `npm run bench [-- --scenarios abcdefg] [-- --rounds 12] [-- --requests 3000] [-- --warm-up 15000] [-- --only 'own pool|ky'] [-- --heap 50000] [-- --quick]
Runs on Node 24 from the npm package of that name. Prints a table; a run of everything also writes bench/results.md and
bench/results.svg, and the numbers of the README.`
const HERE = fileURLToPath(new URL('.', import.meta.url))
const NODE = `${HERE}node_modules/.bin/node`
const argument = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined)
if (process.argv.includes('--help')) {
  console.log(HELP)
  process.exit(0)
}
process.chdir(HERE)
const quick = process.argv.includes('--quick')
const rounds = Number(argument('--rounds') ?? (quick ? 3 : 12))
const heapRequests = Number(argument('--heap') ?? (quick ? 5000 : 50_000))
const requests = Number(argument('--requests') ?? (quick ? 1000 : 3000))
/** Until V8 has compiled what is hot: before that a call takes up to three times its CPU, the more so the more code it passes. */
const warmUp = Number(argument('--warm-up') ?? (quick ? 3000 : 15_000))

if (!existsSync(NODE)) {
  console.error('installing the peers and Node 24 …')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { stdio: 'inherit' })
}
console.error('building …')
execFileSync('npm', ['run', 'build', '--silent'], { cwd: `${HERE}..`, stdio: 'inherit' })

const { contenders, scenarios } = await import('./contenders.mjs').catch(() => {
  // The newest peers need a newer Node than this one: only their names are needed here.
  const listed = spawnSync(
    NODE,
    [
      '-e',
      "import('./contenders.mjs').then(({ contenders, scenarios }) => console.log(JSON.stringify({ contenders, scenarios: Object.fromEntries(Object.entries(scenarios).map(([key, { title }]) => [key, { title }])) }, (_, value) => typeof value === 'function' ? 1 : value)))",
    ],
    { encoding: 'utf8' },
  )
  return JSON.parse(listed.stdout)
})
const wanted = argument('--only')?.split('|') ?? ['']
const names = Object.keys(contenders).filter((name) => wanted.some((part) => name.includes(part)))
if (names.length === 0)
  throw new Error(`--only: no contender has that in its name; there are ${Object.keys(contenders).join(' | ')}`)
if (!names.includes('fetch')) names.unshift('fetch')
const keys = [...(argument('--scenarios') ?? Object.keys(scenarios).join(''))]

const server = spawn(NODE, ['server.mjs'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
const port = await new Promise((resolve) => server.stdout.once('data', (data) => resolve(Number(data))))
const origin = `http://127.0.0.1:${port}`

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]
const spread = (values) => `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`

/** A contender in a process of its own. It answers each message with one, and warms up before its first. */
function contender(name, scenario) {
  const options = JSON.stringify({ scenario, origin, name, warmUp })
  const child = spawn(NODE, ['worker.mjs', options], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  let settle
  const answer = () => new Promise((resolve, reject) => (settle = { resolve, reject }))
  child.on('message', (message) => settle.resolve(message))
  child.on('exit', (code) => settle.reject(new Error(`${name} ended in scenario ${scenario} with code ${code}`)))
  return {
    isReady: answer(),
    measure(round) {
      child.send(round)
      return answer()
    },
    end() {
      child.removeAllListeners('exit')
      child.kill()
    },
  }
}

/** All contenders in one scenario, one at a time, in another order each round: many requests at once, and then one after the other. */
async function inRounds(scenario) {
  const workers = []
  for (const name of names) {
    const worker = { ...contender(name, scenario), atOnce: [], inTurn: [] }
    await worker.isReady
    workers.push(worker)
  }
  for (let round = 0; round < rounds; round++) {
    const order = workers.map((worker) => ({ worker, at: Math.random() })).sort((one, other) => one.at - other.at)
    for (const { worker } of order) {
      worker.atOnce.push(await worker.measure({ requests, inFlight: 50 }))
      if (scenario !== 'g') worker.inTurn.push(await worker.measure({ requests: requests / 4, inFlight: 1 }))
    }
    process.stderr.write('.')
  }
  for (const worker of workers) worker.end()
  return Object.fromEntries(names.map((name, index) => [name, workers[index]]))
}

function inWorker(file, options, ...flags) {
  return new Promise((resolve, reject) => {
    const child = spawn(NODE, [...flags, file, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stdout.on('data', (data) => (out += data))
    child.stderr.on('data', (data) => {
      err += data
      if (String(data) === '.') process.stderr.write('.')
    })
    child.on('exit', (code) => (code === 0 ? resolve(JSON.parse(out)) : reject(new Error(`${file} failed:\n${err}`))))
  })
}

const NODE_VERSION = spawnSync(NODE, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1)
const lines = [
  `Node ${NODE_VERSION}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${rounds} rounds of ${requests} requests after ${warmUp} to warm up, 50 in flight; throughput / CPU per request, as ratio to raw fetch in the same round, medians (spread of throughput). The rows in italics are ratios to the floor in the same round, and not quotients of the medians above.`,
  '',
]
const ratios = {}
lines.push(
  `| | ${keys.map((key) => `${key}: ${scenarios[key].title}`).join(' | ')} |`,
  `|---|${keys.map(() => '---').join('|')}|`,
)
const cells = Object.fromEntries(names.map((name) => [name, []]))
/** Ours beside the least that the same work costs, over the same transport. */
const FLOORS = {
  'sessionfetch, default': 'floor over undici',
  'sessionfetch, over fetch': 'floor over fetch',
  'sessionfetch, own pool': 'floor over undici',
}
const toFloor = Object.entries(FLOORS)
  .filter(([name, floor]) => names.includes(name) && names.includes(floor))
  .map(([name, floor]) => ({ name, floor, cells: [] }))
const compared = (results, name, other) => {
  const speed = results[name].atOnce.map(({ perSecond }, round) => perSecond / results[other].atOnce[round].perSecond)
  const cpu = results[name].atOnce.map(({ cpu: used }, round) => used / results[other].atOnce[round].cpu)
  return { speed, cpu, cell: `${median([...speed]).toFixed(2)} / ${median([...cpu]).toFixed(2)}` }
}
/** One call after the other: time of a call to that of fetch, and for fetch in µs. */
const inTurn = Object.fromEntries(names.map((name) => [name, []]))
for (const key of keys) {
  process.stderr.write(`${key} (${scenarios[key].title}) `)
  const results = await inRounds(key)
  process.stderr.write('\n')
  for (const name of names) {
    const { speed, cell } = compared(results, name, 'fetch')
    ratios[name] = { ...ratios[name], [key]: median([...speed]) }
    cells[name].push(`${cell} (${spread(speed)})`)
    if (key === 'g') continue
    const rate = ({ perSecond }) => perSecond
    const fetchRates = results.fetch.inTurn.map(rate)
    const slower = results[name].inTurn.map((one, round) => fetchRates[round] / rate(one))
    inTurn[name].push(name === 'fetch' ? `${(1e6 / median(fetchRates)).toFixed(0)} µs` : median(slower).toFixed(2))
  }
  for (const { name, floor, cells: own } of toFloor) own.push(compared(results, name, floor).cell)
}
for (const name of names) lines.push(`| ${name} | ${cells[name].join(' | ')} |`)
for (const { name, floor, cells: own } of toFloor) lines.push(`| *${name}, to ${floor}* | ${own.join(' | ')} |`)

const short = keys.filter((key) => key !== 'g')
lines.push(
  '',
  'One call after the other, time of a call to that of raw fetch:',
  '',
  `| | ${short.join(' | ')} |`,
  `|---|${short.map(() => '---').join('|')}|`,
  ...names.map((name) => `| ${name} | ${inTurn[name].join(' | ')} |`),
  '',
  `| | heap grown over ${heapRequests.toLocaleString('en')} requests, kB | connections |`,
  '|---|---|---|',
)
process.stderr.write('heap and connections ')
for (const name of names) {
  const { grown, connections } = await inWorker('heap.mjs', { name, origin, requests: heapRequests, inFlight: 50 }, '--expose-gc')
  process.stderr.write('.')
  lines.push(`| ${name} | ${Math.round(grown / 1024)} | ${connections} |`)
}
const overhead = await inWorker('overhead.mjs', {})
lines.push(
  '',
  `Over a fetch that answers at once, a call of \`session.fetch\` costs ${overhead.fetch} µs, a call of \`session.get\` ${overhead.data} µs.`,
)

/** Medians of what an import takes in a new process, interleaved. */
function importTimes(sources) {
  const times = sources.map(() => [])
  for (let round = 0; round < (quick ? 5 : 30); round++) {
    for (const [index, imports] of sources.entries()) {
      const code = `const t = performance.now(); ${imports.map((one) => `await import('${one}');`).join(' ')} console.log(performance.now() - t)`
      const { stdout } = spawnSync(NODE, ['--input-type=module', '-e', code], { cwd: `${HERE}..`, encoding: 'utf8' })
      times[index].push(Number(stdout))
    }
  }
  return times.map(median)
}
// The floor: the parser of cookies, and what is the same in a browser. No jar, no redirects, no connections.
const [tough, ours, least] = importTimes([['tough-cookie'], ['./dist/index.js'], ['tough-cookie', './dist/index.browser.js']])
lines.push(
  `Cold import: sessionfetch ${ours.toFixed(1)} ms, tough-cookie ${tough.toFixed(1)} ms, ratio ${(ours / tough).toFixed(2)}; tough-cookie and our browser build ${least.toFixed(1)} ms, ratio ${(least / tough).toFixed(2)}.`,
)

server.kill()
process.stderr.write('\n')
console.log(lines.join('\n'))
const isWhole = !['--quick', '--only', '--scenarios', '--rounds', '--requests', '--heap', '--warm-up'].some((flag) =>
  process.argv.includes(flag),
)
if (!isWhole) process.exit()
writeFileSync('results.md', `${lines.join('\n')}\n`)
writeFileSync('results.svg', chart(ratios, keys, Object.fromEntries(keys.map((key) => [key, scenarios[key].title]))))
/** The README's rows: scenarios a, b and f. */
const README = `${HERE}../README.md`
const row = (line, name) =>
  cells[name] ? `| ${name} | ${[0, 1, 5].map((at) => cells[name][at].replace(/ \(.*/, '')).join(' | ')} |` : line
writeFileSync(README, readFileSync(README, 'utf8').replace(/^\| ([\w+, -]+) \| [\d.]+ \/ .* \|$/gm, row))

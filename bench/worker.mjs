/** Runs a scenario: all contenders in turn, round after round, in one process, and prints the raw numbers as JSON. */
import { contenders, scenarios } from './contenders.mjs'

const { scenario: key, origin, names, rounds, requests, inFlight } = JSON.parse(process.argv[2])
const scenario = scenarios[key]
const count = Math.max(inFlight, Math.round(requests / (scenario.cost ?? 1)))
const clients = {}
for (const name of names) clients[name] = await contenders[name](scenario.cookies(origin))

async function measure(client) {
  let left = count
  const cpu = process.cpuUsage()
  const started = process.hrtime.bigint()
  const lane = async () => {
    while (left-- > 0) await scenario.run(client, origin)
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  const ns = Number(process.hrtime.bigint() - started)
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: (count * 1e9) / ns, cpu: (user + system) / count }
}

const results = Object.fromEntries(names.map((name) => [name, []]))
for (const name of names) await measure(clients[name]) // warm-up
for (let round = 0; round < rounds; round++) {
  // Another order each round, so that nobody always comes after the same neighbour.
  const order = names.map((_, index) => names[(index + round) % names.length])
  for (const name of order) results[name].push(await measure(clients[name]))
  process.stderr.write('.')
}
process.stdout.write(JSON.stringify(results))
process.exit()

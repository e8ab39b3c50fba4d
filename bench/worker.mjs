/**
 * One contender in one scenario, in a process of its own: another's garbage, caches and optimised code are not its business.
 * Runs a round for each message, which says how many requests and how many of them at once, and answers with the raw numbers.
 */
import { contenders, scenarios } from './contenders.mjs'

const { scenario: key, origin, name, warmUp } = JSON.parse(process.argv[2])
const scenario = scenarios[key]
const client = await contenders[name](scenario.cookies(origin))

async function measure({ requests, inFlight }) {
  const count = Math.max(inFlight, Math.round(requests / (scenario.cost ?? 1)))
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

await measure({ requests: warmUp, inFlight: 50 })
/** A part of a round that is not counted: its process has waited while all others had their turn, and its caches are cold. */
const LEAD_IN = 10
process.on('message', async (round) => {
  await measure({ ...round, requests: round.requests / LEAD_IN })
  process.send(await measure(round))
})
process.send('ready')

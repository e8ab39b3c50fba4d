/** One contender alone: heap and connections after many requests. Prints JSON. Run with --expose-gc. */
import { contenders, scenarios } from './contenders.mjs'

const { name, origin, requests, inFlight } = JSON.parse(process.argv[2])
const scenario = scenarios.b
const client = await contenders[name](scenario.cookies(origin))
const connections = async () => Number(await (await fetch(`${origin}/connections`)).text())

async function run(count) {
  let left = count
  const lane = async () => {
    while (left-- > 0) await scenario.run(client, origin)
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
}
const heap = async () => {
  for (let n = 0; n < 3; n++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    globalThis.gc()
  }
  return process.memoryUsage().heapUsed
}

const before = await connections()
await run(5000)
const warm = await heap()
await run(requests)
const grown = (await heap()) - warm
process.stdout.write(JSON.stringify({ grown, connections: (await connections()) - before }))
process.exit()

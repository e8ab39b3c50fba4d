/** What a call costs by itself, over a fetch that answers at once. Prints µs per call. */
import { createSession } from '../dist/index.js'

const headers = new Headers({ 'content-type': 'application/json' })
const answer = () => ({
  status: 200,
  ok: true,
  statusText: 'OK',
  headers,
  url: URL_,
  body: {},
  redirected: false,
  text: async () => '{"a":1}',
  json: async () => ({ a: 1 }),
})
const URL_ = 'http://127.0.0.1/json'
const session = createSession({ fetch: async () => answer() })
await session.cookies.set('sid', '1', { url: URL_ })

async function measure(run) {
  for (let n = 0; n < 20_000; n++) await run()
  const rounds = []
  for (let round = 0; round < 5; round++) {
    const started = performance.now()
    for (let n = 0; n < 20_000; n++) await run()
    rounds.push((performance.now() - started) / 20)
  }
  return rounds.sort((a, b) => a - b)[2].toFixed(1)
}

process.stdout.write(
  JSON.stringify({
    fetch: await measure(async () => (await session.fetch(URL_)).json()),
    data: await measure(() => session.get(URL_)),
  }),
)

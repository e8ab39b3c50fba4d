/** The server that the bundles report to, and that serves the pages and workers in which they run in browsers. */
import { createServer } from 'node:http'

/** Without a word for so long a run is given up: longer than one test may take. */
const SILENCE_MS = 90_000

export async function startCollector() {
  const runs = new Map()
  const files = new Map()
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname
    if (request.method === 'POST') {
      let text = ''
      for await (const chunk of request) text += chunk
      runs.get(path)?.(JSON.parse(text))
      return response.end('ok')
    }
    const file = files.get(path)
    response.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain', 'cache-control': 'no-store' })
    response.end(file?.body ?? '')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://localhost:${server.address().port}`
  return {
    origin,
    /** Serves a file under a path, and gives its URL. */
    serve(path, body, type = 'text/javascript') {
      files.set(path, { body, type: `${type}; charset=utf-8` })
      return origin + path
    },
    /** Waits for the outcomes of a run: `{ outcomes, error? }`, at its end, at `ended`, or when nothing comes any more. */
    collect(path, ended) {
      return new Promise((resolve) => {
        const outcomes = []
        const finish = (error) => {
          clearTimeout(timer)
          runs.delete(path)
          resolve({ outcomes, error })
        }
        const silence = () => finish(`no news for ${SILENCE_MS / 1000} s after ${outcomes.at(-1)?.title ?? 'the start'}`)
        let timer = setTimeout(silence, SILENCE_MS)
        ended.then((error) => error && finish(error))
        runs.set(path, (message) => {
          clearTimeout(timer)
          timer = setTimeout(silence, SILENCE_MS)
          if (message.end) return finish(message.error)
          outcomes.push(message)
        })
      })
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

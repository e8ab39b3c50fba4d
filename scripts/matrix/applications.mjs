/** Runs the small applications, one after another: which build did each get, does it work, and how large is it? */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openInChromium } from './browsers.mjs'
import { BUNDLERS } from './bundlers.mjs'
import { LOADERS } from './loaders.mjs'
import { prepareApps } from './workspace.mjs'

/** What only the main build has: its jar, and modules of Node. */
const OF_MAIN = /tough-?cookie|\btldts\b|["']node:/i

export const APPLICATIONS = [...BUNDLERS.map((row) => ({ ...row, run: runInPage })), ...LOADERS]

/** Each row's `{ name, version, passed, wrong, result, bytes }`. */
export async function runApplications(rows, tarball, servers) {
  const apps = prepareApps(tarball)
  const results = []
  for (const [index, row] of rows.entries()) {
    const started = Date.now()
    const out = resolve(`.tmp/matrix/bundles/${index}`)
    rmSync(out, { recursive: true, force: true })
    mkdirSync(out, { recursive: true })
    const outcome = await attempt(() => row.run(row, { apps, out, id: `app-${index}`, origin: servers.provided.a, ...servers }))
    const { result = 'failed', bytes, error } = outcome
    const wrong = error ? [error] : []
    results.push({ name: row.name, version: row.version(), passed: error ? 0 : 1, wrong, result, bytes })
    console.log(`${row.name} ${row.version()}: ${error ?? result} in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  }
  return results
}

async function attempt(work) {
  try {
    return await work()
  } catch (error) {
    return { error: error.message }
  }
}

/** Bundles the page, opens it in Chromium, and asks it which build it has. */
async function runInPage({ bundle, warning }, { apps, out, id, origin, collector }) {
  await bundle(apps, out)
  const files = readdirSync(out, { recursive: true }).filter((file) => /\.m?js$/.test(file))
  const scripts = files.map((file) => readFileSync(join(out, file), 'utf8'))
  for (const [index, file] of files.entries()) collector.serve(`/${id}/${file}`, scripts[index])
  const html = existsSync(join(out, 'index.html'))
    ? readFileSync(join(out, 'index.html'), 'utf8')
    : '<script type="module" src="./app.js"></script>'
  const report = `/report/${id}`
  const outcome = collector.collect(report, new Promise(() => {}))
  const bytes = scripts.reduce((sum, script) => sum + gzipSync(script).length, 0)
  const messages = await openInChromium(collector.serve(`/${id}/index.html`, `${appScript(origin, report)}${html}`, 'text/html'))
  const { outcomes, error } = await outcome
  if (warning) return { ...expectWarning(warning, messages), bytes }
  const failure = error ?? outcomes[0]?.error
  if (failure) throw new Error(failure)
  const [{ title: build }] = outcomes
  const found = scripts.map((script) => OF_MAIN.exec(script)?.[0]).find(Boolean)
  if (build !== 'browser' || found) throw new Error(`a page got the ${build} build${found ? `, with ${found}` : ''}`)
  return { result: 'browser build', bytes }
}

function expectWarning(warning, messages) {
  if (!messages.some((message) => message.includes(warning))) throw new Error(`no warning in ${JSON.stringify(messages)}`)
  return { result: 'main build, and a warning in the page that says what to set' }
}

/** What a page is told: where the server is, and where to report. */
function appScript(origin, report) {
  return `<script>
    const post = (message) => fetch(${JSON.stringify(report)}, { method: 'POST', body: JSON.stringify(message) })
    globalThis.APP = {
      origin: ${JSON.stringify(origin)},
      report: (outcome) => post(outcome).then(() => post({ end: true })),
    }
    addEventListener('error', ({ message }) => post({ end: true, error: message }))
  </script>`
}

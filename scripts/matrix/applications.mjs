/** Runs the small applications, one after another: which build did each get, does it work, and how large is it? */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { openInChromium } from './browsers.mjs'
import { BUNDLERS, buildWithEsbuild } from './bundlers.mjs'
import { LOADERS } from './loaders.mjs'
import { SERVER_BUNDLERS } from './server-bundlers.mjs'
import { prepareApps } from './workspace.mjs'

/** What only the main build has: its jar, and modules of Node. */
const OF_MAIN = /tough-?cookie|\btldts\b|["']node:/i

/** How much more than with esbuild a session may weigh with another bundler. */
const MOST = 1.03

export const APPLICATIONS = [...BUNDLERS.map((row) => ({ ...row, run: runInPage })), ...SERVER_BUNDLERS, ...LOADERS]

/** Each row's `{ name, version, passed, wrong, result, bytes, floor, ratio }`; the last three of bundlers for browsers. */
export async function runApplications(rows, tarball, servers) {
  const apps = prepareApps(tarball)
  const results = []
  for (const [index, row] of rows.entries()) {
    const started = Date.now()
    const out = resolve(`.tmp/matrix/bundles/${index}`)
    mkdirSync(out, { recursive: true })
    const outcome = await attempt(() => row.run(row, { apps, out, id: `app-${index}`, origin: servers.provided.a, ...servers }))
    const { result = 'failed', bytes, floor, ratio, error } = outcome
    const wrong = error ? [error] : []
    results.push({ name: row.name, version: row.version(), passed: error ? 0 : 1, wrong, result, bytes, floor, ratio })
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
async function runInPage({ bundle, warning, isHeld }, { apps, out, id, origin, collector }) {
  for (const [file, script] of Object.entries(await bundled(bundle, apps, out, 'page'))) collector.serve(`/${id}/${file}`, script)
  const page = join(out, 'page.html')
  const html = existsSync(page) ? readFileSync(page, 'utf8') : '<script type="module" src="./app.js"></script>'
  const report = `/report/${id}`
  const outcome = collector.collect(report, new Promise(() => {}))
  const messages = await openInChromium(collector.serve(`/${id}/index.html`, `${appScript(origin, report)}${html}`, 'text/html'))
  const { outcomes, error } = await outcome
  const size = await sizeWith(bundle, apps, out)
  if (warning) return { ...expectWarning(warning, messages), ...size }
  const failure = error ?? outcomes[0]?.error
  if (failure) throw new Error(failure)
  const [{ title: build }] = outcomes
  const found = size.scripts.map((script) => OF_MAIN.exec(script)?.[0]).find(Boolean)
  if (build !== 'browser' || found) throw new Error(`a page got the ${build} build${found ? `, with ${found}` : ''}`)
  if (isHeld && size.ratio > MOST)
    throw new Error(`${size.bytes} bytes, ${size.floor} of them without a session: more than ${MOST} of esbuild's`)
  return { result: 'browser build', ...size }
}

/** Bundles a file of the applications, and gives the scripts that came of it, by name. */
async function bundled(bundle, apps, out, name) {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  await bundle(apps, out, name)
  const files = readdirSync(out, { recursive: true }).filter((file) => /\.m?js$/.test(file))
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(out, file), 'utf8')]))
}

/**
 * What `import { createSession }` weighs with a bundler, in `bytes`. `floor`: of these, what an empty application weighs, since
 * the bundler's own runtime is not ours. `ratio`: the rest to the whole with esbuild.
 */
async function sizeWith(bundle, apps, out) {
  const weigh = async (build, name) => {
    const scripts = Object.values(await bundled(build, apps, out, name))
    return { scripts, bytes: scripts.reduce((sum, script) => sum + brotliCompressSync(script).length, 0) }
  }
  const { scripts, bytes } = await weigh(bundle, 'size')
  const { bytes: floor } = await weigh(bundle, 'empty')
  const { bytes: reference } = await weigh(buildWithEsbuild, 'size')
  return { scripts, bytes, floor, ratio: (bytes - floor) / reference }
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

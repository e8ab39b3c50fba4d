/** Runs rows of the matrix, one after another, and tells of each. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { closeBrowsers, PAGES, runPage } from './browsers.mjs'
import { startCollector } from './collector.mjs'
import { judge } from './differences.mjs'
import { runProgram } from './programs.mjs'

/** Calls `work` with the servers that the specs and applications need, and with what they report to. */
export async function withServers(work) {
  const collector = await startCollector()
  const apis = await startApis()
  try {
    return await work({ collector, provided: { a: apis[0].origin, b: apis[1].origin } })
  } finally {
    await closeBrowsers()
    collector.close()
    for (const api of apis) await api.close()
  }
}

/** Each row's `{ name, version, passed, wrong, differs }`, on the package that is installed in `app`. */
export async function runRows(rows, app, servers) {
  const results = []
  for (const [index, row] of rows.entries()) {
    const started = Date.now()
    const run = PAGES.includes(row) ? runPage : runProgram
    const { outcomes, error, version } = await run(row, { app, id: `run-${index}`, ...servers })
    const { wrong, differs } = judge(row.name, outcomes)
    if (error) wrong.push(error)
    else if (outcomes.length === 0) wrong.push('no test ran')
    const passed = outcomes.filter((outcome) => !outcome.error).length
    results.push({ name: row.name, version, passed, wrong, differs })
    const seconds = ((Date.now() - started) / 1000).toFixed(1)
    console.log(`${row.name} ${version}: ${passed} passed, ${wrong.length} failed in ${seconds} s`)
    for (const line of wrong) console.log(`    ${line.split('\n').slice(0, 4).join('\n    ')}`)
  }
  return results
}

/** The servers of the e2e tests, in this process; bundled, as the Node that runs this may not take TypeScript. */
async function startApis() {
  const outfile = '.tmp/api.mjs'
  await build({ entryPoints: ['e2e/api.ts'], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' })
  const { startApi } = await import(pathToFileURL(resolve(outfile)).href)
  return Promise.all([startApi(), startApi()])
}

/** A size, what of it is the bundler's own, and the rest against esbuild's. */
export function sizeCells({ bytes, floor, ratio }) {
  if (!bytes) return ['', '', '']
  return [bytes, floor].map((size) => `${(size / 1000).toFixed(2)} kB`).concat(`${(ratio * 100).toFixed(1)} %`)
}

export function printTable(rows) {
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2
  console.log()
  for (const { name, version, passed, wrong, differs = [], result, ...size } of rows) {
    const notes = [result, ...sizeCells(size), differs.length > 0 ? `differs: ${differs.join(', ')}` : '']
    const verdict = wrong.length > 0 ? `${wrong.length} FAILED` : `${passed} passed`
    console.log(`${name.padEnd(width)}${version.padEnd(22)}${verdict.padEnd(12)}${notes.filter(Boolean).join('  ')}`)
  }
}

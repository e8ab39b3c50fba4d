/** `npm test`: installs what the tests need, runs every suite, and ends with the names of what failed and a count. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ensureChromium } from './chromium.mjs'
import { COVERAGE_FLAGS, forgetCoverage, showCoverage } from './coverage.mjs'
import { installApp, packPackage } from './matrix/app.mjs'
import { PAGES } from './matrix/browsers.mjs'
import { isPageTrue } from './matrix/report.mjs'
import { runRows, withServers } from './matrix/rows.mjs'
import { ensureBrowsers, ensureServers } from './packages.mjs'
import { runVitest } from './vitest.mjs'

const HELP = `npm test [-- --help] [-- --only NAME] [-- --nightly]
Runs everything: format and lint, types, build, package checks, unit tests, and e2e on the built package in Node and in real
browsers: Chromium, Firefox and WebKit. Makes sure of the browsers and the servers first. --only: steps that begin so, of
setup check build types package docs size vitest browsers coverage. --nightly: generated tests with 100,000 inputs where
2,000 are usual.`
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined

if (process.argv.includes('--help')) {
  console.log(HELP)
  process.exit(0)
}
// The workers of vitest read this variable.
if (process.argv.includes('--nightly')) process.env.NIGHTLY = '1'
process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const run = (command, ...args) => spawnSync(command, args, { stdio: 'inherit' }).status === 0
const bin = (name, ...args) => run(`node_modules/.bin/${name}`, ...args)
const node = (...args) => run(process.execPath, ...args)

/**
 * The steps: name and work. The work gives `true` or `false`, or as {@link runVitest} a count of tests, which are added one by
 * one.
 */
const steps = [
  ['setup: browsers and servers', () => [ensureChromium, ensureBrowsers, ensureServers].every((ensure) => ensure() ?? true)],
  ['check: format and lint', () => bin('biome', 'check', '.')],
  ['check: unused code and dependencies', () => bin('knip', '--no-progress')],
  ['build', () => run('npm', 'run', 'build', '--silent')],
  ['types: the project', () => bin('tsc', '--noEmit', '-p', '.')],
  ['types: consumers', () => node('test/types/run.mjs')],
  ['package: publint', () => bin('publint', 'run', '--strict')],
  ['package: are the types wrong', () => bin('attw', '--pack', '.', '--no-emoji')],
  ['docs: runtimes.md is what the last run of the matrix gave', isPageTrue],
  ['size', () => bin('size-limit')],
  ['size: in a Vite app', () => node('scripts/size-parts.mjs')],
  [
    'vitest: unit and e2e',
    () => {
      forgetCoverage()
      return runVitest(...COVERAGE_FLAGS)
    },
  ],
  ['browsers: pages and workers in Chromium, Firefox and WebKit', runBrowsers],
  ['coverage: unit and e2e together', showCoverage],
]

/**
 * Runs the specs on the packed package in pages and workers of every browser. Other runtimes are run by `npm run test:matrix`.
 */
async function runBrowsers() {
  const results = await withServers((servers) => runRows(PAGES, installApp('app', packPackage()), servers))
  return {
    passed: results.reduce((sum, row) => sum + row.passed, 0),
    failed: results.flatMap(({ name, wrong }) => wrong.map((line) => `${name}: ${line.split('\n', 1)[0]}`)),
  }
}

let passed = 0
const failed = []
for (const [name, work] of steps) {
  if (only && !name.startsWith(only)) continue
  console.log(`\n── ${name}`)
  const started = Date.now()
  const result = await attempt(work)
  if (typeof result === 'object') {
    passed += result.passed
    failed.push(...result.failed)
  } else if (result) passed++
  else failed.push(name)
  const isRight = typeof result === 'object' ? result.failed.length === 0 : result
  console.log(`── ${name}: ${isRight ? 'passed' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}
if (failed.length > 0) console.log(`\nfailed:\n${failed.map((name) => `  ${name}`).join('\n')}`)
console.log(`\n${passed} passed, ${failed.length} failed`)
process.exitCode = failed.length > 0 ? 1 : 0

async function attempt(work) {
  try {
    return await work()
  } catch (error) {
    console.error(error.message)
    return false
  }
}

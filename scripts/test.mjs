/** The test command: every suite, with its own set-up, the names of what failed, and a last line that counts them all. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ensureChromium } from './chromium.mjs'
import { COVERAGE_FLAGS, forgetCoverage, showCoverage } from './coverage.mjs'
import { ensureServers } from './packages.mjs'
import { runVitest } from './vitest.mjs'

const HELP = `npm test [-- --help] [-- --only NAME] [-- --nightly]
Runs everything: format and lint, types, build, package checks, unit tests, and e2e on the built package in Node and in
a real Chromium. Makes sure of the browser and the servers first. Steps: ${'setup check build types package size vitest coverage'}.
--nightly: generated tests with 100,000 inputs where 2,000 are usual.`
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined

if (process.argv.includes('--help')) {
  console.log(HELP)
  process.exit(0)
}
// Vitest's workers read it.
if (process.argv.includes('--nightly')) process.env.NIGHTLY = '1'
process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const run = (command, ...args) => spawnSync(command, args, { stdio: 'inherit' }).status === 0
const bin = (name, ...args) => run(`node_modules/.bin/${name}`, ...args)
const node = (...args) => run(process.execPath, ...args)

/** Name and work: true or false, or what {@link runVitest} gives, whose tests are counted one by one. */
const steps = [
  ['setup: browser and servers', () => [ensureChromium, ensureServers].every((ensure) => ensure() ?? true)],
  ['check: format and lint', () => bin('biome', 'check', '.')],
  ['check: unused code and dependencies', () => bin('knip', '--no-progress')],
  ['build', () => run('npm', 'run', 'build', '--silent')],
  ['types: the project', () => bin('tsc', '--noEmit', '-p', '.')],
  ['types: consumers', () => node('test/types/run.mjs')],
  ['package: publint', () => bin('publint', 'run', '--strict')],
  ['package: are the types wrong', () => bin('attw', '--pack', '.', '--no-emoji')],
  ['size', () => bin('size-limit')],
  ['size: in a Vite app', () => node('scripts/size-parts.mjs')],
  [
    'vitest: unit and e2e',
    () => {
      forgetCoverage()
      return runVitest(...COVERAGE_FLAGS)
    },
  ],
  ['coverage: unit and e2e together', showCoverage],
]

let passed = 0
const failed = []
for (const [name, work] of steps) {
  if (only && !name.startsWith(only)) continue
  console.log(`\n── ${name}`)
  const started = Date.now()
  const result = attempt(work)
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

function attempt(work) {
  try {
    return work()
  } catch (error) {
    console.error(error.message)
    return false
  }
}

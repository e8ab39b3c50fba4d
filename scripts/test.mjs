/** The test command: every suite, with its own set-up, and a last line that counts them all. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ensureChromium } from './chromium.mjs'
import { ensureServers } from './packages.mjs'

const HELP = `npm test [-- --help] [-- --only NAME]
Runs everything: format and lint, types, build, package checks, unit tests, and e2e on the built package in Node and in
a real Chromium. Makes sure of the browser and the servers first. Steps: ${'setup check types build package size vitest'}.`
const REPORT = '.tmp/vitest.json'
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined

if (process.argv.includes('--help')) {
  console.log(HELP)
  process.exit(0)
}
process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const count = { passed: 0, failed: 0 }
const bin = (name) => `node_modules/.bin/${name}`
const command =
  (name, ...args) =>
  () =>
    spawnSync(bin(name), args, { stdio: 'inherit' }).status === 0

const steps = [
  ['setup: browser and servers', () => [ensureChromium, ensureServers].every((ensure) => ensure() ?? true)],
  ['check: format and lint', command('biome', 'check', '.')],
  ['check: unused code and dependencies', command('knip', '--no-progress')],
  ['build', () => spawnSync('npm', ['run', 'build', '--silent'], { stdio: 'inherit' }).status === 0],
  ['types: the project', command('tsc', '--noEmit', '-p', '.')],
  ['types: consumers', () => spawnSync(process.execPath, ['test/types/run.mjs'], { stdio: 'inherit' }).status === 0],
  ['package: publint', command('publint', 'run', '--strict')],
  ['package: are the types wrong', command('attw', '--pack', '.', '--no-emoji')],
  ['size', command('size-limit')],
  ['size: in a Vite app', () => spawnSync(process.execPath, ['scripts/size-parts.mjs'], { stdio: 'inherit' }).status === 0],
  ['vitest: unit and e2e', runVitest],
]

function runVitest() {
  mkdirSync('.tmp', { recursive: true })
  rmSync(REPORT, { force: true })
  const { status } = spawnSync(bin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`], {
    stdio: 'inherit',
  })
  try {
    const report = JSON.parse(readFileSync(REPORT, 'utf8'))
    count.passed += report.numPassedTests
    count.failed += report.numFailedTests
    const ran = report.numPassedTests + report.numFailedTests > 0
    return status === 0 && ran
  } catch {
    return false
  }
}

for (const [name, run] of steps) {
  if (only && !name.startsWith(only)) continue
  console.log(`\n── ${name}`)
  const started = Date.now()
  let ok = false
  try {
    ok = run()
  } catch (error) {
    console.error(error.message)
  }
  count[ok ? 'passed' : 'failed']++
  console.log(`── ${name}: ${ok ? 'passed' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}
console.log(`\n${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed > 0 ? 1 : 0

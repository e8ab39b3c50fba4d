/** `npm run test:matrix`: the shared e2e spec on the packed package in every runtime and browser, and a table of them. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ensureInstalled, installApp, packPackage } from './matrix/app.mjs'
import { APPLICATIONS, runApplications } from './matrix/applications.mjs'
import { PAGES } from './matrix/browsers.mjs'
import { PROGRAMS } from './matrix/programs.mjs'
import { compareRun, writeRun } from './matrix/report.mjs'
import { printTable, runRows, withServers } from './matrix/rows.mjs'
import { ensureBrowsers } from './packages.mjs'

const HELP = `npm run test:matrix [-- --help] [-- --only TEXT] [-- --no-build] [-- --write]
Runs the shared e2e spec on the packed package in every runtime, and small applications of every bundler, and prints a table.
A whole run is compared with the last one that was written down, of which docs/runtimes.md is made.
--only: rows whose name has the text. --write: write this run down. --no-build: take dist/ as it is.`

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const args = process.argv.slice(2)
if (args.includes('--help')) {
  console.log(HELP)
  process.exit()
}
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined
const isWanted = ({ name }) => only === undefined || name.includes(only)

if (!args.includes('--no-build')) spawnSync('npm', ['run', 'build', '--silent'], { stdio: 'inherit' })
ensureBrowsers()
ensureInstalled('e2e/runtimes')
const tarball = packPackage()
const rows = [...PROGRAMS, ...PAGES].filter(isWanted)
const applications = APPLICATIONS.filter(isWanted)
if (applications.length > 0) ensureInstalled('e2e/packages')
const [runtimes, bundlers] = await withServers(async (servers) => [
  rows.length > 0 ? await runRows(rows, installApp('app', tarball, ['undici@7.30.2']), servers) : [],
  applications.length > 0 ? await runApplications(applications, tarball, servers) : [],
])
printTable([...runtimes, ...bundlers])

const failed = [...runtimes, ...bundlers].filter(({ wrong }) => wrong.length > 0)
const run = { runtimes: runtimes.map(recordOf), bundlers: bundlers.map(recordOf) }
const news = only === undefined && failed.length === 0 ? conclude(run) : []
const passed = [...runtimes, ...bundlers].reduce((sum, row) => sum + row.passed, 0)
const wrong = [...failed.flatMap(({ name, wrong: all }) => all.map((line) => `${name}: ${line}`)), ...news]
if (wrong.length > 0) console.log(`\nfailed:\n${wrong.map((line) => `  ${line.split('\n', 1)[0]}`).join('\n')}`)
console.log(`\n${passed} passed, ${wrong.length} failed`)
// Bundlers leave workers behind.
process.exit(wrong.length > 0 ? 1 : 0)

/** Writes the run down, or says what is different from the last one. */
function conclude(whole) {
  if (!args.includes('--write')) return compareRun(whole).map((line) => `not as in docs/runtimes.md (--write?): ${line}`)
  writeRun(whole)
  return []
}

/** What is written down of a row: nothing that changes with every test that is added. */
function recordOf({ wrong: _, passed: __, ...record }) {
  return record
}

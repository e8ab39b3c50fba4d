/** Coverage of `src/`, by unit and e2e tests together: a table by folder, and the limits. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, relative } from 'node:path'

const FOLDER = '.tmp/coverage'
const LEAST = { lines: 95, branches: 90 }

/** Flags of vitest. The e2e tests run on dist/, whose source maps lead back to src/. */
export const COVERAGE_FLAGS = [
  '--coverage',
  '--coverage.reporter=json-summary',
  '--coverage.reportOnFailure',
  `--coverage.reportsDirectory=${FOLDER}`,
]

/** Removes what an earlier run has measured. */
export function forgetCoverage() {
  rmSync(FOLDER, { recursive: true, force: true })
}

/** Prints the table, and reports whether the limits hold. */
export function showCoverage() {
  const file = `${FOLDER}/coverage-summary.json`
  if (!existsSync(file)) throw new Error('no coverage was measured: the tests did not come to their end')
  const { total, ...files } = JSON.parse(readFileSync(file, 'utf8'))
  const folders = new Map()
  for (const [path, counts] of Object.entries(files)) {
    const folder = dirname(relative('.', path))
    const sum = folders.get(folder) ?? { lines: { total: 0, covered: 0 }, branches: { total: 0, covered: 0 } }
    for (const kind of Object.keys(LEAST)) {
      sum[kind].total += counts[kind].total
      sum[kind].covered += counts[kind].covered
    }
    folders.set(folder, sum)
  }
  console.log(`${'folder'.padEnd(20)}${'lines'.padStart(9)}${'branches'.padStart(10)}`)
  for (const [folder, sum] of [...folders].sort(([one], [other]) => one.localeCompare(other))) console.log(row(folder, sum))
  console.log(row('all', total))
  return Object.entries(LEAST).every(([kind, least]) => {
    const isEnough = percent(total[kind]) >= least
    if (!isEnough) console.log(`${kind}: ${percent(total[kind])} % are covered, at least ${least} % are asked for`)
    return isEnough
  })
}

const percent = ({ total, covered }) => (total === 0 ? 100 : Math.floor((covered / total) * 1000) / 10)
const row = (name, { lines, branches }) =>
  `${name.padEnd(20)}${`${percent(lines)} %`.padStart(9)}${`${percent(branches)} %`.padStart(10)}`

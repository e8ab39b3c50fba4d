/** Runs vitest, and gives the number of tests that passed and the names of those that failed. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { relative } from 'node:path'

const REPORT = '.tmp/vitest.json'

/** `{ passed, failed }`: a number, and the names of the failed tests. A file that does not load is one failed test. */
export function runVitest(...args) {
  mkdirSync('.tmp', { recursive: true })
  rmSync(REPORT, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`]
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args], {
    stdio: 'inherit',
  })
  const { passed, failed } = readReport()
  if (passed === 0) failed.push('vitest: no test ran')
  // Errors outside of every test, such as a rejection that nobody handled.
  else if (status !== 0 && failed.length === 0) failed.push('vitest: an error outside of the tests; see above')
  return { passed, failed }
}

function readReport() {
  try {
    const { testResults } = JSON.parse(readFileSync(REPORT, 'utf8'))
    const failed = testResults.flatMap(({ name, status, assertionResults }) => {
      const file = relative('.', name)
      const tests = assertionResults.filter((test) => test.status === 'failed')
      if (tests.length > 0) return tests.map(({ ancestorTitles, title }) => [file, ...ancestorTitles, title].join(' › '))
      return status === 'failed' ? [`${file}: does not load`] : []
    })
    const passed = testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'passed'))
    return { passed: passed.length, failed }
  } catch {
    return { passed: 0, failed: [] }
  }
}

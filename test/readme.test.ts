/** Every snippet of the README and of docs/ is run, against a server in memory; what stands behind `// →` must be printed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { format } from 'node:util'
import { transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { pages } from '../scripts/docs-check.mjs'
import { shopFetch } from './support/shop.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const FOLDER = `${ROOT}.tmp/snippets`
const files = pages()
const snippets = files.flatMap((file) =>
  [...readFileSync(ROOT + file, 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ''], index) => ({
    file,
    number: index + 1,
    code,
  })),
)

/** The source of the package, or of a sub-path, as rollup.config.ts finds it. */
function sourceOf(subPath: string | undefined): string {
  const file = subPath === undefined ? 'index' : existsSync(`${ROOT}src/${subPath}/index.ts`) ? `${subPath}/index` : subPath
  return pathToFileURL(`${ROOT}src/${file}.ts`).href
}

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true })
})
afterAll(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('snippets', () => {
  test('there are some', () => {
    expect(snippets.length).toBeGreaterThan(4)
  })

  test.each(snippets)('$file, number $number runs', async ({ file, number, code }) => {
    // What takes the platform's place by itself must find the platform there.
    if (/from '(?:msw|undici)'/.test(code)) vi.unstubAllGlobals()
    else vi.stubGlobal('fetch', shopFetch())
    const printed: string[] = []
    vi.spyOn(console, 'log').mockImplementation((...values) => printed.push(format(...values)))
    const { code: script } = await transform(code, { loader: 'ts', target: 'node20' })
    const path = `${FOLDER}/${file.replace(/\W/g, '-')}-${number}.mjs`
    writeFileSync(
      path,
      script.replace(
        /(from\s+)["']sessionfetch(?:\/([\w/]+))?["']/g,
        (_, from, subPath) => from + JSON.stringify(sourceOf(subPath)),
      ),
    )
    await expect(import(/* @vite-ignore */ path)).resolves.toBeDefined()
    const promised = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text)
    if (promised.length > 0) expect(printed).toEqual(promised)
  })

  test('the first session stands in the first 12 lines', () => {
    const start = readFileSync(`${ROOT}README.md`, 'utf8').split('\n').slice(0, 12).join('\n')
    expect(start).toMatch(/session\.get\('\/cart'\)/)
  })
})

test('the README stays under 150 lines', () => {
  expect(readFileSync(`${ROOT}README.md`, 'utf8').split('\n').length - 1).toBeLessThan(150)
})

test('the numbers of the README are those of the bench', () => {
  const table = readFileSync(`${ROOT}README.md`, 'utf8').split('## Numbers')[1]?.split('\n## ')[0] ?? ''
  const results = readFileSync(`${ROOT}bench/results.md`, 'utf8')
  const rows = [...table.matchAll(/^\| ([\w+, -]+) \| (.*) \|$/gm)].filter(([, , cells]) => cells?.includes(' / '))
  expect(rows.length).toBeGreaterThan(4)
  for (const [, name = '', cells = ''] of rows) {
    const row = results.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? ''
    const [a, b, , , , f] = row
      .split(' | ')
      .slice(1)
      .map((cell) => cell.replace(/ \(.*/, ''))
    expect(cells.split(' | '), name).toEqual([a, b, f])
  }
})

test('the version is that of package.json', async () => {
  const { version } = await import('../src/contract/version.ts')
  expect(version).toBe(JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')).version)
})

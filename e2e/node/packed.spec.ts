/** The tarball of `npm pack` holds all that package.json names, and nothing else of the repository. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const read = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8')
const manifest = JSON.parse(read('package.json'))

/** npm packs as on publishing, but without the scripts that publishing runs. */
const [packed] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1e8 }),
)
const files: string[] = packed.files.map(({ path }: { path: string }) => path)

/** Every path in a part of package.json, however deep. */
function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value.replace(/^\.\//, '')]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : []
}

const { main, module, browser, types, typesVersions, unpkg, jsdelivr, bin, exports } = manifest
const named = pathsIn([
  main,
  module,
  browser,
  manifest['react-native'],
  manifest.alias,
  types,
  typesVersions,
  unpkg,
  jsdelivr,
  bin,
  exports,
])

describe('the tarball', () => {
  test.each([...new Set(named)])('has %s, which package.json names', (path) => {
    expect(files).toContain(path)
  })

  test('has the papers', () => {
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'CONTRIBUTING.md']))
  })

  test('has nothing else', () => {
    const allowed =
      /^(dist\/|docs\/|examples\/|bench\/results\.(md|svg)$|(README|CHANGELOG|CONTRIBUTING|SECURITY)\.md$|LICENSE$|package\.json$)/
    expect(files.filter((path) => !allowed.test(path))).toEqual([])
  })

  test('tells nothing of the machine that built it', () => {
    const telling = files.filter((path) => /\.(c?js|map|d\.c?ts)$/.test(path) && read(path).includes(ROOT))
    expect(telling).toEqual([])
  })

  test.each(files.filter((path) => /\.c?js\.map$/.test(path)))('%s holds the text of its sources', (path) => {
    const { sources, sourcesContent } = JSON.parse(read(path))
    expect(sourcesContent).toHaveLength(sources.length)
  })

  test('carries the licence on its minified file', () => {
    expect(read('dist/umd/sessionfetch.min.js')).toMatch(/^\/\*! sessionfetch \d+\.\d+\.\d+ \| MIT \|/)
  })
})

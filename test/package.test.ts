/** What package.json promises: an `exports` row for every entry that rollup.config.ts builds, in the order that loaders need. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { SUB_PATHS } from '../rollup.config.ts'

const read = (file: string) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'))
const manifest = read('package.json')
const { exports } = manifest

describe('package.json', () => {
  test.each(SUB_PATHS)('exports %s for require and import, each with its types', (name) => {
    expect(JSON.stringify(exports[`./${name}`])).toBe(
      JSON.stringify({
        require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
        types: `./dist/${name}.d.ts`,
        default: `./dist/${name}.js`,
      }),
    )
  })

  test.each(SUB_PATHS)('names the types of %s for TypeScript that does not read exports', (name) => {
    expect(manifest.typesVersions['*'][name]).toEqual([`./dist/${name}.d.ts`])
  })

  test('exports nothing that is not built', () => {
    const known = ['.', './umd', './package.json', ...SUB_PATHS.map((name) => `./${name}`)]
    expect(Object.keys(exports).filter((name) => !known.includes(name))).toEqual([])
  })

  test('asks for require first, and for runtimes before browsers', () => {
    expect(Object.keys(exports['.']).join(' ')).toBe(
      'require types workerd edge-light deno bun node react-native browser default',
    )
    expect(Object.keys(exports['.'].require).join(' ')).toBe('types react-native browser default')
  })

  test('names the browser build for resolvers that do not read exports', () => {
    expect(manifest.browser).toBe('./dist/index.browser.js')
    expect(manifest['react-native']).toMatchObject({ './dist/index.browser.js': './dist/index.browser.cjs' })
  })

  // Metro before 0.82 maps files by the first, Parcel by the second. `browser` cannot: it would also hold where workerd does.
  test.each([
    ['react-native', 'cjs'],
    ['alias', 'js'],
  ])('names the sub-paths for resolvers that do not read exports, in %s', (field, type) => {
    const expected = Object.fromEntries(SUB_PATHS.map((name) => [`./${name}`, `./dist/${name}.${type}`]))
    expect(manifest[field]).toMatchObject({ ...expected, './umd': './dist/umd/sessionfetch.cjs' })
  })
})

describe('jsr.json', () => {
  const { version, exports: entries, imports } = read('jsr.json')

  test('has the version and the entries of package.json', () => {
    expect(version).toBe(manifest.version)
    expect(entries).toEqual(
      Object.fromEntries(['index', ...SUB_PATHS].map((name) => [name === 'index' ? '.' : `./${name}`, `./dist/${name}.js`])),
    )
  })

  test('takes the dependency of package.json', () => {
    expect(imports['tough-cookie']).toBe(`npm:tough-cookie@${manifest.dependencies['tough-cookie']}`)
  })
})

/** Which folder may import which, as a table. Type imports count, and no two files may import each other in a circle. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

/** Each folder with the folders that its files may import, besides its own. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  http: [],
  cookies: ['http'],
  contract: ['http', 'cookies'],
  exchange: ['contract', 'http', 'cookies'],
  layers: ['exchange', 'contract', 'http', 'cookies'],
  session: ['layers', 'exchange', 'contract', 'http', 'cookies'],
  'node/jar': ['session', 'exchange', 'contract', 'http', 'cookies', 'node'],
  'node/pool': ['session', 'layers', 'exchange', 'contract', 'http', 'node'],
  'node/auth': ['session', 'layers', 'exchange', 'contract', 'http', 'node'],
  node: ['node/jar', 'node/pool', 'node/auth', 'session', 'layers', 'exchange', 'contract', 'http', 'cookies'],
  formats: ['cookies'],
  browser: ['session', 'layers', 'exchange', 'contract', 'http', 'cookies'],
  server: ['', 'http', 'cookies'],
  trace: ['', 'contract', 'http', 'cookies'],
  events: ['', 'http'],
  'trace/viewer': [],
  'trace/bin': ['trace/viewer', 'contract'],
  stores: ['node/jar', 'contract', 'cookies'],
  '': ['browser', 'node', 'node/pool', 'node/auth', 'session', 'layers', 'exchange', 'contract', 'http', 'cookies'],
}

/** Files of `node/` that its own folders may import: leaves that import nothing of ours. */
const NODE_LEAVES = ['node/builtin', 'node/failures', 'node/maybe']

/** Each dependency has one importer. */
const DEPENDENCIES: Readonly<Record<string, string>> = {
  ofetch: 'session/data',
  'tough-cookie': 'cookies/tough',
  'fetch-cookie': 'node/one-hop',
  '@noble/hashes/legacy': 'node/auth/hash',
  '@noble/hashes/sha2': 'node/auth/hash',
  undici: 'node/pool/connections',
}

interface Import {
  readonly from: string
  readonly isType: boolean
}

const files = (readdirSync(SRC, { recursive: true }) as string[])
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .sort()

const folderOf = (file: string) => (dirname(file) === '.' ? '' : dirname(file))
const codeOf = (file: string) => readFileSync(join(SRC, `${file}.ts`), 'utf8')

function importsOf(file: string): Import[] {
  return [...codeOf(file).matchAll(/^(import|export) (type )?[^;]*?from '([^']+)'/gms)].map(([, , type, from = '']) => ({
    from: from.startsWith('.') ? relative(SRC, join(SRC, dirname(file), from)).replace(/\.ts$/, '') : from,
    isType: type !== undefined,
  }))
}

const internal = (file: string) =>
  importsOf(file)
    .map(({ from }) => from)
    .filter((from) => files.includes(from))

/** Import circles between files: each strongly connected group of two and more. */
function circles(): string[][] {
  const reach = new Map(files.map((file) => [file, reachable(file)]))
  const groups = files.map((file) => files.filter((other) => reach.get(file)?.has(other) && reach.get(other)?.has(file)))
  return [...new Set(groups.filter((group) => group.length > 1).map((group) => group.join(' ')))].map((group) => group.split(' '))
}

function reachable(file: string, seen = new Set<string>()): Set<string> {
  for (const from of internal(file)) {
    if (seen.has(from)) continue
    seen.add(from)
    reachable(from, seen)
  }
  return seen
}

/** The texts of the unit tests that import a file. */
function testsOver(imported: string): string[] {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .filter((code) => code.includes(`${imported}.ts'`))
}

describe('architecture', () => {
  test('every folder has its row', () => {
    expect([...new Set(files.map(folderOf))].filter((folder) => !(folder in FOLDERS))).toEqual([])
  })

  test('imports only go down the table', () => {
    const upward = files.flatMap((file) => {
      const own = folderOf(file)
      const allowed = FOLDERS[own] ?? []
      return internal(file)
        .filter((from) => folderOf(from) !== own && !allowed.includes(folderOf(from)))
        .concat(
          internal(file).filter((from) => own.startsWith('node/') && folderOf(from) === 'node' && !NODE_LEAVES.includes(from)),
        )
        .map((from) => `${file} imports ${from}`)
    })
    console.log(`imports that run back up: ${upward.length}`)
    expect(upward).toEqual([])
  })

  test('no files import each other in a circle', () => {
    const found = circles()
    console.log(`circles: ${found.length}${found.map((group) => `\n  ${group.join(', ')}`).join('')}`)
    expect(found).toEqual([])
  })

  test.each(files)('%s imports a dependency only if it is its importer', (file) => {
    const foreign = importsOf(file).filter(({ from, isType }) => !isType && from in DEPENDENCIES && DEPENDENCIES[from] !== file)
    expect(foreign).toEqual([])
  })

  test.each(files.filter((file) => !/^(node|browser|stores|trace\/(bin|viewer))\/|^index/.test(file)))(
    '%s does not ask where it runs',
    (file) => {
      const code = codeOf(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      expect(code).not.toMatch(/\b(window|document|process)\b(?!:)|instanceof Response|from 'node:/)
    },
  )

  test('every layer has a test of its own, over a literal and a lambda', () => {
    const layers = files
      .filter((file) => /^(layers|node)\//.test(file))
      .flatMap((file) =>
        [...codeOf(file).matchAll(/^export (?:const|function) (\w+)[^\n]*: Layer\b/gm)].map(([, name = '']) => name),
      )
    const tests = testsOver('support/exchange')
    expect(layers.length).toBeGreaterThan(9)
    expect(layers.filter((name) => !tests.some((code) => new RegExp(`\\b${name}\\b`).test(code)))).toEqual([])
  })

  test.each(files)('%s is short enough to be read, its comments apart', (file) => {
    const code = codeOf(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*/gm, '')
    expect(code.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(200)
  })
})

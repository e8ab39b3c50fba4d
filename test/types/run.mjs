/** Compiles small consumers against the built declarations, under the settings that users have. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))

const STRICT = {
  target: 'es2022',
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
}
const PROJECTS = {
  'the DOM only, skipLibCheck: false': {
    files: ['dom.ts'],
    lib: ['es2022', 'dom', 'dom.iterable'],
    types: [],
    skipLibCheck: false,
  },
  'augmented platform options': {
    files: ['augmented.ts'],
    lib: ['es2022', 'dom', 'dom.iterable'],
    types: [],
    skipLibCheck: false,
  },
  'Node only, skipLibCheck: false': {
    files: ['node.ts'],
    lib: ['es2022', 'esnext.disposable'],
    types: ['node'],
    skipLibCheck: false,
  },
  'a bundler': {
    files: ['dom.ts'],
    lib: ['es2022', 'dom', 'dom.iterable'],
    types: [],
    module: 'esnext',
    moduleResolution: 'bundler',
    skipLibCheck: false,
  },
  // ofetch's own declarations import undici, which needs Node's types and no library check.
  "ofetch's $Fetch": {
    files: ['ofetch.ts'],
    lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
    types: ['node'],
    skipLibCheck: true,
  },
}

let failed = 0
mkdirSync('.tmp/types', { recursive: true })
for (const [name, { files, ...options }] of Object.entries(PROJECTS)) {
  const path = `.tmp/types/${name.replace(/\W+/g, '-')}.json`
  const config = { compilerOptions: { ...STRICT, ...options }, files: files.map((file) => `../../test/types/${file}`) }
  writeFileSync(path, JSON.stringify(config))
  const { status, stdout } = spawnSync('node_modules/.bin/tsc', ['-p', path], { encoding: 'utf8' })
  console.log(`${status === 0 ? 'ok' : 'FAILED'}: types for ${name}`)
  if (status !== 0) {
    failed++
    console.log(stdout)
  }
}
process.exitCode = failed ? 1 : 0

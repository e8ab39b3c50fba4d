/** TypeScript: one consumer, as an ES module and as CommonJS, under every module resolution that it still has. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runTool, TOOLS, versionOf } from './workspace.mjs'

const SETTINGS = {
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  node16: { module: 'node16', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  node10: { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
}

/** TypeScript 7 has no node10 any more; a bundler takes no CommonJS. */
const KINDS = { bundler: ['ts'], node16: ['mts', 'cts'], nodenext: ['mts', 'cts'], node10: ['ts'] }

export const TYPESCRIPT = ['6', '7'].flatMap((major) =>
  Object.entries(SETTINGS)
    .filter(([name]) => major === '6' || name !== 'node10')
    .map(([name, settings]) => ({
      name: `TypeScript ${major}, ${name}`,
      version: () => versionOf(`typescript-${major}`),
      run: (_, { apps }) => compile(join(apps, 'types', `${name}-${major}`), major, settings, KINDS[name]),
    })),
)

async function compile(folder, major, settings, kinds) {
  mkdirSync(folder, { recursive: true })
  const files = kinds.map((kind) => `consumer.${kind}`)
  for (const file of files) copyFileSync(join(folder, '../consumer.ts'), join(folder, file))
  const lib = ['es2022', 'dom', 'dom.iterable']
  const common = {
    target: 'es2022',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    types: [],
    lib,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...common, ...settings }, files }))
  await runTool(process.execPath, [join(TOOLS, `node_modules/typescript-${major}/bin/tsc`), '-p', folder])
  return { result: `compiles ${kinds.join(' and ')}` }
}

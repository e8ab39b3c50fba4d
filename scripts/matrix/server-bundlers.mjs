/** Bundlers for servers: each makes one file of e2e/packages/apps/imports.mjs, which then runs in Node and must have the main build. */
import { join } from 'node:path'
import nodeResolve from '@rollup/plugin-node-resolve'
import { build as esbuild, version as esbuildVersion } from 'esbuild'
import { rollup, VERSION as rollupVersion } from 'rollup'
import { build as vite, version as viteVersion } from 'vite'
import { runTool, tool, versionOf } from './workspace.mjs'

const ENTRY = 'imports.mjs'

function bundleWithWebpack(apps, out) {
  const webpack = tool('webpack')
  const output = { path: out, filename: 'server.cjs' }
  const options = { mode: 'production', target: 'node', context: apps, entry: `./${ENTRY}`, output }
  return new Promise((resolve, reject) => {
    webpack(options, (error, stats) =>
      error || stats.hasErrors() ? reject(error ?? new Error(stats.toString('errors-only'))) : resolve('server.cjs'),
    )
  })
}

/** `neutral` reads no `main` fields, and no condition but `import` and `default`; what is Node's own has to be named. */
const bundleWithEsbuild = (platform) => async (apps, out) => {
  const options = { entryPoints: [join(apps, ENTRY)], bundle: true, format: 'esm', platform, external: ['node:*'] }
  await esbuild({ ...options, outfile: join(out, 'server.mjs'), logLevel: 'silent' })
  return 'server.mjs'
}

/** `noExternal`: Vite leaves packages to Node otherwise. */
async function bundleWithVite(apps, out) {
  const rollupOptions = { output: { entryFileNames: 'server.mjs' } }
  const options = { ssr: ENTRY, outDir: out, emptyOutDir: true, rollupOptions }
  await vite({ root: apps, logLevel: 'silent', ssr: { noExternal: true }, build: options })
  return 'server.mjs'
}

async function bundleWithRollup(apps, out) {
  const plugins = [nodeResolve({ exportConditions: ['node'] })]
  const bundle = await rollup({ input: join(apps, ENTRY), plugins, external: /^node:/, logLevel: 'silent' })
  await bundle.write({ file: join(out, 'server.mjs'), format: 'esm' })
  return 'server.mjs'
}

const ROWS = [
  { name: "webpack, target: 'node'", version: () => versionOf('webpack'), bundle: bundleWithWebpack },
  { name: 'esbuild, --platform=node', version: () => esbuildVersion, bundle: bundleWithEsbuild('node') },
  { name: 'esbuild, --platform=neutral', version: () => esbuildVersion, bundle: bundleWithEsbuild('neutral') },
  { name: 'Vite, SSR', version: () => viteVersion, bundle: bundleWithVite },
  { name: 'Rollup, for Node', version: () => rollupVersion, bundle: bundleWithRollup },
]

export const SERVER_BUNDLERS = ROWS.map(({ bundle, ...row }) => ({
  ...row,
  async run(_, { apps, out, origin }) {
    const file = await bundle(apps, out)
    const result = await runTool(process.execPath, [join(out, file), origin, out])
    if (!result.startsWith('main build; ')) throw new Error(`it got the ${result}`)
    return { result }
  },
}))

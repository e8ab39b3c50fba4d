/** Bundlers for browsers: each bundles e2e/packages/apps/page.mjs into a folder, as its users would have it do. */
import { join } from 'node:path'
import nodeResolve from '@rollup/plugin-node-resolve'
import { build as esbuild, version as esbuildVersion } from 'esbuild'
import { rollup, VERSION as rollupVersion } from 'rollup'
import { build as vite, version as viteVersion } from 'vite'
import { runBin, TOOLS, tool, versionOf } from './workspace.mjs'

async function buildWithVite(apps, out) {
  const rollupOptions = { input: join(apps, 'index.html') }
  await vite({ root: apps, base: './', logLevel: 'silent', build: { outDir: out, emptyOutDir: true, rollupOptions } })
}

function buildWithWebpack(apps, out) {
  const webpack = tool('webpack')
  const options = { mode: 'production', context: apps, entry: './page.mjs', output: { path: out, filename: 'app.js' } }
  return new Promise((resolve, reject) => {
    webpack(options, (error, stats) =>
      error || stats.hasErrors() ? reject(error ?? new Error(stats.toString('errors-only'))) : resolve(),
    )
  })
}

async function buildWithEsbuild(apps, out) {
  const entryPoints = [join(apps, 'page.mjs')]
  await esbuild({ entryPoints, bundle: true, minify: true, format: 'esm', logLevel: 'silent', outfile: join(out, 'app.js') })
}

/** `browser: true` is how a user of Rollup says that the bundle is for a page. */
const buildWithRollup = (browser) => async (apps, out) => {
  const bundle = await rollup({ input: join(apps, 'page.mjs'), plugins: [nodeResolve({ browser })], logLevel: 'silent' })
  await bundle.write({ file: join(out, 'app.js'), format: 'esm' })
}

async function buildWithParcel(apps, out) {
  const flags = [
    '--dist-dir',
    out,
    '--public-url',
    './',
    '--cache-dir',
    join(apps, '.parcel-cache'),
    '--no-cache',
    '--no-source-maps',
    '--no-optimize',
  ]
  await runBin('parcel', ['build', 'index.html', ...flags], { cwd: apps })
}

/** React Native's resolution. Before 0.82 Metro did not read `exports`, and took the field `react-native`. */
const buildWithMetro = (readsExports) => async (apps, out) => {
  const { loadConfig, runBuild } = tool('metro')
  const config = await loadConfig(
    {},
    {
      projectRoot: apps,
      watchFolders: [TOOLS],
      reporter: { update: () => undefined },
      resolver: {
        resolverMainFields: ['react-native', 'browser', 'main'],
        unstable_enablePackageExports: readsExports,
        unstable_conditionsByPlatform: { ios: ['react-native'] },
      },
      transformer: { getTransformOptions: async () => ({ transform: { experimentalImportSupport: true } }) },
    },
  )
  await runBuild(config, { entry: 'page.mjs', platform: 'ios', minify: true, out: join(out, 'app.js') })
}

/** Each bundles into `out`: app.js, or an index.html with what it names. `warning`: the page gets the main build, and says so. */
export const BUNDLERS = [
  { name: 'Vite', version: () => viteVersion, bundle: buildWithVite },
  { name: 'webpack', version: () => versionOf('webpack'), bundle: buildWithWebpack },
  { name: 'esbuild', version: () => esbuildVersion, bundle: buildWithEsbuild },
  { name: 'Rollup, with `browser: true`', version: () => rollupVersion, bundle: buildWithRollup(true) },
  {
    name: 'Rollup, without it',
    version: () => rollupVersion,
    bundle: buildWithRollup(false),
    warning: 'this page has the build for servers',
  },
  { name: 'Parcel', version: () => versionOf('parcel'), bundle: buildWithParcel },
  { name: 'Metro, by exports', version: () => versionOf('metro'), bundle: buildWithMetro(true) },
  { name: 'Metro, by fields', version: () => versionOf('metro'), bundle: buildWithMetro(false) },
]

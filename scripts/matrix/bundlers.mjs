/** Bundlers for browsers: each bundles a file of e2e/packages/apps into a folder, as its users would have it do. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import nodeResolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import { build as esbuild, version as esbuildVersion } from 'esbuild'
import { rollup, VERSION as rollupVersion } from 'rollup'
import { build as vite, version as viteVersion } from 'vite'
import { runBin, TOOLS, tool, versionOf } from './workspace.mjs'

/** A page that begins with a module, for the bundlers that begin with a page. */
function writePage(apps, name) {
  const page = join(apps, `${name}.html`)
  writeFileSync(page, `<!doctype html><title>sessionfetch</title><script type="module" src="./${name}.mjs"></script>`)
  return page
}

async function buildWithVite(apps, out, name) {
  const rollupOptions = { input: writePage(apps, name) }
  await vite({ root: apps, base: './', logLevel: 'silent', build: { outDir: out, emptyOutDir: true, rollupOptions } })
}

function buildWithWebpack(apps, out, name) {
  const webpack = tool('webpack')
  const output = { path: out, filename: 'app.js' }
  const options = { mode: 'production', context: apps, entry: `./${name}.mjs`, output, performance: { hints: false } }
  return new Promise((resolve, reject) => {
    webpack(options, (error, stats) =>
      error || stats.hasErrors() ? reject(error ?? new Error(stats.toString('errors-only'))) : resolve(),
    )
  })
}

const buildForPlatform = (platform) => async (apps, out, name) => {
  const entryPoints = [join(apps, `${name}.mjs`)]
  const options = { entryPoints, bundle: true, minify: true, format: 'esm', platform, logLevel: 'silent' }
  await esbuild({ ...options, outfile: join(out, 'app.js') })
}

export const buildWithEsbuild = buildForPlatform('browser')

/** `browser: true` is how a user of Rollup says that the bundle is for a page. */
const buildWithRollup = (browser) => async (apps, out, name) => {
  const plugins = [nodeResolve({ browser }), terser()]
  const bundle = await rollup({ input: join(apps, `${name}.mjs`), plugins, logLevel: 'silent' })
  await bundle.write({ file: join(out, 'app.js'), format: 'esm' })
}

async function buildWithParcel(apps, out, name) {
  const flags = [
    '--dist-dir',
    out,
    '--public-url',
    './',
    '--cache-dir',
    join(apps, '.parcel-cache'),
    '--no-cache',
    '--no-source-maps',
  ]
  await runBin('parcel', ['build', writePage(apps, name), ...flags], { cwd: apps })
}

/** React Native's resolution. Before 0.82 Metro did not read `exports`, and took the field `react-native`. */
const buildWithMetro = (readsExports) => async (apps, out, name) => {
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
  await runBuild(config, { entry: `${name}.mjs`, platform: 'ios', minify: true, out: join(out, 'app.js') })
}

/** A page with the main build says this in its console. */
const WARNING = 'this page has the build for servers'

/**
 * Each bundles into `out`: app.js, or a page with what it names. `warning`: the page gets the main build, and says so.
 * `isHeld`: its size is held to esbuild's.
 */
export const BUNDLERS = [
  { name: 'Vite', version: () => viteVersion, bundle: buildWithVite, isHeld: true },
  { name: 'webpack', version: () => versionOf('webpack'), bundle: buildWithWebpack, isHeld: true },
  { name: 'esbuild', version: () => esbuildVersion, bundle: buildWithEsbuild, isHeld: true },
  { name: 'Rollup, with `browser: true`', version: () => rollupVersion, bundle: buildWithRollup(true), isHeld: true },
  {
    name: 'Rollup, without it',
    version: () => rollupVersion,
    bundle: buildWithRollup(false),
    warning: WARNING,
  },
  {
    name: 'esbuild, --platform=neutral, in a page',
    version: () => esbuildVersion,
    bundle: buildForPlatform('neutral'),
    warning: WARNING,
  },
  { name: 'Parcel', version: () => versionOf('parcel'), bundle: buildWithParcel, isHeld: true },
  { name: 'Metro, by exports', version: () => versionOf('metro'), bundle: buildWithMetro(true) },
  { name: 'Metro, by fields', version: () => versionOf('metro'), bundle: buildWithMetro(false) },
]

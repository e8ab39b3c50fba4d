/** Bundles of the e2e specs for runtimes in which vitest does not run. */
import { resolve } from 'node:path'
import { build } from 'esbuild'

const SHARED = ['cookies', 'session', 'sub-paths'].map((name) => `e2e/shared/${name}.spec.ts`)
export const SPECS = {
  shared: SHARED,
  files: [...SHARED, 'e2e/runtimes/stores.spec.ts'],
  page: [...SHARED, 'e2e/browser/page.spec.ts', 'e2e/browser/trace.spec.ts'],
  worker: [...SHARED, 'e2e/runtimes/worker.spec.ts'],
}

/** How a bundle begins: by itself, when a request comes, or when a page sends a message to its service worker. */
const STARTS = {
  itself: 'start()',
  request: "export default { async fetch() { await start(); return new Response('done') } }",
  message: "addEventListener('message', (event) => event.waitUntil(start()))",
}

/** Makes one file of the specs. `wrapper`: a file of e2e/ in the package's place, as for the own connections of Node. */
export async function bundleSpecs({ specs, outfile, config, start = 'itself', wrapper, packageFrom, umd = false, ...options }) {
  const entry = JSON.stringify(resolve('e2e/runtimes/entry.ts'))
  const imports = specs.map((file, index) => `import 'begin:${index}'; import ${JSON.stringify(resolve(file))}`)
  const contents = [...imports, `import { start } from ${entry}`, STARTS[start]].join('\n')
  await build({
    stdin: { contents, resolveDir: '.' },
    outfile,
    bundle: true,
    external: ['node:*'],
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
    // package.json says that files have no side effects; these do.
    ignoreAnnotations: true,
    banner: { js: `globalThis.E2E = ${JSON.stringify(config)};` },
    plugins: [redirectImports({ wrapper, packageFrom, umd })],
    ...options,
  })
}

/** Where the imports of a spec lead: vitest's to its stand-in, the package's to the installed one, or to the UMD's global. */
function redirectImports({ wrapper, packageFrom, umd }) {
  return {
    name: 'redirect-imports',
    setup({ onResolve, onLoad, resolve: resolveImport }) {
      onResolve({ filter: /^vitest$/ }, () => ({ path: resolve('e2e/runtimes/vitest.ts') }))
      onResolve({ filter: /^sessionfetch(\/|$)|\/dist\/index\.js$/ }, ({ path, kind, pluginData }) => {
        if (pluginData === 'installed') return undefined
        const name = path.startsWith('sessionfetch') ? path : 'sessionfetch'
        if (umd && name === 'sessionfetch') return { path: 'umd', namespace: 'umd' }
        if (wrapper && path === 'sessionfetch') return { path: resolve(wrapper) }
        if (!packageFrom) return { path: name, external: true }
        return resolveImport(name, { resolveDir: packageFrom, kind, pluginData: 'installed' })
      })
      onResolve({ filter: /^begin:/ }, ({ path }) => ({ path, namespace: 'begin' }))
      onLoad({ filter: /./, namespace: 'begin' }, () => ({
        contents: "import { beginFile } from 'vitest'; beginFile()",
        resolveDir: '.',
      }))
      onLoad({ filter: /./, namespace: 'umd' }, () => ({ contents: 'module.exports = globalThis.SessionFetch' }))
    },
  }
}

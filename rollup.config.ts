/**
 * The build. Run with `--configPlugin esbuild`.
 *
 * Each entry and each row of SUB_PATHS gives four files: ESM (`.js`), CommonJS (`.cjs`) and the types of each (`.d.ts`,
 * `.d.cts`). The browser entry also gives UMD, for script tags.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import nodeResolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import type { OutputOptions, Plugin, RollupOptions } from 'rollup'
import dts from 'rollup-plugin-dts'
import esbuild from 'rollup-plugin-esbuild'
import { viewerPage } from './scripts/viewer-page.mjs'

/** Chrome 111, Firefox 113 and Safari 16.4 and newer, and every Node we support. */
const TARGET = 'es2022'
const EXTERNAL = ['tough-cookie', 'undici']

/**
 * What is imported as `sessionfetch/NAME`, from `src/NAME/index.ts` or `src/NAME.ts`. Each row also needs its lines in the
 * `exports` and `typesVersions` of package.json: test/package.test.ts says which.
 *
 * A sub-path imports the main entry as `../index.ts`. In the build that becomes `sessionfetch`, so that a page gets the
 * browser build, and the classes are those that the application has.
 */
export const SUB_PATHS: readonly string[] = ['formats', 'server', 'trace', 'events', 'stores', 'stores/testing']

const OFETCH = fileURLToPath(new URL('node_modules/ofetch/dist/', import.meta.url))
const PARSE_JSON = fileURLToPath(new URL('src/session/parse-json.ts', import.meta.url))

/**
 * Of ofetch only `createFetch`: its entry also makes an instance of its own, and for that names `Headers` and `fetch`, which
 * loads Node's fetch, 30 ms, when the package is imported.
 */
export const onlyCreateFetch: Plugin = {
  name: 'only-create-fetch',
  // Its JSON parser is ours, which costs a third and warns nobody.
  resolveId: (source) => (source === 'ofetch' ? '\0ofetch' : source === 'destr' ? PARSE_JSON : null),
  load(id) {
    if (id !== '\0ofetch') return null
    const [, name, file] =
      /import \{ (\w+) as createFetch \} from '\.\/([^']+)'/.exec(readFileSync(`${OFETCH}index.mjs`, 'utf8')) ?? []
    if (!name || !file) throw new Error('rollup.config.ts: the entry of ofetch looks different from that of 1.5.1')
    return `export { ${name} as createFetch } from ${JSON.stringify(OFETCH + file)}`
  },
}

type Cut = readonly [from: string, to: string, put?: string]

/**
 * What goes out of a dependency: from a text, to before another, and what takes its place.
 *
 * ofetch without what is decided elsewhere: base URL and query, timeout and retry in the chain, the text of a body in
 * `src/http/body.ts`, and its error, in place of which ours is made. Its `delete options.query` alone made every later look into
 * the options a search.
 *
 * fetch-cookie without its redirects, which must never run, and without its splitter of lines, since it is given them whole.
 */
const CUTS: Readonly<Record<string, readonly Cut[]>> = {
  ofetch: [
    ["import { withBase, withQuery } from 'ufo'", 'class FetchError'],
    ['class FetchError', 'const textTypes'],
    // Of hooks in the same words: one, or several in a list.
    [
      'function resolveFetchOptions',
      'const nullBodyResponses',
      'async function callHooks(context, hooks) {\n  for (const hook of [hooks].flat()) await hook(context);\n}\n',
    ],
    ['globalOptions = {}', '  const $fetchRaw', '{ fetch }) {\n'],
    ['resolveFetchOptions(', ',\n      response: void 0', '_options'],
    ['    if (context.options.method)', '    if (context.options.onRequest)'],
    ['      if (!(context.options.headers instanceof', '    }\n    if (typeof context.request'],
    ['    if (typeof context.request === "string")', '    try {\n      context.response'],
    ['      return await onError(context)', '    }', '      throw error;\n'],
    [' finally {\n      if (abortTimeout)', '    const hasBody', '\n'],
    // Whether there is a body, before the body itself: our lazy response knows the one without making the other.
    ['(context.response.body || //', ' && !nullBodyResponses', '(context.response._bodyInit || context.response.body)'],
    ['      return await onError(context)', '    }', '      throw { response: context.response };\n'],
    ['  const $fetch = async', '\nexport {', '  return { raw: $fetchRaw };\n}\n'],
    ['FetchError as F, createFetchError as a, ', 'createFetch as c'],
  ],
  'fetch-cookie': [
    ['import * as tough', 'function addCookiesToRequest'],
    ['  if (typeof maybeNodeFetchHeaders.raw', '}\nfunction fetchCookie('],
    [' ?? new tough.CookieJar()', ';'],
    ['    const originalInit', '    const requestUrl'],
    ['    if ((init.redirectCount', '  }\n  fetchCookieWrapper.toughCookie', '    return response;\n'],
    ['  fetchCookieWrapper.toughCookie', '  fetchCookieWrapper.cookieJar'],
    ['fetchCookie.toughCookie', 'export {'],
  ],
}

const WRITTEN_FOR: Readonly<Record<string, string>> = { ofetch: '1.5.1', 'fetch-cookie': '3.2.0' }

export const trim: Plugin = {
  name: 'trim',
  transform(code, id) {
    const [, name = ''] = /[\\/]node_modules[\\/]([\w-]+)[\\/]/.exec(id) ?? []
    const cuts = Object.hasOwn(CUTS, name) ? CUTS[name] : undefined
    if (!cuts) return null
    const { version } = JSON.parse(
      readFileSync(fileURLToPath(new URL(`node_modules/${name}/package.json`, import.meta.url)), 'utf8'),
    )
    if (version !== WRITTEN_FOR[name]) throw new Error(`rollup.config.ts: CUTS are not written for ${name} ${version}`)
    let trimmed = code
    for (const [from, to, put = ''] of cuts) {
      const start = trimmed.indexOf(from)
      const end = trimmed.indexOf(to, start)
      if (start < 0 || end < 0) throw new Error(`rollup.config.ts: ${id} looks different from before at '${from}'`)
      // As many lines as before, so that the source map stays true.
      const gone = trimmed.slice(start, end).split('\n').length - put.split('\n').length
      trimmed = trimmed.slice(0, start) + put + '\n'.repeat(gone) + trimmed.slice(end)
    }
    return { code: trimmed, map: null }
  },
}

/** @noble/hashes asks for WebCrypto when it loads, for random bytes that hashes do not need; Node then loads all of its crypto. */
const withoutCrypto: Plugin = {
  name: 'without-crypto',
  resolveId: (source) => (source === '@noble/hashes/crypto' ? '\0crypto' : null),
  load: (id) => (id === '\0crypto' ? 'export const crypto = undefined' : null),
}

const compile = [
  onlyCreateFetch,
  trim,
  withoutCrypto,
  nodeResolve({ browser: true, exportConditions: ['browser'] }),
  esbuild({ target: TARGET }),
]
/** Terser for the files that a page loads as they are; bundlers minify the others. */
const minify = terser({
  ecma: 2020,
  module: false,
  format: { comments: /^!/ },
  compress: { passes: 3, unsafe_arrows: true },
  mangle: { properties: false },
})

/** A UMD file inside a "type": "module" package needs a scope of its own, or `require` takes it for a module. */
const commonjsScope: Plugin = {
  name: 'commonjs-scope',
  writeBundle({ file = '' }) {
    const folder = file.slice(0, file.lastIndexOf('/'))
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${folder}/package.json`, '{ "type": "commonjs" }\n')
  },
}

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
/** Minified files travel without the package, so they carry the licences of what is in them. */
const banner = `/*! sessionfetch ${version} | MIT | with ofetch, MIT, (c) Pooya Parsa */`

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url))

/** What a sub-path imports of the main entry is `sessionfetch` when built, whichever build that is where it runs. */
const mainIsOutside: Plugin = {
  name: 'main-is-outside',
  resolveId: (id, importer) =>
    importer && resolve(dirname(importer), id) === source('index.ts') ? { id: 'sessionfetch', external: true } : null,
}

const javascript = (name: string): OutputOptions[] => [
  {
    file: `dist/${name}.js`,
    format: 'esm',
    sourcemap: true,
    inlineDynamicImports: true,
    // Where JSR and Deno find the types of a JavaScript file.
    banner: `/* @ts-self-types="./${name.split('/').at(-1)}.d.ts" */`,
  },
  // `import()` becomes `require`: Jest runs no `import()` in CommonJS.
  { file: `dist/${name}.cjs`, format: 'cjs', sourcemap: true, inlineDynamicImports: true, dynamicImportInCjs: false },
]
const types = (...files: string[]): OutputOptions[] => files.map((file) => ({ file: `dist/${file}`, format: 'esm' }))

function entry(input: string, name: string, plugins: Plugin[] = []): RollupOptions[] {
  return [
    { input, external: EXTERNAL, plugins: [plugins, compile], output: javascript(name) },
    { input, external: EXTERNAL, plugins: [plugins, dts()], output: types(`${name}.d.ts`, `${name}.d.cts`) },
  ]
}

function subPath(name: string): RollupOptions[] {
  const folder = source(`${name}/index.ts`)
  return entry(existsSync(folder) ? folder : source(`${name}.ts`), name, [mainIsOutside])
}

const config: RollupOptions[] = [
  ...entry('src/index.ts', 'index'),
  {
    input: 'src/index.browser.ts',
    plugins: compile,
    output: [
      ...javascript('index.browser'),
      { file: 'dist/umd/sessionfetch.cjs', format: 'umd', name: 'SessionFetch', sourcemap: true, plugins: [commonjsScope] },
      { file: 'dist/umd/sessionfetch.min.js', format: 'umd', name: 'SessionFetch', sourcemap: true, banner, plugins: [minify] },
    ],
  },
  {
    input: 'src/index.browser.ts',
    plugins: [dts()],
    output: types('index.browser.d.ts', 'index.browser.d.cts', 'umd/sessionfetch.d.cts'),
  },
  ...SUB_PATHS.flatMap(subPath),
  {
    input: 'src/trace/viewer/main.ts',
    plugins: [esbuild({ target: TARGET, minify: true }), viewerPage()],
    output: { dir: 'dist/trace', format: 'iife' },
  },
  {
    input: 'src/trace/bin/main.ts',
    external: /^node:/,
    plugins: [esbuild({ target: TARGET })],
    output: { file: 'dist/bin/sessionfetch.js', format: 'esm', banner: '#!/usr/bin/env node' },
  },
]

export default config

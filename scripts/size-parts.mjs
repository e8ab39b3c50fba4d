/**
 * Prints the sizes of the browser build, minified and brotlied: each source file's share of the whole; what each capability
 * costs; and how much a Vite app with `import { createSession } from 'sessionfetch'` gets.
 */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'
import { transform } from 'esbuild'
import { rollup } from 'rollup'
import { loadConfigFile } from 'rollup/loadConfigFile'
import { build } from 'vite'
import { withoutEach } from './size-capabilities.mjs'

/** The limit for the Vite app, in bytes; those for the built files stand in .size-limit.json. */
const MOST_IN_APP = 19_900
/** Of the file that a script tag loads; size-limit minifies it once more, by esbuild, which makes it larger. */
const MOST_OF_UMD = 21_130

if (process.argv.includes('--help')) {
  console.log(
    'npm run size:parts\nPrints what each source file weighs in the browser build, what each capability costs, and all of it in a Vite app (after npm run build).',
  )
  process.exit()
}
process.chdir(new URL('..', import.meta.url).pathname)
const { options } = await loadConfigFile(`${process.cwd()}/rollup.config.ts`, { configPlugin: 'esbuild', silent: true })
const browser = options.find(({ input }) => [input].flat().includes('src/index.browser.ts'))
const bundle = await rollup(browser)
const [{ code, modules }] = (await bundle.generate({ format: 'esm' })).output
const minified = async (text) => (await transform(text, { minify: true, target: 'es2022' })).code
const whole = await minified(code)
const brotli = brotliCompressSync(whole).length
const parts = await Promise.all(
  Object.entries(modules).map(async ([file, part]) => ({
    name: file.replace(/^.*\/(src|node_modules)\//, ''),
    bytes: part.code ? (await minified(part.code)).length : 0,
  })),
)
const sum = parts.reduce((total, { bytes }) => total + bytes, 0)
for (const { name, bytes } of parts.filter(({ bytes }) => bytes > 0).sort((one, other) => other.bytes - one.bytes)) {
  console.log(`${String(Math.round((bytes / sum) * brotli)).padStart(6)}  ${name}`)
}
console.log(`${String(brotli).padStart(6)}  bytes in all, minified and brotlied (${whole.length} minified)`)

const { whole: imported, rows } = await withoutEach(browser)
console.log('\nby capability: bytes that import { createSession } loses without it')
for (const { name, bytes } of rows) console.log(`${String(bytes).padStart(6)}  ${name}`)
console.log(`${String(imported).padStart(6)}  bytes in all of import { createSession } by esbuild`)

const APP = `${process.cwd()}/.tmp/vite-app`
rmSync(APP, { recursive: true, force: true })
mkdirSync(`${APP}/node_modules`, { recursive: true })
symlinkSync(process.cwd(), `${APP}/node_modules/sessionfetch`)
writeFileSync(
  `${APP}/main.js`,
  "import { createSession } from 'sessionfetch'\nglobalThis.session = createSession({ baseURL: '/api' })\n",
)
writeFileSync(`${APP}/index.html`, '<!doctype html><script type="module" src="/main.js"></script>')
const { output } = await build({ root: APP, logLevel: 'silent', build: { write: false, modulePreload: { polyfill: false } } })
const app = output.filter(({ type }) => type === 'chunk').map((chunk) => chunk.code)
const inApp = brotliCompressSync(app.join('')).length
console.log(`${String(inApp).padStart(6)}  bytes in a Vite app that imports createSession (at most ${MOST_IN_APP})`)
const ofUMD = brotliCompressSync(readFileSync('dist/umd/sessionfetch.min.js')).length
console.log(`${String(ofUMD).padStart(6)}  bytes of dist/umd/sessionfetch.min.js (at most ${MOST_OF_UMD})`)
if (inApp > MOST_IN_APP || ofUMD > MOST_OF_UMD) process.exitCode = 1

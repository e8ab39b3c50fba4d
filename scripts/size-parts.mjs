/** Where the kilobytes of the browser build are: each source file's share of the whole, minified and brotlied. */
import { brotliCompressSync } from 'node:zlib'
import { transform } from 'esbuild'
import { rollup } from 'rollup'
import { loadConfigFile } from 'rollup/loadConfigFile'

if (process.argv.includes('--help')) {
  console.log('node scripts/size-parts.mjs\nPrints what each source file weighs in the browser build.')
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

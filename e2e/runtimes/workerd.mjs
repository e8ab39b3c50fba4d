/** Runs a bundle as a worker: `node workerd.mjs FILE`. The bundle's specs start at the first request. */
import { readFileSync } from 'node:fs'
import { Miniflare } from 'miniflare'

const [file = ''] = process.argv.slice(2)
const worker = new Miniflare({
  // A list of modules: with `modules: true` miniflare refuses the import() by which undici would be loaded in Node.
  modules: [{ type: 'ESModule', path: 'worker.mjs', contents: readFileSync(file, 'utf8') }],
  compatibilityDate: '2026-04-01',
})
await worker.dispatchFetch('http://worker/')
await worker.dispose()

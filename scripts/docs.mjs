/** `npm run docs`: builds the site of docs/ into docs/.vitepress/dist. `npm run docs:dev` also serves it with the demo's API. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startSite } from './docs-server.mjs'

const HELP = `npm run docs [-- --serve [PORT]] [-- --help]
Builds the site of docs/ into docs/.vitepress/dist: the pages, an API reference from the sources, and the live demo.
--serve: serves it on 127.0.0.1 afterwards, with the API of the demo; port 5173 unless another is given.`

/** Files of dist/ that the demo loads, and their names there. */
const DEMO = { 'umd/sessionfetch.min.js': 'sessionfetch.min.js', 'trace.js': 'trace.js', 'trace/viewer.html': 'viewer.html' }

function run(command, args, cwd = '.') {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ended with ${status}`)
}

/** Builds the site, and the package too if it is not built. */
export function buildSite() {
  process.chdir(fileURLToPath(new URL('..', import.meta.url)))
  if (!Object.keys(DEMO).every((file) => existsSync(`dist/${file}`))) run('npm', ['run', 'build', '--silent'])
  if (!existsSync('docs/node_modules/vitepress')) run('npm', ['ci', '--no-audit', '--no-fund'], 'docs')
  mkdirSync('docs/public/demo', { recursive: true })
  for (const [from, to] of Object.entries(DEMO)) copyFileSync(`dist/${from}`, `docs/public/demo/${to}`)
  rmSync('docs/api', { recursive: true, force: true })
  run(process.execPath, ['node_modules/typedoc/bin/typedoc', '--options', 'typedoc.json'], 'docs')
  run(process.execPath, ['node_modules/vitepress/bin/vitepress.js', 'build'], 'docs')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2)
  if (args.includes('--help')) console.log(HELP)
  else {
    buildSite()
    if (args.includes('--serve')) {
      const { origin } = await startSite(Number(args[args.indexOf('--serve') + 1] ?? 5173))
      console.log(`the site with its demo: ${origin}/`)
    }
  }
}

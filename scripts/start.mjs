/** `npm start`: builds the package and runs the examples of requests' Session documentation on it. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const HELP = `npm start [-- http://host[:port]] [-- --no-build] [-- --help]
Builds the package and runs examples/requests-session.ts: against a small server of its own, or against the httpbin given.
--no-build takes dist/ as it is.`

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const args = process.argv.slice(2)
if (args.includes('--help')) {
  console.log(HELP)
  process.exit(0)
}

if (!args.includes('--no-build')) {
  console.log('building …')
  // By a shell: on Windows npm is a script of one.
  const built = spawnSync('npm run build --silent', { stdio: 'inherit', shell: true })
  if (built.status !== 0) process.exit(built.status ?? 1)
}

const outfile = '.tmp/requests-session.mjs'
await build({
  entryPoints: ['examples/requests-session.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['sessionfetch'],
})
process.exitCode =
  spawnSync(process.execPath, [outfile, ...args.filter((arg) => arg !== '--no-build')], { stdio: 'inherit' }).status ?? 1

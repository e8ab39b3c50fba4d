/** An application that has installed the packed package, as users do. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const FOLDER = '.tmp/matrix'
const npm = (cwd, ...args) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

/** Packs what is in dist/, and gives the path of the file. */
export function packPackage() {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  const packed = npm('.', 'pack', '--silent', '--ignore-scripts', '--pack-destination', FOLDER).trim().split('\n').at(-1)
  return resolve(FOLDER, packed)
}

/** A folder under .tmp/matrix with the tarball and other packages installed. */
export function installApp(name, tarball, packages = []) {
  const folder = resolve(FOLDER, name)
  mkdirSync(folder, { recursive: true })
  const manifest = join(folder, 'package.json')
  writeFileSync(manifest, '{ "private": true, "type": "module" }')
  npm(folder, 'install', '--no-audit', '--no-fund', '--silent', '--save-exact', tarball, ...packages)
  // By its version: Deno does not take npm's `file:`.
  const app = JSON.parse(readFileSync(manifest, 'utf8'))
  const { version } = JSON.parse(readFileSync(join(folder, 'node_modules/sessionfetch/package.json'), 'utf8'))
  app.dependencies.sessionfetch = version
  writeFileSync(manifest, JSON.stringify(app))
  return folder
}

/** Installs a folder that has a lockfile of its own, unless it is as its lockfile says. */
export function ensureInstalled(folder, say = console.log) {
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  const mark = join(folder, 'node_modules/.installed-from')
  try {
    if (readFileSync(mark, 'utf8') === lock) return
  } catch {}
  say(`installing ${folder} …`)
  npm(folder, 'ci', '--no-audit', '--no-fund', '--silent')
  writeFileSync(mark, lock)
}

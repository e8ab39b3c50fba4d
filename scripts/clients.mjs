/** The clients of e2e/clients, which has a package.json of its own: most who work on the package never need them. */
import { execFileSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const FOLDER = fileURLToPath(new URL('../e2e/clients/', import.meta.url))

/** Installs what the lockfile says, if it is not there or older than the lockfile. */
export function ensureClients(say = console.log) {
  const installed = `${FOLDER}node_modules/.package-lock.json`
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${FOLDER}package-lock.json`).mtimeMs) return
  say('installing the clients of e2e/clients …')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: FOLDER, stdio: 'inherit', timeout: 300_000 })
}

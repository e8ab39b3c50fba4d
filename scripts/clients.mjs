/** Installs the clients of e2e/clients. They have a package.json of their own, since only one test needs them. */
import { execFileSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of the clients. */
export const FOLDER = fileURLToPath(new URL('../e2e/clients/', import.meta.url))

/** Installs what the lockfile says, unless it is installed already. */
export function ensureClients(say = console.log) {
  const installed = `${FOLDER}node_modules/.package-lock.json`
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${FOLDER}package-lock.json`).mtimeMs) return
  say('installing the clients of e2e/clients …')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: FOLDER, stdio: 'inherit', timeout: 300_000 })
}

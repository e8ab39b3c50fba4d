/** examples/stay-logged-in.ts against Django's admin: it logs in, is killed, and goes on logged in. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort, type Running, startProgram } from '../processes.ts'

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const SCRIPT = path('.tmp/stay-logged-in.mjs')
const PASSWORD = 'a-long-enough-password-1815'
const folder = mkdtempSync(join(tmpdir(), 'sessionfetch-stay-'))
let django: Running
let origin: string

beforeAll(async () => {
  const entryPoints = [path('examples/stay-logged-in.ts')]
  await build({
    entryPoints,
    outfile: SCRIPT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
  })
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  const env = { ...process.env, DJANGO_SUPERUSER_PASSWORD: PASSWORD }
  const python = (...args: string[]) => execFileSync('/usr/bin/python3', args, { cwd: folder, env, stdio: 'pipe' })
  python('-m', 'django', 'startproject', 'site1', '.')
  python('manage.py', 'migrate', '-v', '0')
  python('manage.py', 'createsuperuser', '--noinput', '--username', 'ada', '--email', 'ada@example.com')
  const args = ['manage.py', 'runserver', '--noreload', `127.0.0.1:${port}`]
  django = await startProgram(port, '/usr/bin/python3', args, { cwd: folder })
})
afterAll(async () => {
  await django?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs it until it has said welcome, and ends it. */
async function runUntilWelcome(file: string, signal: NodeJS.Signals, key?: string): Promise<string[]> {
  const env = { ...process.env, PASSWORD, ...(key ? { JAR_KEY: key } : {}) }
  const child = spawn(process.execPath, [SCRIPT, origin, file], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  for await (const data of child.stdout) {
    out += data
    if (out.includes('welcome')) child.kill(signal)
  }
  return out.trim().split('\n')
}

test.each([undefined, 'a passphrase'])('logs in once, whatever ends it (key: %s)', async (key) => {
  const file = join(folder, `jar-${key ? 'sealed' : 'plain'}.json`)
  expect(await runUntilWelcome(file, 'SIGKILL', key)).toEqual(['logged in', 'welcome, ada'])
  expect(await runUntilWelcome(file, 'SIGKILL', key)).toEqual(['still logged in', 'welcome, ada'])
  expect(await runUntilWelcome(file, 'SIGINT', key)).toEqual(['still logged in', 'welcome, ada'])
  expect(/sessionid/.test(readFileSync(file, 'utf8'))).toBe(key === undefined)
})

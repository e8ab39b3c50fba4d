/** The folder of the small applications: copies of e2e/packages/apps, beside the tools, with the packed package installed. */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { transformSync } from 'esbuild'

export const TOOLS = resolve('e2e/packages')
const APPS = join(TOOLS, '.tmp')
const LIMIT_MS = 300_000

/** A module of e2e/packages, and the version of a package there. */
export const tool = createRequire(join(TOOLS, 'package.json'))
export const versionOf = (name) => JSON.parse(readFileSync(join(TOOLS, 'node_modules', name, 'package.json'), 'utf8')).version

/** Puts the tarball where the applications find it, and gives their folder. */
export function prepareApps(tarball) {
  const installed = join(TOOLS, 'node_modules/sessionfetch')
  for (const folder of [installed, APPS]) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
  }
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])
  cpSync(join(TOOLS, 'apps'), APPS, { recursive: true })
  for (const name of ['job', 'sub-paths']) {
    const source = readFileSync(join(APPS, `${name}.mjs`), 'utf8')
    writeFileSync(join(APPS, `${name}.cjs`), transformSync(source, { format: 'cjs' }).code)
    for (const framework of ['next', 'nitro', 'nuxt']) writeFileSync(join(APPS, framework, `${name}.mjs`), source)
  }
  return APPS
}

/** Runs a program to its end, and gives what it printed. Throws with the end of its output if it fails. */
export function runTool(command, args, { cwd = APPS, env = {} } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
    child.on('error', fail)
    child.on('close', (code) => {
      clearTimeout(timer)
      if (code === 0) return done(output.trim())
      fail(new Error(`${[command.split('/').at(-1), ...args].join(' ')} ended with ${code}: ${output.trim().slice(-600)}`))
    })
  })
}

/** A command of e2e/packages. */
export const runBin = (name, args, options) => runTool(join(TOOLS, 'node_modules/.bin', name), args, options)

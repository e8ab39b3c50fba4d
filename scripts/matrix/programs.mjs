/** The runtimes that run a file: Node, Bun and Deno, and workerd by miniflare. Those of the versions in e2e/runtimes. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bundleSpecs, SPECS } from './bundle.mjs'

const MODULES = resolve('e2e/runtimes/node_modules')
const versionOf = (name) => JSON.parse(readFileSync(join(MODULES, name, 'package.json'), 'utf8')).version

/** Where a row of Node's requests go, and the file that stands in the package's place for it. */
const TRANSPORTS = {
  "the platform's connections": undefined,
  "the platform's fetch": 'e2e/fetched.ts',
  'own connections': 'e2e/pooled.ts',
}

export const NODES = ['20', '22', '24', '26'].map((major) => ({
  name: `Node ${major}`,
  version: () => versionOf(`node-${major}`),
  command: [join(MODULES, `node-${major}/bin/node`)],
}))

export const DENO = { version: () => versionOf('deno'), command: join(MODULES, 'deno/deno') }

const OTHERS = [
  {
    name: 'Bun',
    version: () => versionOf('bun'),
    command: [join(MODULES, 'bun/bin/bun.exe'), 'run'],
  },
  {
    name: 'Deno',
    version: DENO.version,
    command: [DENO.command, 'run', '--allow-all', '--node-modules-dir=manual'],
  },
]

/** The programs that run a file as it is. */
export const PLAIN = [...NODES, ...OTHERS]

export const PROGRAMS = [
  ...NODES.flatMap((node) =>
    Object.entries(TRANSPORTS).map(([transport, wrapper]) => ({ ...node, name: `${node.name}, ${transport}`, wrapper })),
  ),
  ...OTHERS,
  {
    name: 'workerd, by miniflare',
    version: () => versionOf('workerd'),
    command: [join(MODULES, 'node-22/bin/node'), resolve('e2e/runtimes/workerd.mjs')],
    bundle: { specs: SPECS.shared, start: 'request', conditions: ['workerd', 'worker', 'import'] },
  },
]

/** Runs the shared spec in one of them, on the package that is installed in `app`. */
export async function runProgram({ command, wrapper, bundle, version }, { app, provided, collector, id }) {
  const outfile = join(app, `${id}.mjs`)
  const path = `/report/${id}`
  const config = { provided, report: collector.origin + path }
  await bundleSpecs({ specs: SPECS.files, outfile, config, wrapper, ...(bundle ? { packageFrom: app, ...bundle } : {}) })
  const [program, ...args] = command
  const child = spawn(program, [...args, outfile], { cwd: app, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output = (output + text).slice(-3000)))
  const ended = new Promise((end) => {
    child.on('error', (error) => end(error.message))
    child.on('close', (code) => end(`ended by itself with ${code}: ${output.trim()}`))
  })
  const result = await collector.collect(path, ended)
  child.kill('SIGKILL')
  return { ...result, version: version() }
}

/** Frameworks that render on a server: built, started, and asked from outside. */
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { textsInChromium } from './browsers.mjs'
import { NODES } from './programs.mjs'
import { runBin, runTool, TOOLS, versionOf } from './workspace.mjs'

async function runNext(_, { apps, origin }) {
  const cwd = join(apps, 'next')
  const env = { APP_ORIGIN: origin, NEXT_TELEMETRY_DISABLED: '1' }
  await runBin('next', ['build'], { cwd, env })
  const port = await freePort()
  const start = [join(TOOLS, 'node_modules/next/dist/bin/next'), 'start', '-p', String(port)]
  return whileRunning(start, { cwd, env }, `http://localhost:${port}`, async (url) => {
    const response = await fetch(`${url}/api/cart`, { headers: { cookie: 'sid=7; other=1' } })
    const { build, cookie, patched, route } = await response.json()
    if (cookie !== 'sid=7') throw new Error(`the route handler sent the cookies ${cookie} of its visitor`)
    // Next.js caches and counts in a fetch of its own, which must see each request.
    if (!patched || route !== 'fetch') throw new Error(`fetch is ${patched ? '' : 'not '}patched, and requests go over ${route}`)
    const texts = await textsInChromium(url, { server: '#server', client: '#client' })
    const found = `route handler ${build}, server component ${texts.server}, client component ${texts.client}`
    if (found !== 'route handler main, server component main, client component browser') throw new Error(found)
    return { result: found }
  })
}

async function runNitro(_, { apps, origin }) {
  const cwd = join(apps, 'nitro')
  await runBin('nitropack', ['build'], { cwd })
  const port = await freePort()
  const env = { APP_ORIGIN: origin, PORT: String(port), HOST: '127.0.0.1' }
  return whileRunning([join(cwd, '.output/server/index.mjs')], { cwd, env }, `http://127.0.0.1:${port}`, async (url) => {
    const { build } = await (await fetch(`${url}/cart`)).json()
    if (build !== 'main') throw new Error(`its server got the ${build} build`)
    return { result: 'main build' }
  })
}

/** Nuxt 4.5 needs Node 22 at least, to build and to run. */
async function runNuxt(_, { apps, origin }) {
  const cwd = join(apps, 'nuxt')
  const [node] = NODES.find(({ name }) => name === 'Node 22').command
  await runTool(node, [join(TOOLS, 'node_modules/nuxt/bin/nuxt.mjs'), 'build'], { cwd, env: { NUXT_TELEMETRY_DISABLED: '1' } })
  const port = await freePort()
  const env = { NUXT_PUBLIC_ORIGIN: origin, PORT: String(port), HOST: 'localhost' }
  const start = [join(cwd, '.output/server/index.mjs')]
  return whileRunning(start, { cwd, env, node }, `http://localhost:${port}`, async (url) => {
    const response = await fetch(`${url}/api/cart`, { headers: { cookie: 'sid=7; other=1' } })
    const { build, cookie } = await response.json()
    const cookies = `${cookie} to the API, ${response.headers.getSetCookie()} to the visitor`
    if (cookies !== 'sid=7 to the API, seen=1; Path=/ to the visitor') throw new Error(`the server route gave ${cookies}`)
    const texts = await textsInChromium(url, { server: '#server', client: '#client', route: '#route' })
    if (texts.route !== 'sid=8 seen=1') throw new Error(`a page that asks its server's route got ${texts.route}`)
    const found = `server route ${build}, page on the server ${texts.server}, page in the browser ${texts.client}`
    if (found !== 'server route main, page on the server main, page in the browser browser') throw new Error(found)
    return { result: found }
  })
}

async function whileRunning(args, { cwd, env, node = process.execPath }, url, work) {
  const child = spawn(node, args, { cwd, env: { ...process.env, ...env }, stdio: 'ignore' })
  try {
    await answers(url)
    return await work(url)
  } finally {
    child.kill('SIGTERM')
  }
}

async function answers(url) {
  for (let tries = 0; ; tries++) {
    try {
      await (await fetch(url)).arrayBuffer()
      return
    } catch (error) {
      if (tries > 300) throw error
      await sleep(200)
    }
  }
}

async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

export const FRAMEWORKS = [
  { name: 'Next.js', version: () => versionOf('next'), run: runNext },
  { name: 'Nuxt', version: () => versionOf('nuxt'), run: runNuxt },
  { name: 'Nitro', version: () => versionOf('nitropack'), run: runNitro },
]

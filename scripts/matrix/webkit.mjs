/** WebKit by plain WebDriver: Debian's MiniBrowser on a screen that nobody sees. */
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const MINI_BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'

/** Starts it: `{ version, open(url), close() }`. */
export async function startWebKit() {
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const display = String(await new Promise((resolve) => screen.stdio[3].once('data', resolve))).trim()
  const port = await freePort()
  const driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: `:${display}` },
  })
  const command = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    })
    const { value } = await response.json()
    if (!response.ok) throw new Error(`WebKitWebDriver: ${value.error}: ${value.message}`)
    return value
  }
  await waitFor(() => command('GET', '/status'))
  const options = { binary: MINI_BROWSER, args: ['--automation'] }
  const request = { browserName: 'MiniBrowser', acceptInsecureCerts: true, 'webkitgtk:browserOptions': options }
  const begin = () => command('POST', '/session', { capabilities: { alwaysMatch: request } })
  let session = await begin()
  let isUsed = false
  const end = () => command('DELETE', `/session/${session.sessionId}`)
  return {
    version: session.capabilities.browserVersion,
    /** In a session of its own, without cookies of the page before. */
    async open(url) {
      if (isUsed) {
        await end()
        session = await begin()
      }
      isUsed = true
      await command('POST', `/session/${session.sessionId}/url`, { url })
    },
    async close() {
      await end().catch(() => undefined)
      driver.kill()
      screen.kill()
    },
  }
}

async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function waitFor(attempt) {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (tries > 200) throw error
      await sleep(100)
    }
  }
}

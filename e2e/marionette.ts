/**
 * Firefox by Marionette, its own remote protocol: WebDriver's commands, and scripts with the rights of the browser itself, such
 * as its developer tools need. https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where Debian puts it. */
export const FIREFOX = '/usr/bin/firefox-esr'

export interface Firefox {
  /** Runs the body of an async function in the browser's own window; its one argument is `argument`. */
  run(body: string, argument: unknown): Promise<unknown>
  close(): Promise<void>
}

type Reply = readonly [type: number, id: number, error: { readonly message: string } | null, result: { readonly value?: unknown }]

export async function startFirefox(): Promise<Firefox> {
  const profile = mkdtempSync(join(tmpdir(), 'firefox-'))
  const port = await freePort()
  writeFileSync(join(profile, 'user.js'), `user_pref("marionette.port", ${port});\n`)
  const args = ['--headless', '--marionette', '--remote-allow-system-access', '--no-remote', '--profile', profile]
  const process = spawn(FIREFOX, args, { stdio: 'ignore' })
  const socket = await whenListening(port, process)
  const send = commands(socket)
  await send('WebDriver:NewSession', {})
  await send('Marionette:SetContext', { value: 'chrome' })
  await send('WebDriver:SetTimeouts', { script: 60_000 })
  return {
    async run(body, argument) {
      const script = `const [argument, done] = arguments
        ;(async () => { ${body} })().then((value) => done({ value }), (error) => done({ error: String(error) }))`
      const { value } = await send('WebDriver:ExecuteAsyncScript', { script, args: [argument] })
      const { value: result, error } = value as { value?: unknown; error?: string }
      if (error !== undefined) throw new Error(error)
      return result
    },
    async close() {
      const gone = new Promise((resolve) => process.once('exit', resolve))
      socket.destroy()
      process.kill('SIGKILL')
      await gone
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

async function whenListening(port: number, process: ChildProcess): Promise<Socket> {
  while (process.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>((resolve) =>
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false)),
    )
    if (isOpen) return socket
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`firefox-esr ended with ${process.exitCode}`)
}

/** A message is its length, a colon and JSON; the first one, Firefox's greeting, is no reply. */
function commands(socket: Socket) {
  const waiting = new Map<number, (reply: Reply) => void>()
  let bytes = Buffer.alloc(0)
  let count = 0
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk])
    for (let end = bytes.indexOf(':'); end > 0; end = bytes.indexOf(':')) {
      const stop = end + 1 + Number(bytes.subarray(0, end))
      if (bytes.length < stop) return
      const message = JSON.parse(String(bytes.subarray(end + 1, stop))) as Reply
      bytes = bytes.subarray(stop)
      if (Array.isArray(message)) waiting.get(message[1])?.(message)
    }
  })
  return async (name: string, parameters: object) => {
    count += 1
    const id = count
    const text = JSON.stringify([0, id, name, parameters])
    socket.write(`${Buffer.byteLength(text)}:${text}`)
    const [, , error, result] = await new Promise<Reply>((resolve) => waiting.set(id, resolve))
    if (error) throw new Error(error.message)
    return result
  }
}

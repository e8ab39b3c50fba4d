/** One process of the fileStore tests: does what its first argument says with the file of its second. */
import { readdirSync, readlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { createSession } from 'sessionfetch'
import { fileStore } from 'sessionfetch/stores'

const [, , what, path, name = 'a'] = process.argv
const store = fileStore(path)
const session = createSession({ baseURL: 'https://shop.example', jar: store })
const say = (text) => writeSync(1, `${text}\n`)
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** The path of an open file; `''` for the folder that was opened to list them, which is closed by then. */
function linkOf(path) {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

const actions = {
  /** 1,000 sets, 20 on each of 50 hosts: a domain has room for 180 cookies. */
  async sets() {
    for (let n = 0; n < 1000; n++) await session.cookies.set(`${name}${n}`, '1', { url: `https://h${n % 50}.example` })
    await session.close()
  },
  /** Sets without an end, and says after each flush what is confirmed. */
  async forever() {
    for (let n = 0; ; n++) {
      await session.cookies.set(`${name}${n}`, '1', { url: `https://h${n % 50}.example` })
      await store.flush()
      say(n)
    }
  },
  async end() {
    await session.cookies.set(name, '1')
    process.exitCode = 4
  },
  async exit() {
    await session.cookies.set(name, '1')
    process.exit(3)
  },
  async exitInSave() {
    await session.cookies.set('first', '1')
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    await session.cookies.set(name, '1')
    process.exit(3)
  },
  async throw() {
    await session.cookies.set(name, '1')
    queueMicrotask(() => {
      throw new Error('mine')
    })
  },
  async reject() {
    await session.cookies.set(name, '1')
    Promise.reject(new Error('mine'))
  },
  /** Waits to be ended from outside. */
  async wait() {
    await session.cookies.set('first', '1')
    await store.flush()
    await session.cookies.set(name, '1')
    say('ready')
    // Blocks: the signal is there before the save can begin.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
    await wait(60_000)
  },
  async listens() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, async () => {
        await wait(50)
        await session.cookies.set('late', '1')
        process.exit(7)
      })
    }
    await actions.wait()
  },
  /** Two stores of one file, and one of another, in one process. */
  async several() {
    const more = [fileStore(path), fileStore(`${path}.other`)].map((jar) =>
      createSession({ baseURL: 'https://shop.example', jar }),
    )
    await session.cookies.set(name, '1')
    for (const [index, one] of more.entries()) await one.cookies.set(`more${index}`, '1')
    process.exit(0)
  },
  /** Says what would keep the process alive after a save. */
  async idle() {
    await session.cookies.set(name, '1')
    await store.flush()
    await new Promise(setImmediate)
    const kinds = process.getActiveResourcesInfo().filter((kind) => !/^(PipeWrap|TTYWrap|CloseReq)$/.test(kind))
    const open = readdirSync('/proc/self/fd')
      .map((file) => linkOf(`/proc/self/fd/${file}`))
      .filter((to) => to.startsWith(dirname(path)))
    say(JSON.stringify([...kinds, ...open]))
  },
  async secret() {
    await session.cookies.set(name, 'hush-hush')
    process.exit(0)
  },
}

await actions[what]()

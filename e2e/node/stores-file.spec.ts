/** fileStore with real processes: many at one file, killed, ended in every way, on full and read-only disks. */
import { execFileSync, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSession } from 'sessionfetch'
import { fileStore, StoreError } from 'sessionfetch/stores'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const CHILD = fileURLToPath(new URL('stores/file-child.mjs', import.meta.url))
/** 200 kills take about a minute. */
const KILLS = process.env.NIGHTLY ? 200 : 30
const folder = fs.mkdtempSync(join(tmpdir(), 'sessionfetch-stores-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
let count = 0
const newPath = () => join(fs.mkdtempSync(join(folder, 'f-')), `jar-${++count}.json`)

interface Ended {
  readonly status: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

function start(what: string, path: string, name = 'a') {
  const child = spawn(process.execPath, [CHILD, what, path, name], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stderr.on('data', (data) => {
    err += data
  })
  const said = new Promise<void>((resolve) => {
    child.stdout.on('data', (data) => {
      out += data
      resolve()
    })
  })
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status, signal) => resolve({ status, signal, out, err }))
  })
  return { child, said, ended }
}
const runChild = (what: string, path: string, name?: string) => start(what, path, name).ended

const namesIn = (path: string) => (fileStore(path).read() ?? []).map(({ data }) => JSON.parse(data).key as string)
const remains = (path: string) => fs.readdirSync(join(path, '..')).sort()

async function set(path: string, name: string): Promise<void> {
  const session = createSession({ baseURL: 'https://shop.example', jar: fileStore(path) })
  await session.cookies.set(name, '1')
  await session.close()
}
async function failure(work: Promise<unknown>): Promise<StoreError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof StoreError) return error
  throw new Error(`expected a StoreError, and not ${String(error)}`)
}

describe('several processes', () => {
  test('2 × 1,000 sets on one file: none is lost', async () => {
    const path = newPath()
    const ended = await Promise.all(['a', 'b'].map((name) => runChild('sets', path, name)))
    expect(ended).toEqual([expect.objectContaining({ status: 0, err: '' }), expect.objectContaining({ status: 0, err: '' })])
    expect(namesIn(path)).toHaveLength(2000)
    expect([remains(path), fs.statSync(path).mode & 0o777]).toEqual([[path.split('/').at(-1)], 0o600])
  })

  test(`kill -9 at ${KILLS} random moments: the file loads, and what was confirmed is there`, { timeout: 600_000 }, async () => {
    const lost: string[] = []
    async function killMany(lane: string, times: number) {
      const path = newPath()
      const wanted = new Set<string>()
      for (let round = 0; round < times; round++) {
        const { child, said, ended } = start('forever', path, `${lane}${round}-`)
        await said
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 25))
        child.kill('SIGKILL')
        const confirmed = (await ended).out.trim().split('\n').length
        for (let n = 0; n < confirmed; n++) wanted.add(`${lane}${round}-${n}`)
        // Of a domain that is full the oldest go; each round has its own.
        const names = new Set(namesIn(path))
        for (const name of wanted) if (!names.has(name)) lost.push(name)
        wanted.clear()
      }
      await set(path, 'last')
      expect(remains(path)).toEqual([path.split('/').at(-1)])
    }
    await Promise.all([killMany('x', KILLS / 2), killMany('y', KILLS / 2)])
    expect(lost).toEqual([])
  })
})

const ENDS: readonly [what: string, signal: NodeJS.Signals | undefined, status: number | null, names: readonly string[]][] = [
  ['end', undefined, 4, ['a']],
  ['exit', undefined, 3, ['a']],
  ['exitInSave', undefined, 3, ['first', 'a']],
  ['throw', undefined, 1, ['a']],
  ['reject', undefined, 1, ['a']],
  ['wait', 'SIGINT', null, ['first', 'a']],
  ['wait', 'SIGTERM', null, ['first', 'a']],
  ['wait', 'SIGHUP', null, ['first', 'a']],
  ['listens', 'SIGINT', 7, ['first', 'a', 'late']],
  ['listens', 'SIGTERM', 7, ['first', 'a', 'late']],
  ['listens', 'SIGHUP', 7, ['first', 'a', 'late']],
]

describe('the end of a process', () => {
  test.each(ENDS)('%s %s: saved, and the exit status is %s or the signal', async (what, signal, status, names) => {
    const path = newPath()
    const { child, said, ended } = start(what, path)
    if (signal) {
      await said
      child.kill(signal)
    }
    const end = await ended
    expect([end.status, end.signal]).toEqual([status, status === null ? signal : null])
    expect(end.err.includes('sessionfetch')).toBe(false)
    expect(namesIn(path)).toEqual(names)
    expect(remains(path)).toEqual([path.split('/').at(-1)])
  })

  test('several stores are all saved, also two of one file', async () => {
    const path = newPath()
    expect(await runChild('several', path)).toMatchObject({ status: 0, err: '' })
    expect([namesIn(path).sort(), namesIn(`${path}.other`)]).toEqual([['a', 'more0'], ['more1']])
  })

  test('nothing keeps the process alive', async () => {
    const end = await runChild('idle', newPath())
    expect(end).toMatchObject({ status: 0, err: '', out: '[]\n' })
  })

  test('a save that fails is a warning without a value, and the status stays', async () => {
    const path = newPath()
    fs.writeFileSync(path, '')
    lockBy(path, { pid: process.pid, start: startOf(process.pid) })
    const began = Date.now()
    const end = await runChild('secret', path)
    expect(end.status).toBe(0)
    expect(end.err).toMatch(/Warning: sessionfetch: cookies are not saved: .*\.lock: held by process \d+ of host /)
    expect(end.err).not.toContain('hush')
    expect(Date.now() - began).toBeGreaterThan(1900)
  })
})

function startOf(pid: number): string {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return `${ticks}@${fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8)}`
}

function lockBy(path: string, holder: object): void {
  const whole = { host: hostname(), pid: 999_999_999, start: '1@00000000', id: '0123456789abcdef', ...holder }
  fs.writeFileSync(`${path}.lock`, JSON.stringify(whole))
}

describe('a lock', () => {
  test.each([
    ['a process that is no more', {}],
    ["one's own pid of an earlier life", { pid: process.pid }],
    ['a process whose pid another one has now', { pid: process.ppid }],
  ])('of %s is taken over at once', async (_, holder) => {
    const path = newPath()
    lockBy(path, holder)
    // Of a live process it would be `locked`, after 5 s.
    await set(path, 'a')
    expect(remains(path)).toEqual([path.split('/').at(-1)])
  })

  test.each(['', 'nonsense', '{"host":"elsewhere.example","pid":1,"start":"1","id":"x"}'])(
    'of another host, or without a name (%j), is taken over after 10 s without a sign of life',
    async (text) => {
      const path = newPath()
      fs.writeFileSync(`${path}.lock`, text)
      const old = new Date(Date.now() - 9500)
      fs.utimesSync(`${path}.lock`, old, old)
      await set(path, 'a')
      expect(Date.now() - old.getTime()).toBeGreaterThan(9900)
      expect(remains(path)).toEqual([path.split('/').at(-1)])
    },
  )

  test('locked: a live process of this host holds it for more than 5 s', async () => {
    const path = newPath()
    await set(path, 'a')
    const before = fs.readFileSync(path)
    lockBy(path, { pid: process.pid, start: startOf(process.pid) })
    const began = Date.now()
    const error = await failure(set(path, 'b'))
    expect([error.code, Date.now() - began > 5000]).toEqual(['locked', true])
    expect(error.message).toContain(`process ${process.pid}`)
    expect(fs.readFileSync(path).equals(before)).toBe(true)
    fs.rmSync(`${path}.lock`)
  })

  test('locked: another host that gives signs of life', async () => {
    const path = newPath()
    const touch = () => lockBy(path, { host: 'elsewhere.example' })
    touch()
    const signs = setInterval(touch, 1000)
    const error = await failure(set(path, 'a'))
    clearInterval(signs)
    expect([error.code, fs.existsSync(path)]).toEqual(['locked', false])
    fs.rmSync(`${path}.lock`)
  })

  test('a request does not wait for it', async () => {
    const path = newPath()
    lockBy(path, { pid: process.pid, start: startOf(process.pid) })
    const session = createSession({
      baseURL: 'https://shop.example',
      jar: fileStore(path),
      fetch: async () => new Response('1', { headers: { 'set-cookie': 'a=1' } }),
    })
    const began = Date.now()
    await session.get('/')
    await session.get('/')
    // A save waits for 5 s.
    expect(Date.now() - began).toBeLessThan(4500)
    fs.rmSync(`${path}.lock`)
    await session.close()
    expect(namesIn(path)).toEqual(['a'])
  })
})

/** A disk of its own of 64 kB, where one may be mounted. */
function mountDisk(): { at: string; unmount(): void } | undefined {
  const at = fs.mkdtempSync(join(folder, 'disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at], { stdio: 'pipe' })
  } catch (error) {
    console.log(`not tested: no tmpfs can be mounted here (${String(error).split('\n')[0]})`)
    return undefined
  }
  return { at, unmount: () => execFileSync('umount', [at], { stdio: 'pipe' }) }
}

describe('a disk of its own', () => {
  let disk: ReturnType<typeof mountDisk>
  beforeAll(() => {
    disk = mountDisk()
  })
  afterAll(() => disk?.unmount())

  test('full: unwritable, the file as it was, and saved when there is room', async (context) => {
    if (!disk) return context.skip('a disk of its own can only be mounted as root')
    const path = join(disk.at, 'jar.json')
    const filler = join(disk.at, 'filler')
    await set(path, 'a')
    const before = fs.readFileSync(path)
    const session = createSession({ baseURL: 'https://shop.example', jar: fileStore(path) })
    await session.cookies.getAll()
    expect(() => fs.writeFileSync(filler, Buffer.alloc(100_000))).toThrow(/ENOSPC/)
    await session.cookies.set('b', 'x'.repeat(3000))
    const error = await failure(session.close())
    expect([error.code, error.message]).toEqual(['unwritable', `${path}: the disk is full: make room`])
    expect((error.cause as { code?: string }).code).toBe('ENOSPC')
    expect([fs.readFileSync(path).equals(before), fs.readdirSync(disk.at).sort()]).toEqual([true, ['filler', 'jar.json']])
    fs.rmSync(filler)
    await set(path, 'c')
    expect(namesIn(path)).toEqual(['a', 'c'])
  })

  test('read-only: unwritable, the file as it was', async (context) => {
    if (!disk) return context.skip('a disk of its own can only be mounted as root')
    const path = join(disk.at, 'jar.json')
    await set(path, 'a')
    const before = fs.readFileSync(path)
    execFileSync('mount', ['-o', 'remount,ro', disk.at])
    const error = await failure(set(path, 'b'))
    expect([error.code, fs.readFileSync(path).equals(before)]).toEqual(['unwritable', true])
    expect(error.message).toBe(`${path}: the file system is read-only: give a path elsewhere`)
    const elsewhere = await failure(set(join(disk.at, 'new', 'jar.json'), 'b'))
    expect(elsewhere.code).toBe('unwritable')
    execFileSync('mount', ['-o', 'remount,rw', disk.at])
  })
})

describe('a session', () => {
  test.each([
    ['damaged', '{"cookies":['],
    ['foreign', '{"name":"somebody"}'],
    ['newer', '{"sessionfetch":9,"cookies":[]}'],
  ])('over a file that is %s sends nothing, and leaves the file as it was, also on exit', async (code, text) => {
    const path = newPath()
    fs.writeFileSync(path, text, { mode: 0o644 })
    let sent = 0
    const fetch = async () => {
      sent++
      return new Response('1')
    }
    const session = createSession({ baseURL: 'https://shop.example', jar: fileStore(path), fetch })
    expect((await failure(session.fetch('/'))).code).toBe(code)
    const wrapped = await session.get('/').catch((error: unknown) => error as Error)
    expect((wrapped as Error).cause).toMatchObject({ name: 'StoreError', code })
    expect((await runChild('exit', path)).status).toBe(1)
    expect([sent, fs.readFileSync(path, 'utf8'), fs.statSync(path).mode & 0o777]).toEqual([0, text, 0o644])
  })

  test('over a folder is unwritable', async () => {
    expect((await failure(set(folder, 'a'))).code).toBe('unwritable')
  })
})

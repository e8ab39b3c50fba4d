import * as fs from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { newHolder } from '../../src/stores/holder.ts'
import { takeLock } from '../../src/stores/lock.ts'
import { Job, runSync } from '../../src/stores/steps.ts'

const folder = fs.mkdtempSync(join(tmpdir(), 'sessionfetch-lock-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
let count = 0
const newPath = () => join(fs.mkdtempSync(join(folder, 'l-')), `${++count}.lock`)

const AT_ONCE = { holder: 0, total: 0 }
const take = (path: string) => runSync(takeLock(path, AT_ONCE))
const put = (path: string, holder: object) => fs.writeFileSync(path, JSON.stringify({ ...newHolder(), ...holder }))
const remains = (path: string) => fs.readdirSync(join(path, '..'))
const DEAD = { pid: 999_999_999 }

describe('takeLock()', () => {
  test('writes down host, pid, start of the process and a random id, and releases', () => {
    const path = newPath()
    const lock = take(path)
    const holder = JSON.parse(fs.readFileSync(path, 'utf8'))
    expect(holder).toEqual({ host: hostname(), pid: process.pid, start: newHolder().start, id: lock.id })
    expect(remains(path)).toHaveLength(1)
    expect(lock.isHeld()).toBe(true)
    lock.release()
    expect([lock.isHeld(), remains(path)]).toEqual([false, []])
  })

  test('refuses one that this process holds, and says who', () => {
    const path = newPath()
    const lock = take(path)
    expect(() => take(path)).toThrow(
      expect.objectContaining({ code: 'locked', message: expect.stringContaining(`process ${process.pid} of host`) }),
    )
    lock.release()
    take(path).release()
  })

  test.each([
    ['a dead process', DEAD],
    ["one's own pid of an earlier life", { start: 'earlier' }],
    ['a pid that another process has now', { pid: process.ppid, start: 'earlier' }],
  ])('takes over from %s at once', (_, holder) => {
    const path = newPath()
    put(path, holder)
    take(path).release()
    expect(remains(path)).toEqual([])
  })

  test('does not take over while somebody else does, unless that one is dead too', () => {
    const path = newPath()
    put(path, { ...DEAD, id: 'abcd' })
    put(`${path}.abcd`, {})
    expect(() => take(path)).toThrow(expect.objectContaining({ code: 'locked' }))
    put(`${path}.abcd`, { ...DEAD, id: 'ef01' })
    const lock = take(path)
    lock.release()
    expect(remains(path)).toEqual([])
  })

  test('does not release, nor count as its own, what another has taken', () => {
    const path = newPath()
    const lock = take(path)
    put(path, { id: 'abcd' })
    expect(lock.isHeld()).toBe(false)
    lock.release()
    expect(remains(path)).toHaveLength(1)
  })

  test.each([
    ['another host', () => JSON.stringify({ ...newHolder(), host: 'elsewhere.example' })],
    ['nobody', () => ''],
    ['somebody who writes nonsense', () => '{"host":1}'],
  ])('waits for %s, and takes over what was not touched for 10 s', (_, text) => {
    const path = newPath()
    fs.writeFileSync(path, text())
    expect(() => take(path)).toThrow(expect.objectContaining({ code: 'locked' }))
    const old = new Date(Date.now() - 11_000)
    fs.utimesSync(path, old, old)
    take(path).release()
    expect(remains(path)).toEqual([])
  })

  test('an abandoned wait leaves nothing, and does not go on', async () => {
    const path = newPath()
    const lock = take(path)
    const job = new Job(takeLock(path, { holder: 5000, total: 5000 }))
    const done = job.run()
    job.abandon()
    job.abandon()
    lock.release()
    expect([await done, remains(path)]).toEqual([undefined, []])
  })
})

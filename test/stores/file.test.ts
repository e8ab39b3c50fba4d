import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CookieJar } from 'tough-cookie'
import { afterAll, describe, expect, test } from 'vitest'
import type { StoreChange } from '../../src/contract/jar-store.ts'
import { openJar } from '../../src/node/jar/source.ts'
import { StoreError } from '../../src/stores/error.ts'
import { fileStore } from '../../src/stores/file.ts'
import { FileJar } from '../../src/stores/file-jar.ts'
import { rejection } from '../support/memory.ts'

const folder = fs.mkdtempSync(join(tmpdir(), 'sessionfetch-file-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
let count = 0
const newPath = () => join(folder, `jar-${++count}.json`)

function fieldsOf(name: string, more: object = {}) {
  const { domain = 'shop.example', value = 'v' } = more as { domain?: string; value?: string }
  return { key: name, value, ...more, domain, path: '/', hostOnly: true, creation: '2026-01-01T00:00:00.000Z' }
}
const put = (name: string, more: object = {}): StoreChange => {
  const fields = fieldsOf(name, more)
  const expires = 'expires' in fields ? Date.parse(String(fields.expires)) : null
  return { put: { domain: fields.domain, id: `h/;${name}`, expires, data: JSON.stringify(fields) } }
}
const stateOf = (...names: string[]) => ({
  version: 'tough-cookie@6.1.0',
  storeType: 'MemoryCookieStore',
  rejectPublicSuffixes: true,
  cookies: names.map((name) => fieldsOf(name)),
})
const namesIn = (path: string, options = {}) =>
  fileStore(path, options)
    .read()
    ?.map(({ id }) => id.slice(3))

async function saved(path: string, changes: readonly StoreChange[], options = {}) {
  const store = fileStore(path, options)
  store.write(changes)
  await store.flush()
  return store
}

describe('fileStore()', () => {
  test.each(['', 5, null, undefined, {}, 'a\0b', new URL('https://x.example/jar')])('refuses %s as a path', (path) => {
    expect(() => fileStore(path as never)).toThrow(/^fileStore: give the path of a file/)
  })

  test.each(['', 5, null, true, new Uint8Array(16), new Uint8Array(33), [], {}])('refuses %j as a key', (key) => {
    expect(() => fileStore(newPath(), { key: key as never })).toThrow(/^fileStore: key: give a passphrase/)
  })

  test.each([-1, Number.NaN, '5', null])('refuses %s as staleTime', (staleTime) => {
    expect(() => fileStore(newPath(), { staleTime: staleTime as never })).toThrow(/^fileStore: staleTime: give milliseconds/)
  })

  test('refuses options that are none', () => expect(() => fileStore(newPath(), null as never)).toThrow(TypeError))

  test('takes a file: URL', async () => {
    const path = newPath()
    await saved(pathToFileURL(path) as never, [put('a')])
    expect(namesIn(pathToFileURL(path).href)).toEqual(['a'])
  })

  test('touches nothing before its first use, and makes missing folders with the first save', async () => {
    const path = join(folder, `new-${++count}`, 'deep', 'jar.json')
    const store = fileStore(path)
    expect(store.read()).toEqual([])
    expect(fs.existsSync(join(path, '../..'))).toBe(false)
    store.write([put('a')])
    await store.flush()
    expect([path, '..', '../..'].map((at) => fs.statSync(at === path ? path : join(path, at)).mode & 0o777)).toEqual([
      0o600, 0o700, 0o700,
    ])
  })

  test('an empty file is an empty jar', () => {
    const path = newPath()
    fs.writeFileSync(path, '')
    expect(namesIn(path)).toEqual([])
  })

  test('a byte order mark in front is passed over', () => {
    const path = newPath()
    fs.writeFileSync(path, `\ufeff${JSON.stringify(stateOf('a'))}`)
    expect(fileStore(path).read()).toHaveLength(1)
  })
})

describe('the file', () => {
  test('is the state of export(), which sessions and tough-cookie read', async () => {
    const path = newPath()
    await saved(path, [put('a'), put('b')])
    const file = JSON.parse(fs.readFileSync(path, 'utf8'))
    expect(file).toEqual({ ...stateOf('a', 'b'), sessionfetch: 1 })
    expect((await openJar(file)?.all())?.map(({ key }) => key)).toEqual(['a', 'b'])
    expect(CookieJar.deserializeSync(file).getCookieStringSync('http://shop.example/')).toBe('a=v; b=v')
  })

  test('may be a saved state, and becomes a file of ours with the next save', async () => {
    const path = newPath()
    fs.writeFileSync(path, JSON.stringify(stateOf('a')), { mode: 0o644 })
    await saved(path, [put('b')])
    expect(namesIn(path)).toEqual(['a', 'b'])
    expect(JSON.parse(fs.readFileSync(path, 'utf8')).sessionfetch).toBe(1)
    expect(fs.statSync(path).mode & 0o777).toBe(0o600)
  })

  test('keeps what was put under another id beside the state', async () => {
    const path = newPath()
    const odd = { domain: 'x.example', id: 'mine', expires: 8e15, data: '{"of":"my own"}' }
    await saved(path, [put('a'), { put: odd }])
    expect(fileStore(path).read()?.at(-1)).toEqual(odd)
    expect(JSON.parse(fs.readFileSync(path, 'utf8')).cookies).toHaveLength(1)
    await saved(path, [{ remove: odd }])
    expect(JSON.parse(fs.readFileSync(path, 'utf8'))).toEqual({ ...stateOf('a'), sessionfetch: 1 })
  })

  test('loses expired cookies with the next save', async () => {
    const path = newPath()
    await saved(path, [put('old', { expires: '2020-01-01T00:00:00.000Z' }), put('new', { expires: '2099-01-01T00:00:00.000Z' })])
    expect(namesIn(path)).toEqual(['new'])
  })

  test('is replaced behind a symbolic link, also one that leads nowhere yet', async () => {
    const [path, link, far] = [newPath(), `${newPath()}.link`, join(folder, `far-${++count}`)]
    fs.symlinkSync(path, link)
    await saved(link, [put('a')])
    await saved(link, [put('b')])
    fs.mkdirSync(far)
    fs.symlinkSync(`../${link.split('/').at(-1)}`, join(far, 'second'))
    await saved(join(far, 'second'), [put('c')])
    expect([fs.lstatSync(link).isSymbolicLink(), fs.lstatSync(path).isFile()]).toEqual([true, true])
    expect(namesIn(path)).toEqual(['a', 'b', 'c'])
  })

  test('is alone after a save: no lock, no temporary file, of dead processes neither', async () => {
    const at = fs.mkdtempSync(join(folder, 'alone-'))
    const path = join(at, 'jar.json')
    await saved(path, [put('a')])
    const host = fs.readdirSync(at)
    const dead = `${path}.00000000.999999999.1@ab.0123456789abcdef.tmp`
    fs.writeFileSync(dead, 'x')
    fs.utimesSync(dead, 1, 1)
    fs.writeFileSync(`${path}.lock.0123456789abcdef`, 'x')
    fs.writeFileSync(`${path}.backup`, 'mine')
    await saved(path, [put('b')])
    expect([host, fs.readdirSync(at)]).toEqual([['jar.json'], ['jar.json', 'jar.json.backup']])
  })
})

/** A cookie as Playwright has it, which would be one of ours that has ended. */
const browsers = { name: 'a', value: '1', domain: 'shop.example', path: '/', expires: -1, secure: true, httpOnly: true }
const REFUSED: readonly [code: string, text: string][] = [
  ['damaged', '{"cookies":['],
  ['damaged', '<!doctype html>'],
  ['damaged', '\0\x01'],
  ['damaged', '{"cookies":{}}'],
  ['damaged', '{"cookies":[],"sessionfetch":"1"}'],
  ['damaged', '{"cookies":[],"sessionfetch":1,"others":5}'],
  ['damaged', '{"cookies":[],"sessionfetch":1,"others":[{"domain":"x"}]}'],
  ['damaged', JSON.stringify({ ...stateOf('a'), cookies: [fieldsOf('a'), { key: 'b' }] })],
  ['damaged', JSON.stringify({ ...stateOf('a'), cookies: [null] })],
  ['damaged', '{"sessionfetch":1,"sealed":{"text":5}}'],
  ['foreign', '{"name":"my-package"}'],
  ['foreign', '[1]'],
  ['foreign', '"text"'],
  ['foreign', 'null'],
  ['foreign', JSON.stringify({ cookies: [{ ...browsers, sameSite: 'Lax' }], origins: [] })],
  ['foreign', JSON.stringify({ cookies: [browsers] })],
  ['foreign', JSON.stringify([{ ...browsers, session: true }])],
  ['foreign', '{"log":{"entries":[]}}'],
  ['newer', '{"sessionfetch":2}'],
  ['newer', '{"sessionfetch":2,"cookies":[]}'],
]

describe('a file that is not understood', () => {
  test.each(REFUSED)('%s: %s', async (code, text) => {
    const path = newPath()
    fs.writeFileSync(path, text, { mode: 0o640 })
    const store = fileStore(path)
    expect(() => store.read()).toThrow(expect.objectContaining({ name: 'StoreError', code }))
    expect(() => store.write([put('a')])).toThrow(StoreError)
    await store.flush()
    expect([fs.readFileSync(path, 'utf8'), fs.statSync(path).mode & 0o777]).toEqual([text, 0o640])
  })

  test('is not written over when it came in the meantime, and the next change tries anew', async () => {
    const path = newPath()
    const store = await saved(path, [put('a')])
    const before = fs.readFileSync(path)
    fs.writeFileSync(path, '{}')
    store.write([put('b')])
    const error = await rejection(store.flush())
    expect(error).toMatchObject({ code: 'foreign', name: 'StoreError' })
    expect(error.message).toContain(path)
    expect(fs.readFileSync(path, 'utf8')).toBe('{}')
    fs.writeFileSync(path, before)
    store.write([put('c')])
    await store.flush()
    expect(namesIn(path)).toEqual(['a', 'b', 'c'])
  })

  test('a folder, and what is no file at all, is unwritable', () => {
    expect(() => fileStore(folder).read()).toThrow(expect.objectContaining({ code: 'unwritable' }))
    expect(() => fileStore('/dev/null').read()).toThrow(/not a file: give the path of a file/)
    const file = newPath()
    fs.writeFileSync(file, '')
    expect(() => fileStore(join(file, 'jar.json')).write([put('a')])).not.toThrow(TypeError)
  })
})

describe('a key', () => {
  const key = new Uint8Array(32).fill(1)

  test.each([{ key }, { key: 'correct horse' }])('leaves no name and no host in clear', async (options) => {
    const path = newPath()
    await saved(path, [put('sid', { value: 'secret' })], options)
    const first = fs.readFileSync(path, 'utf8')
    expect(first).not.toMatch(/sid|secret|example/)
    await saved(path, [put('sid', { value: 'secret' })], options)
    expect(JSON.parse(fs.readFileSync(path, 'utf8')).sealed.nonce).not.toBe(JSON.parse(first).sealed.nonce)
    expect(namesIn(path, options)).toEqual(['sid'])
  })

  test.each([
    ['encrypted', { key: 'right' }, {}],
    ['wrong-key', { key: 'right' }, { key: 'wrong' }],
    ['wrong-key', { key: 'right' }, { key }],
    ['wrong-key', { key }, { key: 'right' }],
    ['wrong-key', { key }, { key: new Uint8Array(32) }],
  ])('%s: written with %j, opened with %j', async (code, written, opened) => {
    const path = newPath()
    await saved(path, [put('a')], written)
    const before = fs.readFileSync(path)
    expect(() => fileStore(path, opened).read()).toThrow(expect.objectContaining({ code }))
    expect(fs.readFileSync(path).equals(before)).toBe(true)
  })

  test('wrong-key: whichever part of the file is altered', async () => {
    const path = newPath()
    await saved(path, [put('a')], { key })
    const file = JSON.parse(fs.readFileSync(path, 'utf8'))
    for (const field of ['cipher', 'nonce', 'tag', 'text'] as const) {
      const text: string = file.sealed[field]
      for (const at of [0, text.length - 3]) {
        const altered = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
        fs.writeFileSync(path, JSON.stringify({ ...file, sealed: { ...file.sealed, [field]: altered } }))
        expect(() => fileStore(path, { key }).read(), `${field} ${at}`).toThrow(expect.objectContaining({ code: 'wrong-key' }))
      }
    }
  })

  test('a plain file is read, and encrypted by the next save', async () => {
    const path = newPath()
    await saved(path, [put('a')])
    expect(namesIn(path, { key })).toEqual(['a'])
    await saved(path, [put('b')], { key })
    expect(() => fileStore(path).read()).toThrow(expect.objectContaining({ code: 'encrypted' }))
    expect(namesIn(path, { key })).toEqual(['a', 'b'])
  })

  test('is a copy of the bytes', async () => {
    const path = newPath()
    const mine = key.slice()
    const store = fileStore(path, { key: mine })
    mine.fill(9)
    store.write([put('a')])
    await store.flush()
    expect(namesIn(path, { key })).toEqual(['a'])
  })
})

describe('reading', () => {
  test('looks at the file again after staleTime, and at once when all is asked for', async () => {
    const path = newPath()
    let now = 1000
    const store = new FileJar(path, undefined, 500, () => now)
    expect(store.read(['shop.example'])).toEqual([])
    await saved(path, [put('a')])
    now += 499
    expect(store.read(['shop.example'])).toBeUndefined()
    now += 1
    expect(store.read(['shop.example'])).toHaveLength(1)
    await saved(path, [put('b')])
    expect(store.read(['shop.example'])).toBeUndefined()
    expect(store.read()).toHaveLength(2)
    now -= 5000
    await saved(path, [put('c')])
    expect(store.read(['shop.example'])).toHaveLength(3)
  })

  test('keeps what is unsaved over what others have written', async () => {
    const path = newPath()
    const store = fileStore(path, { staleTime: 0 })
    store.read()
    store.write([put('mine')])
    fs.writeFileSync(path, JSON.stringify(stateOf('theirs')))
    expect(store.read()?.map(({ id }) => id)).toEqual(['h/;theirs', 'h/;mine'])
    await store.flush()
    expect(namesIn(path)).toEqual(['theirs', 'mine'])
  })
})

describe('saving', () => {
  test('many changes are one save, and changes during a save one more', async () => {
    const path = newPath()
    const store = fileStore(path)
    for (let n = 0; n < 50; n++) store.write([put(`n${n}`)])
    expect(fs.existsSync(path)).toBe(false)
    const first = store.flush()
    await new Promise(setImmediate)
    store.write([put('late')])
    await first
    await store.flush()
    expect(namesIn(path)).toHaveLength(51)
  })

  test('flush() resolves when nothing was told', () => fileStore(newPath()).flush())

  test('a failure that nobody asks about is one warning, without a value', async () => {
    const path = newPath()
    const store = await saved(path, [put('a')])
    fs.writeFileSync(path, '[]')
    const warnings: string[] = []
    const listener = (warning: Error) => warnings.push(warning.message)
    process.on('warning', listener)
    for (const name of ['b', 'c']) {
      store.write([put(name, { value: 'secret' })])
      for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate)
    }
    process.off('warning', listener)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/^sessionfetch: cookies are not saved: .*somebody else's file/)
    fs.rmSync(path)
    await store.flush()
    expect(namesIn(path)).toEqual(['b', 'c'])
  })

  test.each([[[{}]], [[null]], [[{ put: {} }]], [[{ put: { domain: 'a', id: 'b', expires: null, data: 'no' } }]], [5]])(
    'refuses %j as changes, and applies none',
    (changes) => {
      const store = fileStore(newPath())
      const list = Array.isArray(changes) ? [put('a'), ...changes] : changes
      expect(() => store.write(list as never)).toThrow(/^store.write: /)
      expect(store.read()).toEqual([])
    },
  )
})

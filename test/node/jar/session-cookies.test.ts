/** `session.cookies` over the jar. */
import { describe, expect, test } from 'vitest'
import { CookieChanges } from '../../../src/cookies/changes.ts'
import type { SessionCookies } from '../../../src/cookies/session-cookies.ts'
import { jarCookies } from '../../../src/node/jar/cookies.ts'
import type { Jar } from '../../../src/node/jar/jar.ts'
import { siteOf } from '../../../src/node/jar/site.ts'
import { openJar } from '../../../src/node/jar/source.ts'
import { refusedEntries } from '../../cases/saved-cookies.ts'

const NOW = Date.UTC(2026, 0, 1)
const BASE = new URL('https://www.example.com/')
const SITE = siteOf(BASE)

function made(option?: object): { jar: Jar; cookies: SessionCookies; header: () => string } {
  const jar = openJar(option, () => NOW) as Jar
  return { jar, cookies: jarCookies(jar, BASE, new CookieChanges()), header: () => jar.header(SITE) as string }
}

/** Values as a server sends them, in bytes. */
const lines: readonly (readonly [string, string])[] = [
  ['JSON', 'login={"u":1,"r":["a","b c"]}'],
  ['brackets in the name', 'user[name]=a b'],
  ['quotes', 'q="a"'],
  ['UTF-8', 'u=gr\u00c3\u00bc\u00c3\u009fe'],
  ['latin-1', 'l=gr\u00fc\u00dfe'],
  ['latin-1 that ends in a no-break space', 'l=a\u00a0'],
  ['UTF-8 that ends in byte A0', 'u=\u00c3\u00a0'],
  ['a byte order mark', 'b=\u00ef\u00bb\u00bfx'],
  ['a latin-1 name and a UTF-8 value', 'n\u00e9=\u00c3\u00a9'],
  ['no name', 'token'],
  ['no name and an equals sign', '=a=b'],
  ['no value', 'a='],
]

describe('what a server has set goes back byte for byte', () => {
  const sent = (line: string) => (line.startsWith('=') ? line.slice(1) : line)

  test.each(lines)('as it came: %s', (_, line) => {
    const { jar, header } = made()
    jar.putAll([line], SITE)
    expect(header()).toBe(sent(line))
  })

  test.each(lines)('after get and set: %s', async (_, line) => {
    const [one, two] = [made(), made()]
    one.jar.putAll([line], SITE)
    for (const cookie of await one.cookies.getAll()) await two.cookies.set(cookie)
    expect(two.header()).toBe(sent(line))
  })

  test.each(lines)('after export, JSON and restore: %s', async (_, line) => {
    const one = made()
    one.jar.putAll([line], SITE)
    expect(made(JSON.parse(JSON.stringify(await one.cookies.export()))).header()).toBe(sent(line))
  })

  test.each(lines)('after import of a list, of a state and of their JSON: %s', async (_, line) => {
    const one = made()
    one.jar.putAll([line], SITE)
    for (const given of [await one.cookies.getAll(), await one.cookies.export(), { cookies: await one.cookies.getAll() }]) {
      for (const form of [given, JSON.parse(JSON.stringify(given))]) {
        const two = made()
        expect(await two.cookies.import(form)).toEqual([])
        expect(two.header()).toBe(sent(line))
      }
    }
  })
})

describe('set()', () => {
  test('sends other than ASCII as UTF-8, whatever else reads the same', async () => {
    const { cookies, header } = made()
    await cookies.set('größe', 'é')
    expect(header()).toBe('gr\u00c3\u00b6\u00c3\u009fe=\u00c3\u00a9')
    expect(await cookies.get('größe')).toMatchObject({ name: 'größe', value: 'é' })
    expect(await cookies.get('größe')).not.toHaveProperty('bytes')
  })

  test.each([
    ['a prefix without its rule', { name: '__Host-a', value: '1' }, /'__Host-a' was refused: the prefix __Host-/],
    ['SameSite=None without Secure', { name: 'a', value: '1', sameSite: 'None' }, /SameSite=None needs Secure/],
    ['more than 4096 bytes', { name: 'a', value: 'é'.repeat(2048) }, /longer than 4096 bytes/],
    ['a public suffix', { name: 'a', value: '1', domain: 'co.uk' }, /public suffix/],
    ["a domain that is not the url's", { name: 'a', value: '1', domain: 'b.example', url: BASE }, /not in its Domain/],
  ])('refuses %s', async (_, cookie, message) => {
    await expect(made().cookies.set(cookie as never)).rejects.toThrow(message)
  })

  test('takes flags as CookieStore does, so that a save keeps them', async () => {
    const { cookies } = made()
    await cookies.set('a', '1', { secure: 1, httpOnly: 'yes', partitioned: null } as never)
    const shown = { secure: true, httpOnly: true, partitioned: false }
    expect(await cookies.get('a')).toMatchObject(shown)
    expect((await cookies.export()).cookies).toMatchObject([{ secure: true, httpOnly: true }])
  })

  test('keeps a cookie without a name, finds it and ends it', async () => {
    const { cookies, header } = made()
    await cookies.set('', 'token')
    expect([header(), (await cookies.get(''))?.value]).toEqual(['token', 'token'])
    await cookies.delete('')
    expect(header()).toBe('')
  })
})

describe('import()', () => {
  test('tells what it refused, in order, and takes the rest', async () => {
    const { cookies, header } = made()
    const good = { value: '1', domain: 'www.example.com', path: '/', expires: null, secure: true, hostOnly: true }
    const refused = await cookies.import([
      { ...good, name: 'a' },
      { ...good, name: '__Secure-b', secure: false },
      null as never,
      { ...good, name: 'c', domain: 'co.uk', hostOnly: false },
      { ...good, name: 'd' },
    ])
    expect(refused).toEqual([
      { name: '__Secure-b', reason: 'the prefix __Secure- needs Secure' },
      { name: '', reason: 'it is no object' },
      { name: 'c', reason: 'its domain is a public suffix' },
    ])
    expect(header()).toBe('a=1; d=1')
  })

  test.each(refusedEntries)('refuses $title', async ({ fields: { name = 'sid', ...fields }, rule }) => {
    const { cookies, header } = made()
    const entry = { value: 's3cret', domain: 'www.example.com', path: '/', name, ...fields }
    // Without a domain a cookie is the base's own, as in a page's list.
    if ('domain' in fields && fields.domain === undefined) return
    const refused = await cookies.import([entry])
    expect(refused).toEqual([{ name, reason: expect.stringMatching(rule) }])
    expect(refused[0]?.reason).not.toContain('s3cret')
    expect(header()).toBe('')
  })

  test("takes a page's cookies, which have no domain, for the base's host", async () => {
    const { cookies, header } = made()
    await cookies.import([{ name: 'a', value: '1', domain: null, path: '/', expires: null, secure: false }])
    expect([header(), (await cookies.get('a'))?.hostOnly]).toEqual(['a=1', true])
  })

  test('ends the cookie that is there with one that has ended', async () => {
    const { cookies, header } = made()
    await cookies.set('a', '1')
    const [cookie] = await cookies.getAll()
    expect(await cookies.import([{ ...cookie, expires: 0 }])).toEqual([])
    expect(header()).toBe('')
  })

  test.each([
    ['nothing', undefined, /^cookies\.import: give what/],
    ['a number', 5, /^cookies\.import: give what/],
    ["Playwright's storage state", { cookies: [], origins: [] }, /^cookies\.import: this is Playwright's/],
    ["a browser's list", [{ name: 'a', value: 's3cret', domain: '.h.example', path: '/', expires: -1 }], /storageState\.read/],
  ])('throws for %s', async (_, given, message) => {
    await expect(made().cookies.import(given as never)).rejects.toThrow(message)
  })
})

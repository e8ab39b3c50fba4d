import { describe, expect, test } from 'vitest'
import type { Cookie } from '../../../src/cookies/tough.ts'
import type { Jar } from '../../../src/node/jar/jar.ts'
import { stateOf } from '../../../src/node/jar/saved.ts'
import { siteOf } from '../../../src/node/jar/site.ts'
import { openJar } from '../../../src/node/jar/source.ts'
import { refusedEntries } from '../../cases/saved-cookies.ts'

const NOW = Date.UTC(2026, 0, 1)
const open = (jar: object) => openJar(jar, () => NOW) as Jar
const headerAt = (jar: Jar, url: string) => jar.header(siteOf(new URL(url)))

const good = { key: 'good', value: 's3cret', domain: 'www.example.com', path: '/', hostOnly: true }
const { key, ...rest } = good

describe('a saved entry is trusted no more than a server:', () => {
  test.each(refusedEntries)('$title, in both forms', ({ fields: { name = 'sid', ...fields }, rule }) => {
    const { hostOnly: _, ...base } = rest
    for (const entry of [
      { ...base, key: name, ...fields },
      { ...base, name, ...fields },
    ]) {
      const attempt = () => open({ cookies: [good, entry] })
      expect(attempt).toThrow(TypeError)
      expect(attempt).toThrow(rule)
      expect(attempt).toThrow(/^jar: entry 1.* of the saved state: (?!.*s3cret).*; nothing was loaded$/)
    }
  })

  test.each([
    ['null', null],
    ['a string', 'sid=1'],
    ['no name', { ...rest }],
  ])('%s', (_, entry) => {
    expect(() => open({ cookies: [good, entry] })).toThrow(/^jar: entry 1 of the saved state: .*; nothing was loaded$/)
  })

  test('an error names the entry', () => {
    expect(() => open({ cookies: [{ ...good, key: '__Secure-sid' }] })).toThrow(
      "jar: entry 0 ('__Secure-sid') of the saved state: the prefix __Secure- needs Secure; nothing was loaded",
    )
  })
})

describe('a saved entry comes back', () => {
  test('of a nameless cookie, which tough-cookie saves without a key, and before version 4 without a word of loose mode', () => {
    const nameless = { ...rest, value: 'token', creation: '2026-01-01T00:00:00.000Z' }
    const loose = open({ version: 'tough-cookie@2.5.0', cookies: [nameless, { ...good, key: 'sid' }] })
    expect(headerAt(loose, 'http://www.example.com/')).toBe('token; sid=s3cret')
    const again = open(JSON.parse(JSON.stringify(stateOf(loose.all() as Cookie[]))))
    expect(headerAt(again, 'http://www.example.com/')).toBe('token; sid=s3cret')
  })

  test.each(['localhost', 'intranet', '10.0.0.1', '::1'])('host-only on %s, which has no subdomains', (domain) => {
    const jar = open({ cookies: [{ key: 'a', value: '1', domain, path: '/' }] })
    const host = domain.includes(':') ? `[${domain}]` : domain
    expect(headerAt(jar, `http://${host}/`)).toBe('a=1')
    expect((jar.all() as Cookie[])[0]?.hostOnly).toBe(true)
  })

  test('of a text with a byte order mark, which editors put there', () => {
    const text = `\ufeff${JSON.stringify({ cookies: [good] })}`
    expect(headerAt(openJar(text, () => NOW) as Jar, 'http://www.example.com/')).toBe('good=s3cret')
  })

  test('with a life of 400 days at most', () => {
    const jar = open({ cookies: [{ ...good, expires: '2099-01-01T00:00:00.000Z' }] })
    expect((jar.all() as Cookie[])[0]?.expires).toEqual(new Date(NOW + 400 * 86_400_000))
  })

  test('with a Max-Age of tough-cookie frozen where it ends', () => {
    const creation = new Date(NOW - 30_000).toISOString()
    const jar = open({ cookies: [{ ...good, maxAge: 60, creation, lastAccessed: creation }] })
    expect((jar.all() as Cookie[])[0]?.expires).toEqual(new Date(NOW + 30_000))
  })

  test('with text as UTF-8, where it cannot be bytes', () => {
    expect(headerAt(open({ cookies: [{ ...good, value: '€' }] }), 'http://www.example.com/')).toBe('good=\u00e2\u0082\u00ac')
  })

  test('and is never written to', () => {
    const state = Object.freeze({ cookies: Object.freeze([Object.freeze({ ...good })]) })
    open(state).putAll(['good=new'], siteOf(new URL('http://www.example.com/')))
    expect(state.cookies[0]?.value).toBe('s3cret')
  })
})

describe('what a format has read is taken:', () => {
  test('in the words of getAll()', () => {
    const cookies = [
      { name: 'a', value: 'grün', domain: 'www.example.com', path: '/', expires: null, secure: false, hostOnly: true },
      { name: 'b', value: '2', domain: 'example.com', path: '/', expires: NOW + 1000, secure: true, hostOnly: false },
      { name: 'gone', value: '3', domain: 'example.com', path: '/', expires: NOW - 1, secure: false, hostOnly: false },
    ]
    const jar = open({ cookies, skipped: [{ at: 3, reason: 'it has no host' }] })
    expect(headerAt(jar, 'https://www.example.com/')).toBe('a=gr\u00c3\u00bcn; b=2')
    expect(headerAt(jar, 'https://example.com/')).toBe('b=2')
  })
})

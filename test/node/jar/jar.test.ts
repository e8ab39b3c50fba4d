import { describe, expect, test, vi } from 'vitest'
import { hostOf } from '../../../src/cookies/domains.ts'
import type { Cookie } from '../../../src/cookies/tough.ts'
import { Jar } from '../../../src/node/jar/jar.ts'
import { MemoryStore } from '../../../src/node/jar/memory-store.ts'
import { stateOf } from '../../../src/node/jar/saved.ts'
import { type Site, siteOf } from '../../../src/node/jar/site.ts'
import { openJar } from '../../../src/node/jar/source.ts'
import { cookieCases } from '../../cases/cookies.ts'
import { growth } from '../../support/growth.ts'

const NOW = Date.UTC(2026, 0, 1)
const DAY = 86_400_000
const siteAt = (url: string) => siteOf(new URL(url))
const H = siteAt('http://www.example.com/')
const S = siteAt('https://www.example.com/')

/** A jar whose clock is ours, and the reasons of what it refused. */
function clocked() {
  const clock = { now: NOW }
  const reasons: string[] = []
  const jar = new Jar(new MemoryStore(), () => clock.now)
  const set = (line: string, at: Site | string = H) => {
    const [reason] = jar.putAll([line], typeof at === 'string' ? siteAt(at) : at) as readonly (string | undefined)[]
    if (reason) reasons.push(reason)
  }
  const header = (at: Site | string = H) => jar.header(typeof at === 'string' ? siteAt(at) : at) as string
  return { clock, jar, set, header, reasons }
}

const namesIn = (jar: Jar) => (jar.all() as readonly Cookie[]).map(({ key }) => key)

describe('RFC 6265bis', () => {
  test.each(cookieCases)('$law: $title', ({ from, set: lines, sent, reason }) => {
    const { set, header, reasons } = clocked()
    for (const line of lines) {
      const [, url, rest] = /^@(\S+) (.*)$/.exec(line) ?? []
      set(rest ?? line, url ?? from)
    }
    for (const [url, expected] of Object.entries(sent)) expect(header(url), url).toBe(expected)
    // Remembered headers must say the same.
    for (const [url, expected] of Object.entries(sent)) expect(header(url), url).toBe(expected)
    if (reason) expect(reasons.join('\n')).toMatch(reason)
    else expect(reasons).toEqual([])
  })
})

describe('the life of a cookie', () => {
  test('Max-Age does not slide when the cookie is read', () => {
    const { clock, set, header } = clocked()
    set('a=1; Max-Age=10')
    clock.now += 9000
    expect(header()).toBe('a=1')
    clock.now += 1000
    expect(header()).toBe('')
  })

  test('ends by a clock that a test has put in the place of the platform’s after the jar was made', () => {
    const jar = openJar(undefined) as Jar
    vi.useFakeTimers({ toFake: ['Date'], now: NOW })
    try {
      jar.putAll(['a=1; Max-Age=10'], H)
      vi.setSystemTime(NOW + 9999)
      expect(jar.header(H)).toBe('a=1')
      vi.setSystemTime(NOW + 10_000)
      expect(jar.header(H)).toBe('')
    } finally {
      vi.useRealTimers()
    }
  })

  test.each(['Max-Age=999999999', 'Expires=Fri, 31 Dec 9999 23:59:59 GMT'])('%s is capped at 400 days', (attribute) => {
    const { clock, set, header } = clocked()
    set(`a=1; ${attribute}`)
    clock.now += 400 * DAY - 1
    expect(header()).toBe('a=1')
    clock.now += 1
    expect(header()).toBe('')
  })

  test('a remembered header ends with the first of its cookies', () => {
    const { clock, set, header } = clocked()
    set('a=1; Max-Age=10')
    set('b=2; Max-Age=20')
    expect(header()).toBe('a=1; b=2')
    clock.now += 10_000
    expect(header()).toBe('b=2')
  })

  test('a remembered header ends when the jar changes', () => {
    const { set, header } = clocked()
    set('a=1')
    expect(header()).toBe('a=1')
    set('a=2')
    expect(header()).toBe('a=2')
    set('b=3; Path=/')
    expect(header()).toBe('a=2; b=3')
  })

  test('a remembered header is that of all paths only while no cookie asks for a path', () => {
    const { clock, set, header } = clocked()
    const both = () => [header('http://www.example.com/a/1'), header('http://www.example.com/b')]
    set('root=1; Path=/')
    expect(both()).toEqual(['root=1', 'root=1'])
    set('deep=2; Path=/a; Max-Age=10')
    expect(both()).toEqual(['deep=2; root=1', 'root=1'])
    expect(both()).toEqual(['deep=2; root=1', 'root=1'])
    clock.now += 10_000
    expect(both()).toEqual(['root=1', 'root=1'])
  })

  test('a listener that renews an ended cookie is heard at once', () => {
    const { clock, jar, set, header } = clocked()
    jar.onChange = ({ deleted }) => {
      if (deleted.length > 0) set('a=new')
    }
    set('a=old; Max-Age=1')
    clock.now += 1000
    expect([header(), header()]).toEqual(['a=new', 'a=new'])
  })

  test('the header of a path is remembered too, after one of all paths', () => {
    const { jar, set, header } = clocked()
    const looks = vi.spyOn(jar.store, 'forHost')
    set('root=1; Path=/')
    header('http://www.example.com/a')
    set('deep=2; Path=/a')
    header('http://www.example.com/a')
    const before = looks.mock.calls.length
    expect(header('http://www.example.com/a')).toBe('deep=2; root=1')
    expect(looks.mock.calls.length).toBe(before)
  })

  test('a remembered header of https is not that of http', () => {
    const { set, header } = clocked()
    set('plain=1; Path=/')
    set('safe=2; Path=/; Secure', S)
    expect([header(S), header(H), header(S)]).toEqual(['plain=1; safe=2', 'plain=1', 'plain=1; safe=2'])
  })

  test('a cookie that is Secure no more does not guard its name any longer', () => {
    const { set, header, reasons } = clocked()
    set('a=1; Path=/; Secure', S)
    set('a=2; Path=/', S)
    set('a=3; Path=/')
    expect([reasons, header()]).toEqual([[], 'a=3'])
  })

  test('an expired cookie is told of and forgotten', () => {
    const { clock, jar, set, header } = clocked()
    const deleted: string[] = []
    jar.onChange = (changes) => deleted.push(...changes.deleted.map(({ key }) => key))
    set('a=1; Max-Age=1')
    clock.now += 1000
    header()
    expect([deleted, (jar.store as MemoryStore).size]).toEqual([['a'], 0])
  })
})

describe("the answer's own Date", () => {
  const inMinutes = (from: number, minutes: number) => new Date(from + minutes * 60_000).toUTCString()
  const ends = (line: string, date?: string | null) => {
    const { jar } = clocked()
    jar.putAll([line], H, date)
    const [cookie] = jar.all() as readonly Cookie[]
    return cookie ? (cookie.expires as Date).getTime() - NOW : undefined
  }

  test.each([
    ['a clock that stands at 1970', 0, 10, 600_000],
    ['a clock that runs 10 years ahead', NOW + 3650 * DAY, 10, 600_000],
    ['a deletion by a clock that is off', 0, -10, undefined],
    ['a clock two days behind', NOW - 2 * DAY, 10, 600_000],
    ['a clock that is nearly right counts as right', NOW - DAY + 60_000, 2 * 24 * 60, DAY + 60_000],
  ])('%s', (_, clock, minutes, expected) => {
    expect(ends(`a=1; Expires=${inMinutes(clock, minutes)}`, new Date(clock).toUTCString())).toBe(expected)
  })

  test.each([undefined, null, '', 'yesterday'])('%j is none', (date) => {
    expect(ends(`a=1; Expires=${inMinutes(NOW, 10)}`, date)).toBe(600_000)
  })

  test('does not touch Max-Age', () => {
    expect(ends('a=1; Max-Age=600', new Date(0).toUTCString())).toBe(600_000)
  })
})

describe('limits', () => {
  test('a domain has 180 cookies; what is not Secure goes first, then the least recently used', () => {
    const { clock, jar, set } = clocked()
    set('secure=1; Secure; Path=/only', S)
    for (let number = 0; number < 179; number++) {
      clock.now++
      set(`c${number}=1`, S)
    }
    clock.now++
    jar.header(S)
    set('c180=1', S)
    const names = namesIn(jar)
    expect([names.length, names.includes('secure'), names.includes('c0'), names.includes('c180')]).toEqual([
      180,
      true,
      false,
      true,
    ])
  })

  test('expired cookies make room before others', () => {
    const { clock, jar, set } = clocked()
    set('gone=1; Max-Age=1')
    for (let number = 0; number < 179; number++) set(`c${number}=1`)
    clock.now += 1000
    set('new=1')
    const names = namesIn(jar)
    expect([names.length, names.includes('gone'), names.includes('c0')]).toEqual([180, false, true])
  })

  test('responses fill the jar up to 3,000 cookies, the least recently used goes', () => {
    const { clock, jar, set } = clocked()
    for (let number = 0; number < 3001; number++) {
      clock.now++
      set('a=1', `http://h${number}.example.com/`)
    }
    expect([
      (jar.store as MemoryStore).size,
      jar.header(siteAt('http://h0.example.com/')),
      jar.header(siteAt('http://h1.example.com/')),
    ]).toEqual([3000, '', 'a=1'])
  })
})

describe('what goes first when the jar is full', () => {
  /** A jar with 3,000 cookies on 3,000 hosts, from responses. */
  function full(attributes = '', url = (number: number) => `https://h${number}.example.com/`) {
    const clocked_ = clocked()
    for (let number = 0; number < 3000; number++) clocked_.set(`a=1${attributes}`, url(number))
    return { ...clocked_, names: () => new Set((clocked_.jar.all() as readonly Cookie[]).map(({ domain }) => domain)) }
  }

  test('a newcomer that is not Secure, before every Secure one', () => {
    const { set, header } = full('; Secure')
    set('b=1; Secure', 'https://new1.example.com/')
    set('c=1', 'https://new2.example.com/')
    expect([header('https://new1.example.com/'), header('https://new2.example.com/')]).toEqual(['b=1', ''])
  })

  test('one that ended in the meantime, before one that lives', () => {
    const { clock, set, names } = full()
    set('b=1; Max-Age=10', 'https://short.example.com/')
    clock.now += 20_000
    set('c=1', 'https://new.example.com/')
    expect([names().has('short.example.com'), names().has('h1.example.com'), names().has('new.example.com')]).toEqual([
      false,
      true,
      true,
    ])
  })

  test('the order of use survives a copy', () => {
    const { clock, jar, set } = clocked()
    for (let number = 0; number < 180; number++) set(`c${number}=1; Path=/${number}`)
    clock.now++
    jar.header(siteAt('http://www.example.com/0'))
    const copy = openJar(JSON.parse(JSON.stringify(stateOf(jar.all() as Cookie[]))), () => NOW) as Jar
    copy.putAll(['new=1'], H)
    expect(namesIn(copy)).toContain('c0')
    expect(namesIn(copy)).not.toContain('c1')
  })
})

describe('a store of the user', () => {
  test('a removal of what has expired does not take a new cookie along, and is told once', async () => {
    const cookies = new Map<string, Cookie>()
    const later = <T>(work: () => T) =>
      Promise.resolve()
        .then(() => Promise.resolve())
        .then(work)
    let now = NOW
    const store = {
      findCookies: () => later(() => [...cookies.values()]),
      findCookie: (_: string, __: string, key: string) => later(() => cookies.get(key)),
      putCookie: (cookie: Cookie) => later(() => cookies.set(cookie.key, cookie)),
      updateCookie: (_: Cookie, cookie: Cookie) => later(() => cookies.set(cookie.key, cookie)),
      removeCookie: (_: string, __: string, key: string) => later(() => cookies.delete(key)),
      getAllCookies: () => later(() => [...cookies.values()]),
    }
    const jar = openJar({ store }, () => now) as Jar
    let deletions = 0
    jar.onChange = ({ deleted }) => {
      deletions += deleted.length
    }
    await jar.putAll(['sid=old; Max-Age=1'], H)
    now += 1000
    await Promise.all([jar.cookies(H), jar.cookies(H), jar.putAll(['sid=new'], H)])
    expect((await jar.cookies(H)).map(({ value }) => value)).toEqual(['new'])
    await jar.putAll(['other=1; Max-Age=1'], H)
    now += 1000
    await Promise.all([jar.cookies(H), jar.cookies(H), jar.cookies(H)])
    await jar.putAll(['last=1'], H)
    expect(deletions).toBe(1)
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['answers nonsense', (...args: unknown[]) => (args.at(-1) as (error: null, value: unknown) => void)(null, 'x')],
    ['rejects with nothing', () => Promise.reject()],
  ])('that %s is an error that says so', async (_, findCookies) => {
    const jar = openJar({ store: { findCookies } }) as Jar
    await expect((async () => jar.cookies(H))()).rejects.toThrow(/^the cookie store failed in findCookies/)
  })
})

describe('save and restore', () => {
  test('is exact: host-only, order, expiry and extensions', () => {
    const { clock, jar, set } = clocked()
    set('b=1; Path=/; Partitioned; Secure', S)
    set('a=2; Domain=example.com; Max-Age=60; HttpOnly; SameSite=Lax', S)
    const saved = JSON.parse(JSON.stringify(stateOf(jar.all() as Cookie[])))
    const restored = openJar(saved, () => clock.now)
    expect(stateOf(restored?.all() as Cookie[])).toEqual(saved)
    expect(restored?.header(S)).toBe('b=1; a=2')
    expect(restored?.header(siteAt('https://example.com/'))).toBe('a=2')
  })

  test('expired cookies do not come back', () => {
    const { clock, jar, set } = clocked()
    set('a=1; Max-Age=60')
    const saved = JSON.parse(JSON.stringify(stateOf(jar.all() as Cookie[])))
    expect(openJar(saved, () => clock.now + 60_000)?.all()).toEqual([])
  })

  test.each([
    ['no key', { value: 'x', domain: 'h', path: '/' }],
    ['no domain', { key: 'named', value: 'x', path: '/' }],
    ['a number for a path', { key: 'named', value: 'x', domain: 'h', path: 1 }],
    ['a date that is none', { key: 'named', value: 'x', domain: 'h', path: '/', expires: 'soon' }],
    ['null', null],
  ])('a state with %s is refused whole, naming the entry', (_, damaged) => {
    const good = { key: 'good', value: 's3cret', domain: 'h', path: '/' }
    expect(() => openJar({ cookies: [good, damaged] })).toThrow(/^jar: entry 1.* nothing was loaded$/)
  })

  test('100,000 cookies come back in order, in time that grows with their number', () => {
    const saved = (count: number) =>
      Array.from({ length: count }, (_, number) => ({
        key: `c${number % 100}`,
        value: String(number),
        domain: `h${Math.floor(number / 100)}.example.com`,
        path: '/',
        hostOnly: true,
        creation: '2026-01-01T00:00:00.000Z',
      }))
    const restored = (cookies: object[]) => {
      const jar = openJar({ cookies }) as Jar
      return { jar, state: stateOf(jar.all() as Cookie[]) as { cookies: { value?: string }[] } }
    }
    const cookies = saved(100_000)
    const { jar, state } = restored(cookies)
    expect(state.cookies.map(({ value }) => value)).toEqual(cookies.map(({ value }) => value))
    expect((jar.header(siteAt('http://h7.example.com/')) as string).split('; ').length).toBe(100)
    expect(growth(restored, saved, 50_000)).toBeLessThan(3)
  })
})

test('hostOf() drops a trailing dot', () => {
  expect(hostOf(new URL('http://example.com./'))).toBe('example.com')
})

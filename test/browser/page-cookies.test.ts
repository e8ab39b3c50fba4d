/** `session.cookies` in a page and in a worker, over a browser that is a list of cookies. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { pageCookies, readPageCookie } from '../../src/browser/page-cookies.ts'
import type { SessionCookies } from '../../src/cookies/session-cookies.ts'

afterEach(() => void vi.unstubAllGlobals())

interface Known {
  readonly name: string
  readonly value: string
  readonly path: string
  readonly domain: string | undefined
}

interface Browser {
  readonly refuses?: (line: string) => boolean
  readonly known?: Known[]
  /** As WebKit does: a line ends before its first character that is not ASCII. */
  readonly isCutting?: boolean
}

/** A page at https://www.example.com/shop/cart whose browser keeps lines, and refuses those that `refuses` says. */
function page({ refuses = () => false, known = [], isCutting = false }: Browser = {}) {
  const lines: string[] = []
  const keep = (given: string) => {
    const line = isCutting ? given.replace(/[^ -~].*/s, '') : given
    lines.push(line)
    const [pair = '', ...attributes] = line.split('; ')
    const of = (name: string) => attributes.find((attribute) => attribute.startsWith(`${name}=`))?.slice(name.length + 1)
    const end = pair.indexOf('=')
    const cookie = { name: pair.slice(0, end), value: pair.slice(end + 1), path: of('Path') ?? '/', domain: of('Domain') }
    if (refuses(line) || pair === '=') return
    const at = known.findIndex(
      ({ name, path, domain }) => name === cookie.name && path === cookie.path && domain === cookie.domain,
    )
    if (at >= 0) known.splice(at, 1)
    if (of('Max-Age') !== '0') known.push(cookie)
  }
  const document = {
    get cookie() {
      const shown = known.filter(({ path }) => '/shop/cart'.startsWith(path))
      return shown.map(({ name, value }) => (name === '' ? value : `${name}=${value}`)).join('; ')
    },
    set cookie(line: string) {
      keep(line)
    },
  }
  vi.stubGlobal('document', document)
  vi.stubGlobal('location', new URL('https://www.example.com/shop/cart'))
  vi.stubGlobal('isSecureContext', true)
  return { lines, known, cookies: pageCookies(false) }
}

describe('in a page', () => {
  test('a cookie is set, read, and ended wherever it lies', async () => {
    const { cookies, known } = page()
    await cookies.set('a', 'é')
    await cookies.set({ name: 'a', value: '2', path: '/shop', domain: '.example.com', sameSite: 'Lax', secure: true })
    expect((await cookies.getAll()).map(({ name, value }) => `${name}=${value}`)).toEqual(['a=é', 'a=2'])
    expect(await cookies.get('a')).toEqual({ name: 'a', value: 'é', domain: null, path: '/', expires: null, secure: false })
    await cookies.delete('a')
    expect(known).toEqual([])
    expect(await cookies.get('a')).toBeNull()
  })

  test('attributes are written out', async () => {
    const { cookies, lines } = page()
    await cookies.set('a', '1', {
      path: '/x',
      domain: 'example.com',
      secure: true,
      sameSite: 'None',
      partitioned: true,
      maxAge: 60,
    })
    expect(lines).toEqual(['a=1; Path=/x; Domain=example.com; Secure; SameSite=none; Partitioned; Max-Age=60'])
  })

  test('a cookie without a name is kept and ended', async () => {
    const { cookies, known } = page()
    await cookies.set('', 'token')
    expect((await cookies.get(''))?.value).toBe('token')
    await cookies.delete('')
    expect(known).toEqual([])
  })

  test('a past end ends the cookie', async () => {
    const { cookies, known } = page()
    await cookies.set('a', '1')
    await cookies.set('a', '1', { expires: new Date(0) })
    expect(known).toEqual([])
  })

  test('what the browser refuses is a TypeError', async () => {
    const { cookies } = page({ refuses: () => true })
    await expect(cookies.set('a', 's3cret')).rejects.toThrow(/^cookies: the browser refused 'a'(?!.*s3cret)/)
  })

  test('what it does not end is one too', async () => {
    const { cookies } = page({ refuses: (line) => line.includes('Max-Age=0') })
    await cookies.set('a', '1')
    await expect(cookies.delete('a')).rejects.toThrow(/^cookies: the browser did not end 'a'/)
  })

  test.each([
    ['set', (cookies: SessionCookies) => cookies.set('a', 'é', { maxAge: 60, path: '/shop' })],
    ['set of a name', (cookies: SessionCookies) => cookies.set('größe', '1')],
    ['delete', (cookies: SessionCookies) => cookies.delete('größe')],
  ])('%s of what it would cut is a TypeError, and leaves nothing behind', async (_, attempt) => {
    const { cookies, known } = page({ isCutting: true })
    await cookies.set('a', '1')
    await expect(attempt(cookies)).rejects.toThrow(/^cookies: '(a|größe)': this browser takes ASCII only$/)
    expect(known.map(({ name, value }) => `${name}=${value}`)).toEqual(['a=1'])
  })

  test('clear() ends what the page sees', async () => {
    const { cookies, known } = page()
    for (const name of ['a', 'b']) await cookies.set(name, '1')
    await cookies.clear()
    expect(known).toEqual([])
  })

  test('a change event tells of sets and deletions', async () => {
    const { cookies } = page()
    const seen: string[] = []
    cookies.addEventListener('change', ({ changed, deleted }) => {
      seen.push(...changed.map(({ name }) => `+${name}`), ...deleted.map(({ name }) => `-${name}`))
    })
    await cookies.set('a', '1')
    await cookies.delete('a')
    expect(seen).toEqual(['+a', '-a'])
  })

  const impossible: readonly (readonly [string, (cookies: SessionCookies) => Promise<unknown>, RegExp])[] = [
    ['export()', (cookies) => cookies.export(), /export\(\) is not possible in a page/],
    ['toJSON()', async (cookies) => cookies.toJSON(), /toJSON\(\) is not possible in a page/],
    ["another origin's cookies", (cookies) => cookies.getAll('https://example.com/'), /of its own origin only/],
    ["another origin's cookie", (cookies) => cookies.get('a', 'https://example.com/'), /of its own origin only/],
    ['setting one there', (cookies) => cookies.set('a', '1', { url: 'https://example.com/' }), /of its own origin only/],
    ['deleting one there', (cookies) => cookies.delete('a', { url: 'https://example.com/' }), /of its own origin only/],
    ['HttpOnly', (cookies) => cookies.set('a', '1', { httpOnly: true }), /'a': a page cannot set an HttpOnly/],
    ["another host's domain", (cookies) => cookies.set('a', '1', { domain: 'other.example' }), /'a': domain must be/],
    ['a domain below', (cookies) => cookies.set('a', '1', { domain: 'x.www.example.com' }), /'a': domain must be/],
  ]
  test.each(impossible)('%s is a TypeError that says so', async (_, attempt, message) => {
    const { cookies, known } = page()
    await expect(attempt(cookies)).rejects.toThrow(TypeError)
    await expect(attempt(cookies)).rejects.toThrow(message)
    expect(known).toEqual([])
  })
})

describe('import() in a page', () => {
  const own = { value: '1', domain: 'www.example.com', path: '/', expires: null, secure: false, hostOnly: true }

  test('takes getAll(), a format and a saved state', async () => {
    const state = {
      version: 'x',
      cookies: [
        { key: 'u', value: 'gr\u00c3\u00bc', domain: 'example.com', path: '/', expires: 'Infinity', extensions: ['Partitioned'] },
        { key: 'v', domain: 'www.example.com', path: '/', hostOnly: true, expires: '2999-01-01T00:00:00.000Z' },
      ],
    }
    for (const [given, expected] of [
      [[{ ...own, name: 'a' }], 'a=1'],
      [{ cookies: [{ ...own, name: 'a', domain: null }], skipped: [] }, 'a=1'],
      [state, 'u=grü; v='],
    ] as const) {
      const { cookies } = page()
      expect(await cookies.import(given)).toEqual([])
      expect(document.cookie).toBe(expected)
    }
  })

  test('tells what the browser refused', async () => {
    const { cookies } = page({ refuses: (line) => line.startsWith('a=') })
    const refused = await cookies.import([
      { ...own, name: 'a' },
      { ...own, name: 'b' },
      { ...own, name: 'c', value: 'x;' },
      null as never,
    ])
    expect(refused.map(({ name }) => name)).toEqual(['a', 'c', ''])
    expect(document.cookie).toBe('b=1')
  })

  test('ends a cookie with one that has ended', async () => {
    const { cookies } = page()
    await cookies.set('a', '1')
    await cookies.import([{ ...own, name: 'a', expires: 1000 }])
    expect(document.cookie).toBe('')
  })

  test.each([
    ['an HttpOnly cookie', { httpOnly: true }, /'b': a page cannot set an HttpOnly/],
    ["another host's", { domain: 'other.example' }, /'b': domain must be/],
    ["a parent host's own", { domain: 'example.com' }, /'b': domain must be/],
    ['bytes that are not UTF-8', { value: 'ü', bytes: 'b=\u00fc' }, /'b': a page writes UTF-8 only/],
    ["another program's", { hostOnly: undefined, expires: -1 }, /sessionfetch\/formats/],
  ])('%s among others: a TypeError, and none is set', async (_, fields, message) => {
    const { cookies } = page()
    await expect(cookies.import([{ ...own, name: 'a' }, { ...own, name: 'b', ...fields } as never])).rejects.toThrow(message)
    expect(document.cookie).toBe('')
  })

  test.each([[undefined], [5], [{ cookies: {} }], [null]])('%j is a TypeError', async (given) => {
    await expect(page().cookies.import(given as never)).rejects.toThrow(/^cookies: import takes/)
  })
})

describe('with jar: false', () => {
  test('nothing is seen, and nothing can be kept', async () => {
    page({ known: [{ name: 'a', value: '1', path: '/', domain: undefined }] })
    const cookies = pageCookies(true)
    expect(await cookies.getAll()).toEqual([])
    await expect(cookies.set('a', '1')).rejects.toThrow(/jar: false/)
  })
})

describe('in a worker', () => {
  const worker = () => vi.stubGlobal('location', new URL('https://www.example.com/worker.js'))

  test('without cookieStore every method is a TypeError that says so', async () => {
    worker()
    const cookies = pageCookies(false)
    const attempts = [
      () => cookies.get('a'),
      () => cookies.getAll(),
      () => cookies.set('a', '1'),
      () => cookies.delete('a'),
      () => cookies.clear(),
    ]
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow(/^cookies: there is no cookieStore here/)
    const cookie = { name: 'a', value: '1', domain: null, path: '/', expires: null, secure: false }
    await expect(cookies.import([cookie])).rejects.toThrow(/^cookies: there is no cookieStore here/)
    await expect(readPageCookie('a')).rejects.toThrow(/^csrf: there is no cookieStore here .*give \{ header, token \}/)
  })

  test('with one that tells no more than name and value, the rest is unknown', async () => {
    worker()
    const kept: { name: string; value: string }[] = []
    const set = vi.fn(async ({ name, value, expires }: { name: string; value: string; expires: number | null }) => {
      if (expires === null) kept.push({ name, value })
      else kept.splice(0)
    })
    vi.stubGlobal('cookieStore', { getAll: async () => kept, set })
    const cookies = pageCookies(false)
    await cookies.set('a', '1')
    expect(set.mock.calls[0]).toEqual([
      { name: 'a', value: '1', path: '/', domain: null, sameSite: undefined, partitioned: undefined, expires: null },
    ])
    expect(await cookies.getAll()).toEqual([{ name: 'a', value: '1', domain: null, path: '/', expires: null, secure: false }])
    await cookies.delete('a')
    expect(await cookies.getAll()).toEqual([])
  })
})

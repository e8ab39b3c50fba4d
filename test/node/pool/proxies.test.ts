import { afterEach, describe, expect, test, vi } from 'vitest'
import { parseNetrc } from '../../../src/node/auth/netrc.ts'
import { parseNoProxy, parseProxy, proxyFromEnvironment } from '../../../src/node/pool/proxies.ts'

afterEach(() => vi.unstubAllEnvs())

describe('noProxy', () => {
  test.each([
    ['*', 'http://h/', true],
    ['example.com', 'http://example.com/', true],
    ['example.com', 'http://sub.example.com/', true],
    ['example.com', 'http://badexample.com/', false],
    ['.example.com', 'http://sub.example.com/', true],
    ['*.example.com', 'http://sub.example.com/', true],
    ['EXAMPLE.com', 'http://example.COM./', true],
    ['example.com.', 'http://example.com/', true],
    ['example.com:8080', 'http://example.com:8080/', true],
    ['example.com:8080', 'http://example.com/', false],
    ['example.com:443', 'https://example.com/', true],
    ['a.example, example.org', 'http://example.org/', true],
    ['a.example example.org', 'http://example.org/', true],
    ['127.0.0.1', 'http://127.0.0.1:81/', true],
    ['10.0.0.0/8', 'http://10.1.2.3/', true],
    ['10.0.0.0/8', 'http://11.1.2.3/', false],
    ['10.0.0.0/8', 'http://10.example/', false],
    ['fd00::/8', 'http://[fd00::1]/', true],
    ['::1', 'http://[::1]:8080/', true],
    ['[::1]:8080', 'http://[::1]:8080/', true],
    ['', 'http://h/', false],
    ['bücher.example', 'http://www.bücher.example/', true],
    ['.xn--bcher-kva.example:81', 'http://bücher.example:81/', true],
    ['0:0::1', 'http://[::1]/', true],
  ])('%j and %s: %s', (list, url, expected) => {
    expect(parseNoProxy(list)(new URL(url))).toBe(expected)
  })

  test('a block that is none is a TypeError', () => {
    expect(() => parseNoProxy('10.0.0.0/99')).toThrow(/^noProxy/)
  })
})

test('the most exact key of a table counts', () => {
  const find = parseProxy({
    'https://a.example': 'http://exact',
    https: 'http://scheme',
    all: 'http://all',
    'http://b.example': null,
  })
  const of = (url: string) => find(new URL(url))?.hostname
  expect([of('https://a.example/x'), of('https://c.example/'), of('http://c.example/'), of('http://b.example/')]).toEqual([
    'exact',
    'scheme',
    'all',
    undefined,
  ])
})

test('parseNetrc() reads machines, quotes, comments, macros and a default', () => {
  const text =
    '# c\nmachine a login u password "p w"\nmacdef init\n machine x login y\n\nmachine Bücher.example\n  login v\n  account q\n  password #1\ndefault login d password e'
  expect(Object.fromEntries(parseNetrc(text))).toEqual({
    a: { username: 'u', password: 'p w' },
    'xn--bcher-kva.example': { username: 'v', password: '#1' },
    '': { username: 'd', password: 'e' },
  })
})

describe('a proxy that is none', () => {
  test.each([
    ['http://ada:s3cret@'],
    ['http://ada:s3/cret@host:8080'],
    ['http://ada:80/s3cret@host'],
    ['http://ada:80?s3cret@host'],
    ['http://ada:80#s3cret@host'],
    ['ada:s3cret@host:x'],
    ['ftp://ada:s3cret@host'],
    ['http://ada:s3cret%@host'],
    [{ 'ada:s3cret@host': 'http://host' }],
    [{ all: 'http://ada:s3/cret@host' }],
  ])('%j is a TypeError without the password', (proxy) => {
    expect(() => parseProxy(proxy as never)).toThrow(/^proxy: (?!.*(s3|cret))/)
  })

  test.each(['http_proxy', 'HTTPS_PROXY', 'all_proxy'])('in the environment is a TypeError that names %s', (name) => {
    vi.stubEnv(name, 'http://ada:s3/cret@host:8080')
    expect(() => proxyFromEnvironment()).toThrow(new RegExp(`^trustEnv: ${name}: (?!.*(s3|cret))`))
  })
})

test.each<[title: string, variables: Record<string, string>, expected: string | undefined]>([
  ['HTTP_PROXY', { HTTP_PROXY: 'http://upper:1' }, 'upper:1'],
  ['http_proxy before HTTP_PROXY', { http_proxy: 'http://lower:1', HTTP_PROXY: 'http://upper:1' }, 'lower:1'],
  [
    "under CGI not HTTP_PROXY, which is a visitor's header there",
    { HTTP_PROXY: 'http://upper:1', REQUEST_METHOD: 'GET' },
    undefined,
  ],
  ["curl's socks5h", { all_proxy: 'socks5h://socks:1' }, 'socks:1'],
  ['under CGI http_proxy', { http_proxy: 'http://lower:1', REQUEST_METHOD: 'GET' }, 'lower:1'],
])('the environment: %s', (_, variables, expected) => {
  for (const name of ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY', 'no_proxy', 'NO_PROXY', 'REQUEST_METHOD'])
    vi.stubEnv(name, variables[name])
  expect(proxyFromEnvironment()(new URL('http://shop.example/'))?.host).toBe(expected)
})

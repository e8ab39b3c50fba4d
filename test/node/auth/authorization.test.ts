import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { authorization, type Nonce } from '../../../src/node/auth/authorization.ts'
import { parseChallenges } from '../../../src/node/auth/challenge.ts'
import type { HashName } from '../../../src/node/auth/hash.ts'

const NODE_NAMES = { 'SHA-512-256': 'sha512-256', 'SHA-256': 'sha256', MD5: 'md5' } as const
const NAMES = Object.keys(NODE_NAMES) as HashName[]
const mufasa = { username: 'Mufasa', password: 'Circle of Life' }
const get = (url: string) => ({ url: new URL(url), method: 'GET' })

/** A nonce of a challenge that is written as a server writes it. */
function nonceOf(challenge: string, more: Partial<Nonce> = {}): Nonce {
  const { parameters = new Map<string, string>() } = parseChallenges(`Digest ${challenge}`)[0] ?? {}
  const first = parameters.get('nonce') ?? ''
  const qop = parameters.get('qop') ? 'auth' : undefined
  return { hash: 'MD5', isSession: false, qop, parameters, first, current: first, cnonce: 'c', count: 0, ...more }
}

const field = (header: string, name: string) => parseChallenges(header)[0]?.parameters.get(name.toLowerCase())

describe('RFC 7616', () => {
  const common = 'realm="http-auth@example.org", qop="auth, auth-int", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
  const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
  const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'

  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const)('section 3.9.1: the example of %s', (hash, expected) => {
    const challenge = nonceOf(`${common}, algorithm=${hash}, nonce="${nonce}"`, { hash, cnonce })
    const header = authorization(mufasa, get('http://www.example.org/dir/index.html'), challenge)
    expect(field(header, 'response')).toBe(expected)
    expect(field(header, 'nc')).toBe('00000001')
    expect(field(header, 'algorithm')).toBe(hash)
  })

  const doe = { username: 'Jäsøn Doe', password: 'Secret, or not?' }
  const modern =
    'realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8'
  const with512 = { hash: 'SHA-512-256', cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v' } as const

  test('section 3.9.2 with the values of erratum 4897: SHA-512-256, charset and userhash', () => {
    const header = authorization(doe, get('http://api.example.org/doe.json'), nonceOf(`${modern}, userhash=true`, with512))
    expect(field(header, 'username')).toBe('793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b')
    expect(field(header, 'response')).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5')
    expect(field(header, 'userhash')).toBe('true')
  })

  test('section 3.9.2 without userhash: the name in RFC 8187’s form, and the same response', () => {
    const header = authorization(doe, get('http://api.example.org/doe.json'), nonceOf(modern, with512))
    expect(field(header, 'username*')).toBe("UTF-8''J%C3%A4s%C3%B8n%20Doe")
    expect(field(header, 'response')).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5')
  })

  test('RFC 2069 section 2.4, with the digest of its erratum 749: a challenge without qop has neither count nor cnonce', () => {
    const challenge = nonceOf('realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"')
    const header = authorization({ ...mufasa, password: 'CircleOfLife' }, get('http://h/dir/index.html'), challenge)
    expect(field(header, 'response')).toBe('1949323746fe6a43ef61f9606e7febea')
    expect(header).not.toMatch(/nc=|cnonce=|qop=|algorithm=/)
  })
})

describe.each(NAMES)('%s, checked by Node’s own crypto', (hash) => {
  const node = (...parts: string[]) => createHash(NODE_NAMES[hash]).update(parts.join(':')).digest('hex')

  test('with qop', () => {
    const header = authorization(mufasa, get('http://h/x?y'), nonceOf('realm="r", nonce="n", qop="auth"', { hash }))
    const expected = node(node('Mufasa', 'r', 'Circle of Life'), 'n', '00000001', 'c', 'auth', node('GET', '/x?y'))
    expect(field(header, 'response')).toBe(expected)
  })

  test('-sess hashes the key with both nonces, and says its cnonce also without qop', () => {
    const key = node(node('Mufasa', 'r', 'Circle of Life'), 'n', 'c')
    const session = { hash, isSession: true }
    const withQop = authorization(mufasa, get('http://h/x'), nonceOf('realm="r", nonce="n", qop="auth"', session))
    expect(field(withQop, 'response')).toBe(node(key, 'n', '00000001', 'c', 'auth', node('GET', '/x')))
    const without = authorization(mufasa, get('http://h/x'), nonceOf('realm="r", nonce="n", algorithm=x', session))
    expect([field(without, 'response'), field(without, 'cnonce')]).toEqual([node(key, 'n', node('GET', '/x')), 'c'])
    expect(field(without, 'algorithm')).toBe(`${hash}-sess`)
  })

  test('-sess keeps the key of the first nonce when the server has named another', () => {
    const challenge = nonceOf('realm="r", nonce="n", qop="auth"', { hash, isSession: true, current: 'n2', count: 4 })
    const key = node(node('Mufasa', 'r', 'Circle of Life'), 'n', 'c')
    const header = authorization(mufasa, get('http://h/x'), challenge)
    expect(field(header, 'response')).toBe(node(key, 'n2', '00000005', 'c', 'auth', node('GET', '/x')))
    expect(field(header, 'nonce')).toBe('n2')
  })
})

describe('authorization()', () => {
  const md5 = (...parts: string[]) =>
    createHash('md5')
      .update(Buffer.from(parts.join(':'), 'latin1'))
      .digest('hex')
  const raw = (header: string, name: string) => new RegExp(`(?<![\\w])${name}=("(?:[^"\\\\]|\\\\.)*"|[^ ,]*)`).exec(header)?.[1]

  test.each([
    ['uri', 'http://h/p?path=C:\\temp', '"/p?path=C:\\\\temp"'],
    ['uri', 'http://h/p?a=\\', '"/p?a=\\\\"'],
    ['realm', 'http://h/', '"a \\"b\\" \\\\c"'],
    ['nonce', 'http://h/', '"n\\"1"'],
    ['opaque', 'http://h/', '"o\\\\\\""'],
    ['username', 'http://h/', '"dom\\\\ada \\"x\\""'],
  ])('escapes %s', (name, url, expected) => {
    const challenge = nonceOf('realm="a \\"b\\" \\\\c", nonce="n\\"1", opaque="o\\\\\\""')
    const header = authorization({ username: 'dom\\ada "x"', password: 'p' }, get(url), challenge)
    expect(raw(header, name)).toBe(expected)
  })

  test('sends and hashes what the server sent byte for byte: a realm in UTF-8 and one in latin-1', () => {
    for (const realm of ['ZÃ¼rich', 'Z\xfcrich']) {
      const header = authorization({ username: 'a', password: 'b' }, get('http://h/'), nonceOf(`realm="${realm}", nonce="n"`))
      expect(field(header, 'realm')).toBe(realm)
      expect(field(header, 'response')).toBe(md5(md5('a', realm, 'b'), 'n', md5('GET', '/')))
    }
  })

  test.each([
    ['a server of RFC 2617', '', 'José', 'username', 'JosÃ©'],
    ['a server that says charset', ', charset="utf-8"', 'José', 'username*', "UTF-8''Jos%C3%A9"],
    ['a server that says userhash=false', ', userhash=false', 'José', 'username*', "UTF-8''Jos%C3%A9"],
    [
      'a server that says charset, with what RFC 8187 does not allow',
      ', charset=UTF-8',
      "é*'()!",
      'username*',
      "UTF-8''%C3%A9%2A%27%28%29!",
    ],
    ['a server that says charset, for a name in ASCII', ', charset=UTF-8', 'Jose', 'username', 'Jose'],
    ['a server of RFC 2617, beyond latin-1', '', '€', 'username', 'â\x82¬'],
  ])('names the user for %s', (_, parameters, username, name, expected) => {
    const header = authorization({ username, password: 'p' }, get('http://h/'), nonceOf(`realm="r", nonce="n"${parameters}`))
    expect(field(header, name)).toBe(expected)
    expect(field(header, name === 'username' ? 'username*' : 'username')).toBeUndefined()
    expect(() => new Headers({ authorization: header })).not.toThrow()
  })

  test('composes name and password (NFC) only where the server says charset=UTF-8', () => {
    const decomposed = { username: 'Jose\u0301', password: 'e\u0301' }
    const bytes = (text: string) => Buffer.from(text).toString('latin1')
    const responseFor = (name: string, password: string) => md5(md5(bytes(name), 'r', bytes(password)), 'n', md5('GET', '/'))
    const header = (more: string) => authorization(decomposed, get('http://h/'), nonceOf(`realm="r", nonce="n"${more}`))
    expect(field(header(', charset=utf-8'), 'response')).toBe(responseFor('José', 'é'))
    expect(field(header(''), 'response')).toBe(responseFor('Jose\u0301', 'e\u0301'))
  })

  test('counts each request', () => {
    const challenge = nonceOf('realm="r", nonce="n", qop="auth"', { count: 254 })
    const counts = [1, 2].map(() => field(authorization(mufasa, get('http://h/'), challenge), 'nc'))
    expect(counts).toEqual(['000000ff', '00000100'])
  })
})

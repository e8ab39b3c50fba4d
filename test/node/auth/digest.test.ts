import { describe, expect, test } from 'vitest'
import { createSession, digest } from '../../../src/index.ts'
import { choose } from '../../../src/node/auth/digest.ts'
import { growth } from '../../support/growth.ts'
import { type Answer, memory, rejection } from '../../support/memory.ts'

const U = 'https://h.example/dir/index.html?q=1'
const credentials = { username: 'Mufasa', password: 'Circle of Life' }
const challenge = (text: string): Answer => ({ status: 401, headers: { 'www-authenticate': text } })
const field = (header: string | null, name: string) => new RegExp(`\\b${name}="?([^",]*)`).exec(header ?? '')?.[1]

describe('digest()', () => {
  test('answers the challenge once, then uses the nonce with a rising count', async () => {
    const { fetch, sent } = memory((_, number) => (number === 1 ? challenge('Digest realm="r", nonce="n", qop="auth"') : {}))
    const session = createSession({ fetch, auth: digest(credentials) })
    await session.get(U)
    await session.get(U)
    const headers = sent.map((one) => one.headers.get('authorization'))
    expect(headers.map((header) => field(header, 'nc'))).toEqual([undefined, '00000001', '00000002'])
    expect(field(headers[1] ?? '', 'uri')).toBe('/dir/index.html?q=1')
  })

  test('gives parallel calls counts of their own', async () => {
    const { fetch, sent } = memory((_, number) => (number === 1 ? challenge('Digest realm="r", nonce="n", qop="auth"') : {}))
    const session = createSession({ fetch, auth: digest(credentials) })
    await session.get(U)
    await Promise.all(Array.from({ length: 5 }, () => session.get(U)))
    const counts = sent.slice(2).map((one) => field(one.headers.get('authorization'), 'nc'))
    expect(new Set(counts).size).toBe(5)
  })

  test('a wrong password is a 401 after two requests', async () => {
    const { fetch, sent } = memory(() => challenge('Digest realm="r", nonce="n", qop="auth"'))
    expect((await createSession({ fetch, auth: digest(credentials) }).fetch(U)).status).toBe(401)
    expect(sent.length).toBe(2)
  })

  test('a stale nonce is replaced', async () => {
    const answers = [
      challenge('Digest realm="r", nonce="a", qop="auth"'),
      {},
      challenge('Digest realm="r", nonce="b", qop="auth", stale=true'),
      {},
    ]
    const { fetch, sent } = memory(answers)
    const session = createSession({ fetch, auth: digest(credentials) })
    await session.get(U)
    await session.get(U)
    expect(sent.map((one) => field(one.headers.get('authorization'), 'nonce'))).toEqual([undefined, 'a', 'a', 'b'])
  })

  test('of several challenges the strongest is answered', async () => {
    const { fetch, sent } = memory([
      challenge(
        'Basic realm="x", Digest realm="r", nonce="m", algorithm=MD5, Digest realm="r", nonce="s", qop="auth", algorithm=SHA-256',
      ),
      {},
    ])
    await createSession({ fetch, auth: digest(credentials) }).get(U)
    expect(field(sent[1]?.headers.get('authorization') ?? '', 'nonce')).toBe('s')
  })

  test.each([
    ['Digest nonce="n", qop="auth-int"', "qop 'auth-int'"],
    ['Digest nonce="n", qop="x, AUTH-INT"', "qop 'x', 'auth-int'"],
    ['Digest nonce="n", algorithm=SHA-1', "algorithm 'SHA-1'"],
    ['Digest nonce="n", algorithm="token-sess", qop=auth', "algorithm 'token-sess'"],
    ['Basic realm="x", Digest nonce="n", algorithm="a\\"b"', 'algorithm (not a name)'],
  ])('%s is an error that names what is not supported', async (text, expected) => {
    const { fetch, sent } = memory(() => challenge(text))
    const error = await rejection(createSession({ fetch, auth: digest(credentials) }).fetch(U))
    expect(error.message).toBe(
      `GET https://h.example/dir/index.html: the server asks for digest with ${expected}, which is not supported`,
    )
    expect(sent).toHaveLength(1)
  })

  test.each([
    ['an empty qop', 'realm="r", nonce="n", qop=""', undefined],
    ['a qop of commas', 'realm="r", nonce="n", qop=" , "', undefined],
    ['a qop in upper case, not in quotes', 'realm="r", nonce="n", qop=AUTH', 'auth'],
    ['a qop among others', 'realm="r", nonce="n", qop="auth-int , Auth"', 'auth'],
    ['an algorithm in lower case and quotes', 'realm="r", nonce="n", qop="auth", algorithm="sha-256"', 'auth'],
    ['an empty algorithm', 'realm="r", nonce="n", qop="auth", algorithm=""', 'auth'],
    ['names in upper case', 'REALM="r", NONCE=n, QOP="auth"', 'auth'],
    ['no realm', 'nonce="n"', undefined],
  ])('answers %s', async (_, text, qop) => {
    const { fetch, sent } = memory([challenge(`DIGEST ${text}`), {}])
    expect((await createSession({ fetch, auth: digest(credentials) }).fetch(U)).status).toBe(200)
    const header = sent[1]?.headers.get('authorization') ?? ''
    expect([field(header, 'nonce'), field(header, 'qop')]).toEqual(['n', qop])
  })

  test.each([
    ['a digest without a nonce', 'Digest realm="r"'],
    ['another scheme', 'Basic realm="r"'],
    ['nothing', ''],
  ])('%s is the call’s own 401', async (_, text) => {
    const { fetch, sent } = memory(() => challenge(text))
    expect((await createSession({ fetch, auth: digest(credentials) }).fetch(U)).status).toBe(401)
    expect(sent).toHaveLength(1)
  })

  test('a nonce that is refused without a challenge is forgotten, and the request sent once without', async () => {
    const server = { nonce: 'n1' }
    const { fetch, sent } = memory(({ headers }) => {
      const header = headers.get('authorization')
      if (header === null) return challenge(`Digest realm="r", nonce="${server.nonce}", qop="auth"`)
      return field(header, 'nonce') === server.nonce ? {} : { status: 401 }
    })
    const session = createSession({ fetch, auth: digest(credentials) })
    await session.fetch(U)
    server.nonce = 'n2'
    expect((await session.fetch(U)).status).toBe(200)
    expect((await session.fetch(U)).status).toBe(200)
    const nonces = sent.map(({ headers }) => field(headers.get('authorization'), 'nonce'))
    expect(nonces).toEqual([undefined, 'n1', 'n1', undefined, 'n2', 'n2'])
  })

  test('a fresh nonce that is refused without a challenge is the call’s 401, and forgotten', async () => {
    const { fetch, sent } = memory(({ headers }) =>
      headers.has('authorization') ? { status: 401 } : challenge('Digest realm="r", nonce="n", qop="auth"'),
    )
    const session = createSession({ fetch, auth: digest(credentials) })
    expect([(await session.fetch(U)).status, (await session.fetch(U)).status]).toEqual([401, 401])
    expect(sent.map(({ headers }) => headers.has('authorization'))).toEqual([false, true, false, true])
  })

  test('the nonce that Authentication-Info names is the next one, with a count of its own', async () => {
    const info = (nextnonce: string) => ({ headers: { 'authentication-info': `rspauth="x", NextNonce = ${nextnonce}` } })
    const { fetch, sent } = memory([challenge('Digest realm="r", nonce="a", qop="auth"'), {}, info('"b"'), info('c'), {}])
    const session = createSession({ fetch, auth: digest(credentials) })
    for (let call = 0; call < 4; call++) await session.fetch(U)
    const headers = sent.slice(1).map((one) => one.headers.get('authorization'))
    expect(headers.map((header) => [field(header, 'nonce'), field(header, 'nc')])).toEqual([
      ['a', '00000001'],
      ['a', '00000002'],
      ['b', '00000001'],
      ['c', '00000001'],
    ])
  })

  test('first calls in parallel that are given one nonce count it together', async () => {
    const { fetch, sent } = memory(({ headers }) =>
      headers.has('authorization') ? {} : challenge('Digest realm="r", nonce="n", qop="auth"'),
    )
    const session = createSession({ fetch, auth: digest(credentials) })
    await Promise.all(Array.from({ length: 4 }, () => session.fetch(U)))
    const counts = sent.flatMap(({ headers }) => field(headers.get('authorization'), 'nc') ?? [])
    expect(counts.sort()).toEqual(['00000001', '00000002', '00000003', '00000004'])
  })

  test.each([
    ['qop', (n: number) => `Digest nonce="n", qop="auth${' '.repeat(n)}x"`],
    ['a qop of commas', (n: number) => `Digest nonce="n", qop="${','.repeat(n)}"`],
    ['an algorithm', (n: number) => `Digest nonce="n", algorithm="${'a'.repeat(n)}"`],
    ['challenges', (n: number) => 'Digest nonce="n", algorithm=xyz,'.repeat(n / 32)],
    ['a nonce of quotes', (n: number) => `Digest nonce="${'\\"'.repeat(n / 2)}"`],
  ])('choose() grows with the length of %s', (_, make) => {
    const parse = (text: string) => {
      try {
        return choose(text, { url: new URL(U), method: 'GET' })
      } catch (error) {
        return error
      }
    }
    for (const length of [16_384, 131_072]) expect(growth(parse, make, length), String(length)).toBeLessThan(3)
  })

  test('a body function is called again, a stream is an UnrewindableBodyError', async () => {
    const make = () => memory([challenge('Digest realm="r", nonce="n"'), {}])
    const whole = make()
    await createSession({ fetch: whole.fetch, auth: digest(credentials) }).fetch(U, { method: 'POST', body: () => 'text' })
    expect(whole.sent.map(({ body }) => body)).toEqual(['text', 'text'])
    const stream = new Response('x').body
    const error = await rejection(
      createSession({ fetch: make().fetch, auth: digest(credentials) }).fetch(U, { method: 'POST', body: stream }),
    )
    expect(error.name).toBe('UnrewindableBodyError')
  })

  test('does not answer another origin', async () => {
    const { fetch, sent } = memory([
      { status: 302, headers: { location: 'https://other.example/' } },
      challenge('Digest realm="r", nonce="n"'),
    ])
    await createSession({ fetch, auth: digest(credentials) }).fetch(U)
    expect(sent.map((one) => one.headers.get('authorization'))).toEqual([null, null])
  })

  test.each([
    [undefined],
    [null],
    ['ada:secret'],
    [{}],
    [{ username: 'a' }],
    [{ username: 1, password: 'x' }],
    [{ username: 'a:b', password: 'x' }],
    [{ username: 'a', password: 'x\n' }],
    [Object.create({ username: 'a', password: 'b' })],
  ])('%j is a TypeError that names it', (wrong) => {
    expect(() => digest(wrong as never)).toThrow(/^digest: /)
    expect(() => digest(wrong as never)).toThrow(TypeError)
  })

  test('takes a copy of the credentials', async () => {
    const own = { ...credentials }
    const { fetch, sent } = memory([challenge('Digest realm="r", nonce="n"'), {}])
    const session = createSession({ fetch, auth: digest(own) })
    own.username = 'other'
    await session.fetch(U)
    expect(field(sent[1]?.headers.get('authorization') ?? '', 'username')).toBe('Mufasa')
  })
})

import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createSession, digest } from '../../../src/index.ts'
import { authorization } from '../../../src/node/auth/digest.ts'
import { type Answer, memory, rejection } from '../../support/memory.ts'

const U = 'https://h.example/dir/index.html?q=1'
const credentials = { username: 'Mufasa', password: 'Circle of Life' }
const challenge = (text: string): Answer => ({ status: 401, headers: { 'www-authenticate': text } })
const field = (header: string | null, name: string) => new RegExp(`\\b${name}="?([^",]*)`).exec(header ?? '')?.[1]

describe('RFC 7616 section 3.9.1', () => {
  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('the example of %s', async (algorithm, expected) => {
    const parameters = new Map([
      ['realm', 'http-auth@example.org'],
      ['qop', 'auth, auth-int'],
      ['algorithm', algorithm],
      ['opaque', 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS'],
    ])
    const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
    const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
    const request = { url: new URL('http://www.example.org/dir/index.html'), method: 'GET' }
    const header = await authorization(credentials, request, { algorithm, parameters, nonce, cnonce, count: 0 })
    expect(field(header, 'response')).toBe(expected)
    expect(field(header, 'nc')).toBe('00000001')
  })

  test.each(['MD5-SESS', 'SHA-256-SESS'])(
    '%s hashes the key with both nonces, as Node’s own crypto has it',
    async (algorithm) => {
      const parameters = new Map([
        ['realm', 'r'],
        ['qop', 'auth'],
        ['algorithm', algorithm],
      ])
      const request = { url: new URL('http://h/x'), method: 'GET' }
      const header = await authorization(credentials, request, { algorithm, parameters, nonce: 'n', cnonce: 'c', count: 0 })
      const hash = (text: string) =>
        createHash(algorithm.startsWith('MD5') ? 'md5' : 'sha256')
          .update(text)
          .digest('hex')
      const key = hash(`${hash('Mufasa:r:Circle of Life')}:n:c`)
      expect(field(header, 'response')).toBe(hash(`${key}:n:00000001:c:auth:${hash('GET:/x')}`))
    },
  )

  test('RFC 2069 section 2.4, with the digest of its erratum 749: a challenge without qop has neither count nor cnonce', async () => {
    const parameters = new Map([['realm', 'testrealm@host.com']])
    const request = { url: new URL('http://h/dir/index.html'), method: 'GET' }
    const known = { algorithm: 'MD5', parameters, nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093', cnonce: 'x', count: 0 }
    const header = await authorization({ ...credentials, password: 'CircleOfLife' }, request, known)
    expect(field(header, 'response')).toBe('1949323746fe6a43ef61f9606e7febea')
    expect(header).not.toMatch(/nc=|cnonce=|qop=/)
  })
})

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

  test('qop=auth-int alone is refused clearly', async () => {
    const { fetch } = memory([challenge('Digest realm="r", nonce="n", qop="auth-int"')])
    const error = await rejection(createSession({ fetch, auth: digest(credentials) }).fetch(U))
    expect(error.message).toMatch(/auth-int/)
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

  test.each([[{ username: 'a:b', password: 'x' }], [{ username: 'a', password: 'x\n' }], [{ username: 1, password: 'x' }]])(
    '%j is a TypeError',
    (wrong) => {
      expect(() => digest(wrong as never)).toThrow(TypeError)
    },
  )
})

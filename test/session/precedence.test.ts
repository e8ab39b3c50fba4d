import { describe, expect, test } from 'vitest'
import { createSession } from '../../src/index.ts'
import { A, B } from '../support/answers.ts'
import { memory } from '../support/memory.ts'

describe('a call goes before its session', () => {
  test.each([
    ['auth', { headers: { authorization: 'S' } }, A, { auth: { token: 'call' } }, 'authorization', 'Bearer call'],
    ['userinfo', { headers: { authorization: 'S' } }, 'https://u:p@a.example/', {}, 'authorization', 'Basic dTpw'],
    ['auth: null', { headers: { authorization: 'S' } }, A, { auth: null }, 'authorization', 'S'],
    [
      'its own header',
      { headers: { authorization: 'S' } },
      A,
      { auth: { token: 'x' }, headers: { authorization: 'C' } },
      'authorization',
      'C',
    ],
    ['a Cookie header', { cookies: { a: 's', b: 's' } }, A, { headers: { cookie: 'a=call' } }, 'cookie', 'a=call; b=s'],
    ['a Cookie header, over null', { cookies: { a: null } }, A, { headers: { cookie: 'a=call' } }, 'cookie', 'a=call'],
    ['cookies', { headers: { cookie: 'a=s' } }, A, { cookies: { a: 'call' } }, 'cookie', 'a=call'],
    [
      'cookies, over its own Cookie header',
      { cookies: { a: 's' } },
      A,
      { cookies: { a: '1' }, headers: { cookie: 'a=2' } },
      'cookie',
      'a=1',
    ],
  ])('%s', async (_, options, url, given, name, expected) => {
    const wire = memory()
    await createSession({ fetch: wire.fetch, ...options }).fetch(url, given)
    expect(wire.last.headers.get(name)).toBe(expected)
  })

  test.each([
    ['auth', { auth: { token: 'child' } }, 'Bearer child'],
    ['the userinfo of its baseURL', { baseURL: 'https://u:p@a.example/' }, 'Basic dTpw'],
    ['auth: null', { auth: null }, 'S'],
  ])('a child goes before its parent: %s over an inherited header', async (_, options, expected) => {
    const wire = memory()
    await createSession({ fetch: wire.fetch, baseURL: A, headers: { authorization: 'S' } })
      .extend(options)
      .fetch('/')
    expect(wire.last.headers.get('authorization')).toBe(expected)
  })

  test('the userinfo of a base stays at its origin when an absolute input wins', async () => {
    const wire = memory()
    await createSession({ fetch: wire.fetch }).fetch(B, { baseURL: 'https://u:p@a.example/' })
    expect(wire.last.headers.get('authorization')).toBeNull()
  })

  test('a line break at the end of a value is taken off, as by fetch: a token that was read from a file has one', async () => {
    const wire = memory()
    const headers = { authorization: 'Bearer call\n', cookie: 'a=call\r\n', 'x-bytes': ' voil\u00c3\u00a0' }
    await createSession({ fetch: wire.fetch, headers: { 'x-file': 'session\n' } }).fetch(A, { headers })
    const names = ['authorization', 'cookie', 'x-bytes', 'x-file']
    expect(names.map((name) => wire.last.headers.get(name))).toEqual(['Bearer call', 'a=call', 'voil\u00c3\u00a0', 'session'])
  })

  test('headers may be an iterator, which can be read once', async () => {
    const wire = memory()
    const headers = new Headers({ cookie: 'a=call', 'x-one': '1' }).entries()
    await createSession({ fetch: wire.fetch, cookies: { a: 's' } }).fetch(A, { headers })
    expect([wire.last.headers.get('cookie'), wire.last.headers.get('x-one')]).toEqual(['a=call', '1'])
  })
})

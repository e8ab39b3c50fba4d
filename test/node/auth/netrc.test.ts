import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { netrcCredentials, parseNetrc } from '../../../src/node/auth/netrc.ts'
import { growth } from '../../support/growth.ts'

const ada = { username: 'ada', password: 'secret' }

describe('parseNetrc()', () => {
  test.each([
    ['one line', 'machine h login ada password secret', { h: ada }],
    ['one word a line', 'machine\nh\nlogin\nada\npassword\nsecret', { h: ada }],
    ['CRLF, tabs and a byte order mark', '\ufeffmachine\th\r\n\tlogin ada\r\n\tpassword secret\r\n', { h: ada }],
    ['a host in other case', 'machine H login ada password secret', { h: ada }],
    ['default', 'default login ada password secret', { '': ada }],
    ['user for login', 'machine h user ada password secret', { h: ada }],
    ['quoted words', 'machine h login "a da" password "se\\"c\\\\ret"', { h: { username: 'a da', password: 'se"c\\ret' } }],
    ['an account', 'machine h login ada account machine password secret', { h: ada }],
    ['no password', 'machine h login ada', { h: { username: 'ada', password: '' } }],
    ['no login', 'machine h password secret', {}],
    ['keywords as values', 'machine h login macdef password machine', { h: { username: 'macdef', password: 'machine' } }],
    ['the first entry of a host', 'machine h login ada password secret machine h login b password c', { h: ada }],
    ['comments', '# machine x login y\nmachine h # machine z\nlogin ada password secret', { h: ada }],
    ['a value that begins like a comment', 'machine h login ada password #1', { h: { username: 'ada', password: '#1' } }],
    ['a macro', 'macdef init\nmachine x login y password z\n\nmachine h login ada password secret', { h: ada }],
    ['a macro that ends with blanks', 'macdef init\r\nmachine x\r\n \t\r\nmachine h login ada password secret', { h: ada }],
    ['a macro to the end', 'machine h login ada password secret\nmacdef x\nmachine y login z', { h: ada }],
    ['a quote that is never closed', 'machine h login ada password "secret', { h: ada }],
    ['a word that is cut off', 'machine h login ada password', { h: { username: 'ada', password: '' } }],
    ['words before any machine', 'login x machine h login ada password secret', { h: ada }],
    ['nothing', ' \n', {}],
  ])('reads %s', (_, text, expected) => {
    expect(Object.fromEntries(parseNetrc(text))).toEqual(expected)
  })

  test.each([
    ['blanks', (n: number) => `${' '.repeat(n)}x`],
    ['a macro of lines with blanks', (n: number) => `macdef x\n${' a\n'.repeat(n / 3)}`],
    ['macros', (n: number) => 'macdef x '.repeat(n / 9)],
    ['an open quote of backslashes', (n: number) => `login "${'\\'.repeat(n)}`],
    ['comments', (n: number) => '#\n'.repeat(n / 2)],
    ['one word', (n: number) => 'a'.repeat(n)],
  ])('grows with the length of %s', (_, make) => {
    for (const length of [16_384, 131_072]) expect(growth(parseNetrc, make, length), String(length)).toBeLessThan(3)
  })
})

describe('netrcCredentials()', () => {
  let home: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'netrc-'))
    vi.stubEnv('HOME', home)
    vi.stubEnv('NETRC', '')
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(home, { recursive: true })
  })
  const write = (name: string, text: string) => writeFileSync(join(home, name), text)
  const entry = (host: string, login: string) => `machine ${host} login ${login} password p\n`

  test.each([
    [['.netrc'], '.netrc'],
    [['_netrc'], '_netrc'],
    [['.netrc', '_netrc'], '.netrc'],
    [['.netrc', '_netrc', 'mine'], 'mine'],
  ])('of %j reads %s', (names, expected) => {
    for (const name of names) write(name, entry('h', name))
    if (names.includes('mine')) vi.stubEnv('NETRC', join(home, 'mine'))
    expect(netrcCredentials()('h')?.username).toBe(expected)
  })

  test('a file that NETRC names and that is not there is one without entries', () => {
    write('.netrc', entry('h', 'ada'))
    vi.stubEnv('NETRC', join(home, 'missing'))
    expect(netrcCredentials()('h')).toBeUndefined()
  })

  test.each([
    ['h.example', false, 'ada'],
    ['H.Example', false, 'ada'],
    ['[::1]', false, 'six'],
    ['other.example', false, 'anyone'],
    ['h.example', true, 'ada'],
    ['other.example', true, undefined],
    ['sub.h.example', true, undefined],
  ])('gives %s, redirected: %s, the entry of %s', (host, redirected, expected) => {
    write('.netrc', `${entry('h.example', 'ada')}${entry('::1', 'six')}default login anyone password p`)
    expect(netrcCredentials()(host, { redirected })?.username).toBe(expected)
  })
})

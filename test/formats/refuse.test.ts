/** Input that is something else altogether: a TypeError that says what it looks like, and never quotes it. */
import { describe, expect, test } from 'vitest'
import { cookieHeader, cookiesTxt, har, storageState } from '../../src/formats/index.ts'

const LINE = 'shop.example\tFALSE\t/\tFALSE\t0\tsid\tSECRET\n'
const STATE = { cookies: [{ name: 'sid', value: 'SECRET', domain: 'shop.example' }], origins: [] }
const RECORDING = { log: { entries: [] } }
const JAR = { version: 'tough-cookie@6.1.0', cookies: [{ key: 'sid', value: 'SECRET', domain: 'shop.example', path: '/' }] }

const reads: Readonly<Record<string, (input: unknown) => unknown>> = {
  cookiesTxt: (input) => cookiesTxt.read(input as string),
  storageState: (input) => storageState.read(input as string),
  har: (input) => har.read(input as string),
  cookieHeader: (input) => cookieHeader.read(input as string, 'https://shop.example'),
}

/** Input, what it looks like, and the formats for which it is right or empty. */
const inputs: readonly (readonly [name: string, input: unknown, kind: RegExp, ...fine: string[]])[] = [
  ['HTML', '<!doctype html>\n<title>SECRET=1; x=2</title>', /HTML/],
  ['HTML behind blanks', `\ufeff \n<p>\n${LINE}`, /HTML/],
  ['other JSON', '{"name":"SECRET","version":"1=1"}', /other JSON/],
  ['other JSON in an array', [{ id: 'SECRET' }], /other JSON/],
  ['damaged JSON', '{"cookies":["SECRET"', /damaged JSON/],
  ['a cookies.txt', `# Netscape HTTP Cookie File\n${LINE}`, /cookies\.txt, which cookiesTxt reads/, 'cookiesTxt'],
  ['a cookies.txt without its header', LINE, /cookies\.txt, which cookiesTxt reads/, 'cookiesTxt'],
  ["Playwright's state", JSON.stringify(STATE), /JSON, which storageState reads/, 'storageState'],
  ["Playwright's state as an object", STATE, /JSON, which storageState reads/, 'storageState'],
  ['a HAR', JSON.stringify(RECORDING), /a HAR, which har reads/, 'har'],
  ['a HAR as an object', RECORDING, /a HAR, which har reads/, 'har'],
  ['the saved state of a jar', JSON.stringify(JAR), /saved state of a jar/],
  ['the saved state of a jar as an object', JAR, /saved state of a jar/],
  ['what was read', cookiesTxt.read(LINE), /already read/],
  ['a Cookie header', 'sid=SECRET; b=2', /a Cookie header/, 'cookieHeader'],
  ['a named Cookie header', 'Cookie: sid=SECRET', /a Cookie header/, 'cookieHeader'],
  ['Set-Cookie lines', 'Set-Cookie: sid=SECRET; Path=/', /Set-Cookie lines/],
  ['a database', 'SQLite format 3\0\x10\0SECRET', /SQLite/],
  ['bytes', new TextEncoder().encode(LINE), /bytes/],
  ['null', null, /null/],
  ['nothing', undefined, /undefined/],
  ['a number', 42, /number/],
]

describe.each(Object.entries(reads))('%s.read()', (format, read) => {
  test.each(inputs.filter(([, , , ...fine]) => !fine.includes(format)))('refuses %s', (_, input, kind) => {
    let message = ''
    expect(() => {
      try {
        read(input)
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
        message = (error as Error).message
        throw error
      }
    }).toThrow(kind)
    expect(message.startsWith(`${format}: this looks like `)).toBe(true)
    expect(message).not.toContain('SECRET')
  })
})

test.each([
  [
    'cookiesTxt',
    '.co.uk\tTRUE\t/\tFALSE\t0\tsid\tSECRET\n',
    /its only entry is no cookie \(line 1: its Domain is a public suffix\)/,
  ],
  ['storageState', [{ name: 'sid', value: 'SECRET' }, {}], /none of its 2 entries is a cookie \(\[0\]: it has no host\)/],
  ['cookieHeader', 'SECRET', /its only entry is no cookie \(cookie 1: it has no name\)/],
])('%s.read() refuses bad entries without a good one', (format, input, message) => {
  expect(() => reads[format]?.(input)).toThrow(message)
  expect(() => reads[format]?.(input)).toThrow(TypeError)
})

test('an empty text is JSON to nobody, and an empty cookies.txt', () => {
  expect(() => storageState.read('')).toThrow('storageState: this looks like an empty text; give ')
  expect(cookiesTxt.read('\n')).toEqual({ cookies: [], skipped: [] })
})

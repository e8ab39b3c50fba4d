/** What servers and callers give is read in time that grows with its length. */
import { describe, expect, test } from 'vitest'
import { textOf } from '../../../src/cookies/bytes.ts'
import { asciiDomain } from '../../../src/cookies/domains.ts'
import { cookiePairs, mergeCookieHeader, trimBlanks } from '../../../src/cookies/header.ts'
import { checkCookie } from '../../../src/cookies/values.ts'
import { utf8ByteString } from '../../../src/http/byte-string.ts'
import { judge } from '../../../src/node/jar/rules.ts'
import { siteOf } from '../../../src/node/jar/site.ts'
import { openJar } from '../../../src/node/jar/source.ts'
import { growth } from '../../support/growth.ts'

const SITE = siteOf(new URL('https://www.example.com/'))
const quietly = (work: () => unknown) => {
  try {
    work()
  } catch {
    // A refusal is an answer too.
  }
}

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'a Set-Cookie line': (text) => judge(text, SITE, 0),
  'a value': (text) => judge(`a=${text}`, SITE, 0),
  attributes: (text) => judge(`a=b;${text}`, SITE, 0),
  'a Domain': (text) => judge(`a=b; Domain=${text}`, SITE, 0),
  'an Expires': (text) => judge(`a=b; Expires=${text}`, SITE, 0),
  'a Max-Age': (text) => judge(`a=b; Max-Age=${text}`, SITE, 0),
  'a Date header': (text) => judge('a=b; Expires=Thu, 01 Jan 1970 00:10:00 GMT', SITE, 0, text),
  'a Cookie header': cookiePairs,
  'a Cookie header to merge': (explicit) =>
    mergeCookieHeader({ fromJar: 'a=1', explicit, option: { a: '2' }, taken: new Set(['b']) }),
  'a name and value of the caller': (text) => quietly(() => checkCookie(text, text)),
  bytes: textOf,
  text: utf8ByteString,
  blanks: trimBlanks,
  'a domain': asciiDomain,
  'a saved state': (text) => quietly(() => openJar(text as never)),
  'a saved value': (value) => quietly(() => openJar({ cookies: [{ key: 'a', value, domain: 'h', path: '/' }] })),
}

const shapes: Readonly<Record<string, (length: number) => string>> = {
  blanks: (length) => `x${' '.repeat(length)}x`,
  semicolons: (length) => ';'.repeat(length),
  tabs: (length) => '\t=\t'.repeat(length / 3),
  'half of UTF-8': (length) => '\u00c3\u00a9 \u00a0'.repeat(length / 4),
  attributes: (length) => '; Domain=a; Path=b; Expires=1:1:1'.repeat(length / 33),
}

describe.each(Object.entries(readers))('%s', (_, read) => {
  test.each(Object.entries(shapes))('of %s', (__, shape) => {
    for (const length of [8000, 100_000]) expect(growth(read, shape, length), String(length)).toBeLessThan(3)
  })
})

import { describe, expect, test } from 'vitest'
import { openJar } from '../../../src/node/jar/source.ts'

const browsers = { name: 'sid', value: 's3cret', domain: 'example.com', path: '/' }

describe('a saved state of another program is named, with what reads it:', () => {
  test.each([
    [
      "Playwright's",
      { cookies: [{ ...browsers, expires: -1, sameSite: 'Lax' }], origins: [] },
      /Playwright's.* storageState\.read/,
    ],
    ["Playwright's as text", JSON.stringify({ cookies: [], origins: [] }), /Playwright's.* storageState\.read/],
    ['an array of Puppeteer', [{ ...browsers, expires: 1_900_000_000.5, session: false }], /Puppeteer.* storageState\.read/],
    ['an array of Selenium', [{ ...browsers, expiry: 1_900_000_000, sameSite: 'Lax' }], /Selenium.* storageState\.read/],
    [
      'an array of an extension',
      [{ ...browsers, expirationDate: 1.9e9, sameSite: 'no_restriction' }],
      /extensions.* storageState/,
    ],
    ['cookies with dotted domains', { cookies: [{ ...browsers, domain: '.example.com' }] }, /storageState\.read/],
    ['a HAR file', { log: { version: '1.2', entries: [] } }, /HAR.* har\.read/],
    ['Netscape text', '# Netscape HTTP Cookie File\n', /cookies\.txt.* cookiesTxt\.read/],
    ['Netscape text without a header', '.example.com\tTRUE\t/\tFALSE\t0\tsid\ts3cret\n', /cookies\.txt.* cookiesTxt\.read/],
    ['a Cookie header', 'sid=s3cret; b=2', /Cookie header.* cookieHeader\.read/],
    ['HTML', '<!doctype html><p>s3cret', /this is HTML/],
    ['a file name', 'cookies.json', /fileStore\(path\)/],
    [
      'an array of cookies',
      [{ name: 'a', value: 's3cret', domain: 'h', path: '/', expires: null, hostOnly: true }],
      /give \{ cookies: array \}/,
    ],
    ['an array of tough-cookie', [{ key: 'a', value: 's3cret', domain: 'h', path: '/' }], /give \{ cookies: array \}/],
    ['other JSON', { value: 's3cret' }, /give a tough-cookie CookieJar/],
    ['a number', 1, /give a tough-cookie CookieJar/],
    ['cookies by name', { cookies: { sid: 's3cret' } }, /give a tough-cookie CookieJar/],
  ])('%s', (_, given, message) => {
    const attempt = () => openJar(given as object)
    expect(attempt).toThrow(TypeError)
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(/^jar: (?!.*s3cret)/)
  })
})

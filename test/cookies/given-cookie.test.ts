import { describe, expect, test } from 'vitest'
import { checkGiven, namedCookie, ownerURL } from '../../src/cookies/given-cookie.ts'

const NOW = Date.UTC(2026, 0, 1)
const check = (more: object) => checkGiven(namedCookie({ name: 'sid', value: 's3cret', ...more }, undefined, undefined), NOW)

describe('checkGiven() refuses, naming the cookie and not its value:', () => {
  test.each([
    [{ expires: 0 }, /^cookies: 'sid': expires must be a Date or milliseconds, not seconds/],
    [{ expires: -1 }, /milliseconds, not seconds/],
    [{ expires: 1_900_000_000 }, /milliseconds, not seconds/],
    [{ expires: Number.NEGATIVE_INFINITY }, /milliseconds, not seconds/],
    [{ expires: Number.NaN }, /milliseconds, not seconds/],
    [{ expires: new Date(Number.NaN) }, /milliseconds, not seconds/],
    [{ expires: '2026-01-01' }, /milliseconds, not seconds/],
    [{ maxAge: Number.NaN }, /maxAge must be seconds/],
    [{ maxAge: '60' }, /maxAge must be seconds/],
    [{ path: 'x' }, /path must begin with '\/'/],
    [{ path: '/a;b' }, /path must begin with '\/'/],
    [{ path: `/${'x'.repeat(1024)}` }, /no longer than 1024/],
    [{ domain: 'a;b' }, /domain is not a domain/],
    [{ domain: 1 }, /domain is not a domain/],
    [{ sameSite: 'maybe' }, /sameSite must be 'strict', 'lax' or 'none'/],
    [{ sameSite: 1 }, /sameSite must be/],
  ])('%j', (more, message) => {
    expect(() => check(more)).toThrow(message)
    expect(() => check(more)).toThrow(/^cookies: 'sid': (?!.*s3cret)/)
    expect(() => check(more)).toThrow(TypeError)
  })
})

describe('checkGiven() reads', () => {
  test.each([
    ['sameSite in any case', { sameSite: 'Lax' }, { sameSite: 'lax' }],
    ['sameSite: undefined as none', { sameSite: undefined }, { sameSite: undefined }],
    ['milliseconds', { expires: NOW + 1 }, { end: NOW + 1 }],
    ['a Date, also a past one', { expires: new Date(0) }, { end: 0 }],
    ['null as a session cookie', { expires: null }, { end: undefined }],
    ['maxAge before expires', { maxAge: 1, expires: NOW }, { end: NOW + 1000 }],
    ['a maxAge of 0 as ended', { maxAge: 0 }, { end: 0 }],
    ['a maxAge beyond 400 days as 400 days', { maxAge: 1e12 }, { end: NOW + 34_560_000_000 }],
    ['a domain without its dot', { domain: '.example.com' }, { domain: 'example.com' }],
    ['hostOnly before domain', { domain: 'example.com', hostOnly: true }, { domain: '' }],
  ])('%s', (_, more, expected) => {
    expect(check(more)).toMatchObject(expected)
  })

  test('own keys only', () => {
    expect(check(Object.create({ domain: 'polluted.example' })).domain).toBe('')
  })
})

describe('ownerURL() is, as https,', () => {
  const base = new URL('http://www.example.com/a')
  test.each([
    ["the cookie's own URL", { url: 'http://other.example/x' }, base, 'https://other.example/x'],
    ["the base's", {}, base, 'https://www.example.com/a'],
    ["the base's within the domain", { domain: '.example.com' }, base, 'https://www.example.com/a'],
    ["the domain's elsewhere", { domain: 'other.example' }, base, 'https://other.example/'],
    ["an IPv6 address's", { domain: '::1' }, undefined, 'https://[::1]/'],
  ])('%s', (_, more, from, expected) => {
    expect(ownerURL({ name: 'a', value: '1', ...more }, from).href).toBe(expected)
  })

  test.each([
    ['nothing to go by', {}, /pass a url or a domain/],
    ['a relative url', { url: '/x' }, /url must be absolute/],
    ['a domain that is none', { domain: 'a b' }, /domain is not a domain/],
  ])('a TypeError for %s', (_, more, message) => {
    expect(() => ownerURL({ name: 'a', value: '1', ...more }, undefined)).toThrow(message)
  })
})

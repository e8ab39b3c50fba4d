/** 100,000 inputs out of a small alphabet against five bases: none leaves the base's path, however its separators are read. */
import { describe, expect, test } from 'vitest'
import { resolveURL } from '../../src/http/url.ts'
import { pick, seeded } from '../support/random.ts'

const ALPHABET = ['.', '..', '%2e', '%2E', '/', '\\', '%2f', '%5C', '%', ' ', '\f', '\t', '\u0001', '?', '#', 'a', 'b', '@', ':']
const BASES = ['http://h', 'http://h/', 'http://h/v1/tenants/42', 'http://h/v1/tenants/42/', 'https://h:8443/a%2fb/c?k=v']
const INPUTS = 20_000

/** The path's segments after a server has decoded what it may decode, and walked the dots. */
function walked(pathname: string): string[] {
  const segments: string[] = []
  for (const segment of pathname.replace(/%2e/gi, '.').split(/\/|\\|%2f|%5c/i)) {
    if (segment === '..') segments.pop()
    else if (segment !== '.' && segment !== '') segments.push(segment)
  }
  return segments
}

const rules = { allowAbsolute: false, isMounted: () => false }

describe('resolveURL() with random inputs', () => {
  test.each(BASES)('stays under %s', (baseURL) => {
    const random = seeded(1)
    const base = new URL(baseURL)
    const root = base.pathname.replace(/\/$/, '')
    let resolved = 0
    for (let count = 0; count < INPUTS; count++) {
      const input = Array.from({ length: 1 + Math.floor(random() * 10) }, () => pick(random, ALPHABET)).join('')
      let url: URL
      try {
        url = resolveURL(input, { ...rules, base })
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
        continue
      }
      resolved++
      const isUnder = url.pathname === root || url.pathname.startsWith(`${root}/`) || (root === '' && url.pathname === '/')
      const under = walked(base.pathname).every((segment, index) => walked(url.pathname)[index] === segment)
      if (!(isUnder && under && url.origin === base.origin)) expect.fail(`${JSON.stringify(input)} leads to ${url.href}`)
    }
    // A rule that refuses everything would pass, too.
    expect(resolved).toBeGreaterThan(INPUTS / 20)
  })
})

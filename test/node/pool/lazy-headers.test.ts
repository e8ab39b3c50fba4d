import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { appendFields, lazyHeaders } from '../../../src/node/pool/lazy-headers.ts'

const fields = { 'content-type': 'text/plain', link: ['<a>', '<b>'], 'set-cookie': ['a=1', 'b=2'] }

describe('lazyHeaders()', () => {
  test('answers as real ones do', () => {
    const lazy = lazyHeaders(fields)
    const real = appendFields(new Headers(), fields)
    for (const name of ['Content-Type', 'link', 'set-cookie', 'absent', 'constructor', 'toString'])
      expect([lazy.get(name), lazy.has(name)], name).toEqual([real.get(name), real.has(name)])
    expect(lazy.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect([...lazy]).toEqual([...real])
    expect(lazy).toBeInstanceOf(Headers)
  })

  test('what is written to them is read from them', () => {
    const lazy = lazyHeaders(fields)
    lazy.set('x-new', '1')
    lazy.delete('link')
    expect([lazy.get('x-new'), lazy.get('link'), lazy.getSetCookie().length]).toEqual(['1', null, 2])
    expect(new Headers(lazy).get('x-new')).toBe('1')
  })

  test('one Set-Cookie is a list of one, and the fields are not handed out', () => {
    const one = { 'set-cookie': 'a=1' }
    expect(lazyHeaders(one).getSetCookie()).toEqual(['a=1'])
    lazyHeaders(fields).getSetCookie().push('c=3')
    expect(fields['set-cookie']).toEqual(['a=1', 'b=2'])
  })

  test('are those of the fields alone, also where somebody has put a member on every object', () => {
    Object.defineProperty(Object.prototype, 'evil', { value: 1, configurable: true, enumerable: true })
    const listed: unknown[] = []
    try {
      listed.push(...lazyHeaders({ a: '1' }))
    } finally {
      delete (Object.prototype as { evil?: unknown }).evil
    }
    expect(listed).toEqual([['a', '1']])
  })

  test('console.log shows their names only', () => {
    expect(inspect(lazyHeaders(fields))).toBe('Headers { content-type, link, set-cookie }')
  })
})

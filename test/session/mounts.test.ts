import { describe, expect, test } from 'vitest'
import { createSession } from '../../src/index.ts'
import { memory } from '../support/memory.ts'

describe('mounts', () => {
  const table: readonly [string, string, string | undefined][] = [
    ['https://h.example', 'https://h.example/x', 'https://h.example'],
    ['HTTPS://H.EXAMPLE', 'https://h.example/x', 'HTTPS://H.EXAMPLE'],
    ['https://h.example:443', 'https://h.example/x', 'https://h.example:443'],
    ['https://h.example', 'https://h.example.evil/x', undefined],
    ['https://h.example', 'https://h.example:8443/x', undefined],
    ['https://h.example', 'http://h.example/x', undefined],
    ['https://h.example/api', 'https://h.example/api/x', 'https://h.example/api'],
    ['https://h.example/api', 'https://h.example/apiary', undefined],
    ['mock://', 'mock://any/x', 'mock://'],
    ['mock:///a', 'mock://any/a/x', 'mock:///a'],
    ['mock:///a', 'mock://any/b', undefined],
    ['mock://Any', 'mock://aNY/x', 'mock://Any'],
    ['https://h.example/a/', 'https://h.example/a', undefined],
    ['https://h.example/a/', 'https://h.example/a/b', 'https://h.example/a/'],
  ]
  test.each(table)('%s and %s', async (prefix, url, expected) => {
    const { fetch } = memory(() => ({ body: '{"from":"network"}' }))
    const session = createSession({ fetch }).mount(prefix, () => Response.json({ from: prefix }))
    expect(await session.get(url)).toEqual({ from: expected ?? 'network' })
  })

  test('the longest prefix wins, and null unmounts', async () => {
    const session = createSession({ mounts: { 'https://h/': () => Response.json(1), 'https://h/a': () => Response.json(2) } })
    expect(await session.get('https://h/a/b')).toBe(2)
    expect(await session.mount('https://h/a', null).get('https://h/a/b')).toBe(1)
  })
})

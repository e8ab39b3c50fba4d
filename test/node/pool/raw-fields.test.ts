import { expect, test } from 'vitest'
import { parseFields } from '../../../src/node/pool/raw-fields.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

test.each([
  ['nothing', [], {}],
  ['a name in lower case', ['X-A', '1'], { 'x-a': '1' }],
  ['values of one name as a list', ['a', '1', 'A', '2', 'a', '3'], { a: ['1', '2', '3'] }],
  ['latin-1 bytes', ['a', 'gr\u00fc\u00df'], { a: 'gr\u00fc\u00df' }],
  ['names of every object', ['constructor', '1', 'toString', '2'], { constructor: '1', tostring: '2' }],
  ['a name that no object takes', ['__proto__', '1', '__PROTO__', '2'], Object.fromEntries([['__proto__', ['1', '2']]])],
])('parseFields() reads %s', (_, raw, expected) => {
  expect(parseFields(raw.map(bytes))).toEqual(expected)
  expect(parseFields(raw)).toEqual(expected)
})

test('parseFields() takes the values of one name together, as mocks give them', () => {
  expect(parseFields([bytes('set-cookie'), [bytes('a=1'), bytes('b=2')]])).toEqual({ 'set-cookie': ['a=1', 'b=2'] })
})

test('parseFields() tells names apart that fall into one place of its memory, and those that are longer than it keeps', () => {
  // Same length, first and last byte: one slot.
  const names = ['x-aa', 'x-ba', 'X-aA', 'x-aa', `x-${'a'.repeat(100)}a`, `x-${'b'.repeat(100)}a`]
  for (const name of [...names, ...names])
    expect(Object.keys(parseFields([bytes(name), bytes('1')]))).toEqual([name.toLowerCase()])
})

test('parseFields() keeps no hold of the bytes that it was given, which are reused', () => {
  const name = bytes('x-reused')
  parseFields([name, bytes('1')])
  name.write('x-Zeused')
  expect(parseFields([name, bytes('1')])).toEqual({ 'x-zeused': '1' })
})

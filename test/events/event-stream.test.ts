import { describe, expect, test } from 'vitest'
import { EventStreamParser } from '../../src/events/event-stream.ts'
import { growth } from '../support/growth.ts'

/** Parses a stream that comes in pieces of a length. */
function parse(text: string, size = text.length) {
  const parser = new EventStreamParser('')
  const events = []
  for (let at = 0; at < text.length; at += size) events.push(...parser.push(text.slice(at, at + size)))
  return { events, lastEventId: parser.lastEventId, retry: parser.retry }
}
const message = (data: string, more: object = {}) => ({ id: '', event: 'message', data, ...more })

describe('EventStreamParser, WHATWG HTML 9.2.6', () => {
  test.each([
    ['an event', 'data: a\n\n', [message('a')]],
    ['two events', 'data: a\n\ndata: b\n\n', [message('a'), message('b')]],
    ['several lines of data', 'data: a\ndata:\ndata: b\n\n', [message('a\n\nb')]],
    ['CRLF', 'data: a\r\ndata: b\r\n\r\n', [message('a\nb')]],
    ['CR alone', 'data: a\rdata: b\r\r', [message('a\nb')]],
    ['mixed line ends', 'data: a\r\ndata: b\rdata: c\n\r\n', [message('a\nb\nc')]],
    ['a name', 'event: add\ndata: 1\n\ndata: 2\n\n', [message('1', { event: 'add' }), message('2')]],
    ['an id, which stays', 'id: 7\ndata: a\n\ndata: b\n\n', [message('a', { id: '7' }), message('b', { id: '7' })]],
    ['an id that is taken back', 'id: 7\ndata: a\n\nid\ndata: b\n\n', [message('a', { id: '7' }), message('b')]],
    ['an id with NUL, which is ignored', 'id: a\0b\ndata: a\n\n', [message('a')]],
    ['one blank after the colon', 'data:  a\n\ndata:b\n\n', [message(' a'), message('b')]],
    ['a colon in the value', 'data: a: b\n\n', [message('a: b')]],
    ['comments', ': hello\n\n:data: x\ndata: a\n\n', [message('a')]],
    ['unknown fields, and names in other case', 'foo: 1\nData: x\ndata: a\n\n', [message('a')]],
    ['a field without a colon', 'data\n\n', [message('')]],
    ['a block without data', 'event: x\n\ndata: a\n\n', [message('a')]],
    ['a block that is cut off', 'data: a\n\ndata: b\n', [message('a')]],
    ['nothing', '\n\n\n', []],
  ])('reads %s, whole and in pieces', (_, text, expected) => {
    for (const size of [text.length, 1, 2, 3]) expect(parse(text, size).events).toEqual(expected)
  })

  test('an id counts from the end of its block on, also of one without data', () => {
    expect(parse('id: 1\n\n').lastEventId).toBe('1')
    expect(parse('id: 1\n\nid: 2\ndata: x\n').lastEventId).toBe('1')
  })

  test.each([
    ['10', 10],
    ['0', 0],
    ['99999999999999999999', 2 ** 31 - 1],
    ['1.5', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['', undefined],
  ])('retry: %s is %s ms', (text, expected) => {
    expect(parse(`retry: ${text}\n`).retry).toBe(expected)
  })

  test.each([
    ['a line in pieces', (n: number) => 'a'.repeat(n)],
    ['lines of data in pieces', (n: number) => 'data\n'.repeat(n / 5)],
    ['carriage returns in pieces', (n: number) => '\r'.repeat(n)],
    ['CRLF in pieces', (n: number) => '\r\n'.repeat(n / 2)],
    ['digits', (n: number) => `retry: ${'1'.repeat(n)}x\n`],
  ])('grows with the length of %s', (_, make) => {
    for (const length of [16_384, 131_072])
      expect(
        growth((text) => parse(text, 16), make, length),
        String(length),
      ).toBeLessThan(3)
  })
})

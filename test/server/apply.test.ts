/** Handing Set-Cookie lines to whatever a server answers with. */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { applyLines } from '../../src/server/apply.ts'

const LINES = ['a=1; Path=/', 'b=2; Path=/; Expires=Thu, 01 Jan 2099 00:00:00 GMT']
const serverResponse = () => new ServerResponse(new IncomingMessage(new Socket()))

describe('applyTo()', () => {
  test('appends each line to Headers, after what is there', () => {
    const headers = new Headers([['set-cookie', 'own=0']])
    expect(applyLines(headers, LINES)).toBe(headers)
    expect(headers.getSetCookie()).toEqual(['own=0', ...LINES])
  })

  test('adds to a Response and returns it', () => {
    const response = new Response('page')
    expect(applyLines(response, LINES)).toBe(response)
    expect(response.headers.getSetCookie()).toEqual(LINES)
  })

  test('adds none twice', () => {
    const response = applyLines(applyLines(new Response('page'), LINES), [...LINES, 'c=3'])
    expect(response.headers.getSetCookie()).toEqual([...LINES, 'c=3'])
    const node = applyLines(applyLines(serverResponse(), LINES), LINES)
    expect(node.getHeader('set-cookie')).toEqual(LINES)
  })

  test('returns a copy of a Response whose headers cannot be changed', async () => {
    const redirect = Response.redirect('https://shop.example/', 303)
    const copy = applyLines(redirect, LINES)
    expect(copy).not.toBe(redirect)
    expect([copy.status, copy.headers.get('location'), copy.headers.getSetCookie()]).toEqual([
      303,
      'https://shop.example/',
      LINES,
    ])
    const fetched = await fetch('data:text/plain,page')
    const changed = applyLines(fetched, LINES)
    expect([await changed.text(), changed.headers.getSetCookie(), changed.headers.get('content-type')]).toEqual([
      'page',
      LINES,
      'text/plain',
    ])
  })

  test('returns a Response that cannot be changed itself when there is nothing to add', () => {
    const redirect = Response.redirect('https://shop.example/')
    expect(applyLines(redirect, [])).toBe(redirect)
  })

  test('says what to do about Headers that cannot be changed', () => {
    const { headers } = Response.redirect('https://shop.example/')
    expect(() => applyLines(headers, LINES)).toThrow(/^applyTo: these headers cannot be changed/)
  })

  test.each([
    ['no header', undefined, LINES],
    ['one as text', 'own=0', ['own=0', ...LINES]],
    ['several', ['own=0', 'a=1; Path=/'], ['own=0', 'a=1; Path=/', LINES[1]]],
  ])("keeps a ServerResponse's %s", (_, there, expected) => {
    const response = serverResponse()
    if (there) response.setHeader('Set-Cookie', there)
    expect(applyLines(response, LINES)).toBe(response)
    expect(response.getHeader('set-cookie')).toEqual(expected)
  })

  test('refuses a ServerResponse whose headers are sent, if there is something to add', () => {
    const response = serverResponse()
    response.setHeader('set-cookie', ['a=1; Path=/'])
    response.flushHeaders()
    expect(applyLines(response, ['a=1; Path=/'])).toBe(response)
    expect(() => applyLines(response, LINES)).toThrow(TypeError)
    expect(() => applyLines(response, LINES)).toThrow(/^applyTo: the headers are already sent/)
  })

  test.each([[undefined], [null], ['page'], [{}], [{ headers: {} }], [{ headers: new Map() }]])('refuses %s', (target) => {
    // The wrong call is the test.
    expect(() => applyLines(target as never, LINES)).toThrow(/^applyTo: give a Response, Headers or a ServerResponse/)
  })
})

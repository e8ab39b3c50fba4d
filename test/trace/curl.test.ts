/** A hop as a command of curl. That a real shell and a real curl read it so: `e2e/node/trace.spec.ts`. */
import { describe, expect, test } from 'vitest'
import { toCurl } from '../../src/trace/curl.ts'
import { entry, hop } from './recording.ts'

const text = (body: string, mimeType = 'text/plain') => ({ hasBody: true, body: { mimeType, text: body, isCut: false } })

describe('toCurl()', () => {
  test.each([
    ['a GET', {}, `curl 'https://shop.example/cart'`],
    ['a HEAD', { method: 'HEAD' }, `curl 'https://shop.example/cart' --head`],
    ['a DELETE', { method: 'DELETE' }, `curl 'https://shop.example/cart' --request 'DELETE'`],
    [
      'a POST without a body',
      { method: 'POST' },
      `curl 'https://shop.example/cart' --request 'POST' --header 'content-length: 0'`,
    ],
    ['a header', { headers: [{ name: 'x-a', value: `it's` }] }, `curl 'https://shop.example/cart' --header 'x-a: it'\\''s'`],
    ['an empty header', { headers: [{ name: 'x-a', value: '' }] }, `curl 'https://shop.example/cart' --header 'x-a;'`],
    [
      'UTF-8 in a header',
      { headers: [{ name: 'x-a', value: 'caf\u00c3\u00a9' }] },
      `curl 'https://shop.example/cart' --header 'x-a: café'`,
    ],
    [
      'latin-1 in a header',
      { headers: [{ name: 'x-a', value: 'caf\u00e9' }] },
      `curl 'https://shop.example/cart' --header "$(printf 'x-a: caf\\351')"`,
    ],
    [
      'an escape in a header',
      { headers: [{ name: 'x-a', value: 'a\u001bb' }] },
      `curl 'https://shop.example/cart' --header "$(printf 'x-a: a\\033b')"`,
    ],
    [
      'what curl computes',
      {
        headers: [
          { name: 'content-length', value: '3' },
          { name: 'host', value: 'x' },
        ],
      },
      `curl 'https://shop.example/cart'`,
    ],
    ['patterns in the URL', { url: 'https://shop.example/a[1-3]' }, `curl 'https://shop.example/a[1-3]' --globoff`],
    [
      'a body',
      { method: 'POST', ...text('@file') },
      `curl 'https://shop.example/cart' --header 'content-type: text/plain' --data-raw '@file'`,
    ],
    [
      'a PUT with a body',
      { method: 'PUT', ...text('x') },
      `curl 'https://shop.example/cart' --request 'PUT' --header 'content-type: text/plain' --data-raw 'x'`,
    ],
    [
      'a body without a type',
      { method: 'POST', ...text('x', '') },
      `curl 'https://shop.example/cart' --header 'content-type:' --data-raw 'x'`,
    ],
    [
      'a body with carriage returns',
      { method: 'POST', ...text('-a\r\nb%') },
      `printf '\\055a\\015\\012b\\045' | curl 'https://shop.example/cart' --header 'content-type: text/plain' --data-binary @-`,
    ],
    [
      'bytes',
      { method: 'POST', hasBody: true, body: { mimeType: 'image/png', base64: 'AAEC', isCut: false } },
      `printf %s 'AAEC' | base64 -d | curl 'https://shop.example/cart' --header 'content-type: image/png' --data-binary @-`,
    ],
  ])('of %s', (_, request, command) => {
    expect(toCurl(hop({ request })).replaceAll(' \\\n ', '')).toBe(command)
  })

  test('says on a line of its own when the body is not known, or not to its end', () => {
    const cut = { ...text('x'), body: { mimeType: '', text: 'x', isCut: true } }
    expect(toCurl(hop({ request: { hasBody: true } }))).toMatch(/\n# the body was not recorded, see the option bodies of trace$/)
    expect(toCurl(hop({ request: cut }))).toMatch(/\n# the body goes on, it was recorded up to maxBodyBytes$/)
  })

  test('takes of a call the last request for its own URL', () => {
    const at = (path: string, cause: 'call' | 'auth' | 'redirect' | 'retry') =>
      hop({ cause, request: { url: `https://shop.example${path}`, headers: [{ name: 'x', value: cause }] } })
    const attempts = [
      { hops: [at('/cart', 'call')], retried: 'status 503' },
      { hops: [at('/cart', 'retry'), at('/cart', 'auth'), at('/next', 'redirect'), at('/next', 'auth')], retried: undefined },
    ]
    expect(toCurl(entry([], { attempts }))).toBe(`curl 'https://shop.example/cart' \\\n  --header 'x: auth'`)
  })

  test.each([[null], [undefined], [{}], ['x']])('of %j is a TypeError that says what to give', (given) => {
    expect(() => toCurl(given as never)).toThrow(/^toCurl: give one of entries/)
  })

  test('has nothing to show of a call that sent nothing', () => {
    expect(() => toCurl(entry([], { attempts: [] }))).toThrow('toCurl: this call sent nothing')
  })
})

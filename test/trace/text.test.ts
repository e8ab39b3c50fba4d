/** A trace as lines for a terminal. */
import { describe, expect, test } from 'vitest'
import { toText } from '../../src/trace/text.ts'
import { entry, hop } from './recording.ts'

const cookie = { value: '•••', secure: false, httpOnly: false, partitioned: false }

describe('toText()', () => {
  test('has a line for the call and an indented one for each hop', () => {
    const login = hop({
      request: { method: 'POST', url: 'https://shop.example/login', cookies: [{ name: 'lang', value: '•••' }] },
      response: {
        status: 303,
        redirectURL: 'https://shop.example/me',
        cookies: [
          { name: 'sid', ...cookie },
          { name: 'big', ...cookie, refused: 'over 4096 bytes' },
        ],
      },
    })
    const me = hop({ cause: 'redirect', request: { url: 'https://shop.example/me', cookies: [{ name: 'sid', value: '•••' }] } })
    expect(toText([entry([login, me], { method: 'POST', url: 'https://shop.example/login' })])).toBe(
      [
        'POST https://shop.example/login  200  20 ms',
        '  POST /login  303  12 ms  sent lang  set sid  refused big (over 4096 bytes)  → /me',
        '  GET /me  200  12 ms  (redirect)  sent sid',
      ].join('\n'),
    )
  })

  test('says why there was another attempt, and what carried it', () => {
    const attempts = [
      { hops: [hop({ response: { status: 503 } })], retried: 'status 503' },
      { hops: [{ ...hop({ cause: 'retry' }), transport: 'pool' as const }], retried: undefined },
    ]
    expect(
      toText([entry([], { attempts })])
        .split('\n')
        .slice(1),
    ).toEqual(['  GET /cart  503  12 ms', '  GET /cart  200  12 ms  (attempt 2 after status 503)  by pool'])
  })

  test.each([
    [
      'a failure',
      { state: 'failed', status: undefined, error: 'TypeError: GET https://shop.example/cart: refused' },
      'GET https://shop.example/cart  TypeError: refused  20 ms',
    ],
    [
      'a call on its way',
      { state: 'pending', timings: { queued: 0, waiting: undefined, receiving: undefined } },
      'GET https://shop.example/cart  pending',
    ],
    [
      'a wait in the queue',
      { timings: { queued: 30, waiting: 1500, receiving: 1 } },
      'GET https://shop.example/cart  200  1.5 s  queued 30 ms',
    ],
    [
      'another origin in full',
      {},
      'GET https://shop.example/cart  200  20 ms\n  GET https://other.example/  200  12 ms  (redirect)',
    ],
  ] as const)('shows %s', (_, parts, text) => {
    const hops = text.includes('\n') ? [hop({ cause: 'redirect', request: { url: 'https://other.example/' } })] : []
    expect(toText([entry(hops, parts)])).toBe(text)
  })

  test('shows how long a refresh took that a call waited for', () => {
    const hops = [hop({ response: { status: 401 } }), hop({ cause: 'auth' })]
    expect(toText([entry(hops, { refreshes: [{ started: 0, took: 45 }] })]).split('\n')[0]).toBe(
      'GET https://shop.example/cart  200  20 ms  refreshed in 45 ms',
    )
  })

  test('lets no control character through', () => {
    const response = { cookies: [{ name: 'a\u001b[2Jb\u009b', ...cookie }] }
    expect(toText([entry([hop({ response })])])).toContain('set a\\x1b[2Jb\\x9b')
  })
})

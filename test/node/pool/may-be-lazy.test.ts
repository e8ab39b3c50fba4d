import { expect, test } from 'vitest'
import { asLayer } from '../../../src/layers/interceptors.ts'
import { isLazy, type MayBeLazy, mayBeLazy } from '../../../src/node/pool/may-be-lazy.ts'
import { exchangeOf, through } from '../../support/exchange.ts'

const listener = () => undefined
async function* flow() {}

test.each<[string, object, MayBeLazy]>([
  ['the data door', {}, 'all'],
  ['with auth', { auth: { header: listener } }, 'all'],
  ['with a number of retries', { options: { retry: 2 } }, 'all'],
  ['session.fetch and raw', { wantsData: false }, 'followed redirects'],
  ['session.fetch that follows none', { wantsData: false, redirect: 'manual' }, 'none'],
  ['session.fetch that refuses them', { wantsData: false, redirect: 'error' }, 'none'],
  ['an auth flow', { auth: { flow } }, 'none'],
  ['onResponse', { options: { onResponse: [listener] } }, 'followed redirects'],
  ['onResponseError', { options: { onResponseError: [listener] } }, 'followed redirects'],
  ['onRetry', { options: { onRetry: [listener] } }, 'followed redirects'],
  ['shouldRetry, perhaps', { options: { retry: { limit: 1 } } }, 'followed redirects'],
  ['a stream', { options: { responseType: 'stream' } }, 'followed redirects'],
])('%s', (_, call, expected) => {
  expect(mayBeLazy(exchangeOf({ call: { wantsData: true, ...call } as never }))).toBe(expected)
})

test('an interceptor looks at the response', async () => {
  const exchange = exchangeOf({ call: { wantsData: true } })
  const { seen } = await through(
    asLayer((request, next) => next(request)),
    exchange,
  )
  expect(seen.map(mayBeLazy)).toEqual(['none'])
})

test.each<[MayBeLazy, number, string | undefined, boolean]>([
  ['all', 200, undefined, true],
  ['followed redirects', 302, '/x', true],
  ['followed redirects', 308, '/x', true],
  ['followed redirects', 302, undefined, false],
  ['followed redirects', 304, '/x', false],
  ['followed redirects', 201, '/x', false],
  ['none', 302, '/x', false],
])('%s: a %i to %s', (which, status, location, expected) => {
  expect(isLazy(which, status, location)).toBe(expected)
})

import { expect, test } from 'vitest'
import { asLayer } from '../../../src/layers/interceptors.ts'
import { isForDataOnly } from '../../../src/node/pool/only-data.ts'
import { exchangeOf, through } from '../../support/exchange.ts'

const listener = () => undefined
async function* flow() {}

test.each<[string, object, boolean]>([
  ['the data door', {}, true],
  ['with auth', { auth: { header: listener } }, true],
  ['with a number of retries', { options: { retry: 2 } }, true],
  ['session.fetch and raw', { wantsData: false }, false],
  ['an auth flow', { auth: { flow } }, false],
  ['onResponse', { options: { onResponse: [listener] } }, false],
  ['onResponseError', { options: { onResponseError: [listener] } }, false],
  ['onRetry', { options: { onRetry: [listener] } }, false],
  ['shouldRetry, perhaps', { options: { retry: { limit: 1 } } }, false],
  ['a stream', { options: { responseType: 'stream' } }, false],
])('%s', (_, call, expected) => {
  expect(isForDataOnly(exchangeOf({ call: { wantsData: true, ...call } as never }))).toBe(expected)
})

test('an interceptor looks at the response', async () => {
  const exchange = exchangeOf({ call: { wantsData: true } })
  const { seen } = await through(
    asLayer((request, next) => next(request)),
    exchange,
  )
  expect(seen.map(isForDataOnly)).toEqual([false])
})

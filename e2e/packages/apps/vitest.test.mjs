/** vitest in the environment that its command line names. */
import * as sessionfetch from 'sessionfetch'
import { expect, test } from 'vitest'
import { job } from './job.mjs'

test('logs in', async () => {
  expect(await job(sessionfetch, process.env.APP_ORIGIN)).toBe('main')
}, 60_000)

/** Jest, which requires. jsdom has no fetch: there the environment gives Node's. */
const sessionfetch = require('sessionfetch')
const { job } = require('./job.cjs')

test('logs in', async () => {
  const { APP_ORIGIN, APP_BUILD } = process.env
  // Node's fetch has no cookies of its own, which the browser build leaves to it.
  const options = APP_BUILD === 'browser' ? { jar: false } : {}
  expect(await job(sessionfetch, APP_ORIGIN, options)).toBe(APP_BUILD)
})

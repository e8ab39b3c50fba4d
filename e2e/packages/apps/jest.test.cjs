/** Jest, which requires. jsdom has no fetch: there the environment gives Node's. */
const sessionfetch = require('sessionfetch')
const { job, routeOf } = require('./job.cjs')
const { doSubPaths } = require('./sub-paths.cjs')

test('logs in', async () => {
  const { APP_ORIGIN, APP_BUILD } = process.env
  // Node's fetch has no cookies of its own, which the browser build leaves to it.
  const options = APP_BUILD === 'browser' ? { jar: false } : {}
  expect(await job(sessionfetch, APP_ORIGIN, options)).toBe(APP_BUILD)
})

test("goes over the environment's fetch, which is of another realm, and which tests replace", async () => {
  const { APP_ORIGIN, APP_BUILD } = process.env
  const options = APP_BUILD === 'browser' ? { jar: false } : {}
  expect(await routeOf(sessionfetch.createSession, APP_ORIGIN, options)).toBe('fetch')
})

test('does one thing with each sub-path', async () => {
  const context = { createSession: sessionfetch.createSession, origin: process.env.APP_ORIGIN }
  const events = require('sessionfetch/events')
  const modules = {
    formats: require('sessionfetch/formats'),
    trace: require('sessionfetch/trace'),
    ...(typeof TextEncoder === 'undefined' ? {} : { 'stores/testing': require('sessionfetch/stores/testing') }),
    ...(process.env.APP_BUILD === 'main' ? { server: require('sessionfetch/server') } : {}),
  }
  await doSubPaths(modules, context)
  // Jest's jsdom has no TextDecoder: that is said, and not taken for a stream that broke off.
  if (typeof TextDecoder === 'undefined') await expect(doSubPaths({ events }, context)).rejects.toThrow(/TextDecoder/)
  else await doSubPaths({ events }, context)
})

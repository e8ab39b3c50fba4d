/** Jest, which requires. jsdom has no fetch: there the environment gives Node's, or none, which an error then says. */
const sessionfetch = require('sessionfetch')
const { job, routeOf } = require('./job.cjs')
const { doSubPaths } = require('./sub-paths.cjs')

const { APP_ORIGIN: origin, APP_BUILD: build } = process.env
const { createSession } = sessionfetch
const hasFetch = typeof fetch === 'function'
const testWithFetch = hasFetch ? test : test.skip

test('a call works, or says that there is no fetch', async () => {
  const call = createSession().fetch(origin)
  if (hasFetch) expect((await call).ok).toBe(true)
  else await expect(call).rejects.toThrow(/there is no fetch here: give the fetch option$/)
})

testWithFetch('logs in', async () => {
  // Node's fetch has no cookies of its own, which the browser build leaves to it.
  const options = build === 'browser' ? { jar: false } : {}
  expect(await job(sessionfetch, origin, options)).toBe(build)
})

testWithFetch("goes over the environment's fetch, which is of another realm, and which tests replace", async () => {
  const options = build === 'browser' ? { jar: false } : {}
  expect(await routeOf(createSession, origin, options)).toBe('fetch')
})

testWithFetch('does one thing with each sub-path', async () => {
  const context = { createSession, origin }
  const events = require('sessionfetch/events')
  const modules = {
    formats: require('sessionfetch/formats'),
    trace: require('sessionfetch/trace'),
    ...(typeof TextEncoder === 'undefined' ? {} : { 'stores/testing': require('sessionfetch/stores/testing') }),
    ...(build === 'main' ? { server: require('sessionfetch/server') } : {}),
  }
  await doSubPaths(modules, context)
  // Jest's jsdom has no TextDecoder: that is said, and not taken for a stream that broke off.
  if (typeof TextDecoder === 'undefined') await expect(doSubPaths({ events }, context)).rejects.toThrow(/TextDecoder/)
  else await doSubPaths({ events }, context)
})

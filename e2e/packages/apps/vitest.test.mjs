/** vitest in the environment that its command line names. */
import * as sessionfetch from 'sessionfetch'
import * as events from 'sessionfetch/events'
import * as formats from 'sessionfetch/formats'
import * as server from 'sessionfetch/server'
import * as testing from 'sessionfetch/stores/testing'
import * as trace from 'sessionfetch/trace'
import { expect, test } from 'vitest'
import { job } from './job.mjs'
import { doSubPaths } from './sub-paths.mjs'

test('logs in', async () => {
  expect(await job(sessionfetch, process.env.APP_ORIGIN)).toBe('main')
}, 60_000)

test('does one thing with each sub-path', async () => {
  // happy-dom's fetch sends the cookies of its page only, so that there are no visitors in it.
  const ofServers = process.env.APP_ENVIRONMENT === 'happy-dom' ? {} : { server }
  const modules = { events, formats, trace, 'stores/testing': testing, ...ofServers }
  await doSubPaths(modules, { createSession: sessionfetch.createSession, origin: process.env.APP_ORIGIN })
}, 60_000)

/** The application that the bundlers for browsers bundle. The page tells where the server is, and where to report. */
import { createSession, FetchError, TimeoutError } from 'sessionfetch'
import * as events from 'sessionfetch/events'
import * as formats from 'sessionfetch/formats'
import * as testing from 'sessionfetch/stores/testing'
import * as trace from 'sessionfetch/trace'
import { job } from './job.mjs'
import { doSubPaths } from './sub-paths.mjs'

const { origin, report } = globalThis.APP

async function run() {
  const build = await job({ createSession, FetchError, TimeoutError }, origin)
  await doSubPaths({ events, formats, trace, 'stores/testing': testing }, { createSession, origin })
  return build
}

run().then(
  (build) => report({ title: build }),
  (error) => report({ title: 'failed', error: String(error) }),
)

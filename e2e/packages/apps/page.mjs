/** The application that the bundlers for browsers bundle. The page tells where the server is, and where to report. */
import { createSession, FetchError, TimeoutError } from 'sessionfetch'
import { job } from './job.mjs'

const { origin, report } = globalThis.APP
job({ createSession, FetchError, TimeoutError }, origin).then(
  (build) => report({ title: build }),
  (error) => report({ title: 'failed', error: String(error) }),
)

/** A route of Nitro, which Nuxt's server is. */
import { createSession, FetchError, TimeoutError } from 'sessionfetch'
import { job } from '../job.mjs'

export default defineEventHandler(async () => ({
  build: await job({ createSession, FetchError, TimeoutError }, process.env.APP_ORIGIN),
}))

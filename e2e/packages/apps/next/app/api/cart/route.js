/** A route handler that asks for its visitor. */
import { createSession, FetchError, TimeoutError } from 'sessionfetch'
import { sessionForRequest } from 'sessionfetch/server'
import { job } from '../../../job.mjs'

export async function GET(request) {
  const origin = process.env.APP_ORIGIN
  const visitor = sessionForRequest(request, { baseURL: origin, forward: ['sid'] })
  const { headers } = await visitor.get('/echo')
  const build = await job({ createSession, FetchError, TimeoutError }, origin)
  return Response.json({ build, cookie: headers.cookie ?? null })
}

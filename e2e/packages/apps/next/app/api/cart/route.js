/** A route handler that asks for its visitor. */
import { createSession, FetchError, TimeoutError } from 'sessionfetch'
import { sessionForRequest } from 'sessionfetch/server'
import { job, routeOf } from '../../../job.mjs'

export async function GET(request) {
  const origin = process.env.APP_ORIGIN
  const visitor = sessionForRequest(request, { baseURL: origin, forward: ['sid'] })
  const { headers } = await visitor.get('/echo')
  const build = await job({ createSession, FetchError, TimeoutError }, origin)
  const patched = Boolean(globalThis.fetch.__nextPatched)
  return Response.json({ build, patched, route: await routeOf(createSession, origin), cookie: headers.cookie ?? null })
}

/** A server route that asks for its visitor, and hands back what the API set. */
import { createSession, FetchError, TimeoutError } from 'sessionfetch'
import { sessionForRequest } from 'sessionfetch/server'
import { job } from '../../job.mjs'

export default defineEventHandler(async (event) => {
  const { origin } = useRuntimeConfig().public
  const visitor = sessionForRequest(event.node.req, { baseURL: origin, forward: ['sid'] })
  const { headers } = await visitor.get('/echo')
  await visitor.get('/set', { query: { cookie: 'seen=1; Path=/' } })
  visitor.applyTo(event.node.res)
  return { build: await job({ createSession, FetchError, TimeoutError }, origin), cookie: headers.cookie ?? null }
})

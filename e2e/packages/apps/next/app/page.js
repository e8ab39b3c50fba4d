/** A server component. */
import { createElement as h } from 'react'
import { createSession, FetchError, TimeoutError } from 'sessionfetch'
import { job } from '../job.mjs'
import Client from './client.js'

export const dynamic = 'force-dynamic'

export default async function Page() {
  const build = await job({ createSession, FetchError, TimeoutError }, process.env.APP_ORIGIN)
  return h('main', null, h('p', { id: 'server' }, build), h(Client, { origin: process.env.APP_ORIGIN }))
}

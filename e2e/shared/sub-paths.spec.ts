/** One real thing with each sub-path, wherever the shared specs run, less those that are for servers or for files. */
import { createSession } from 'sessionfetch'
import * as events from 'sessionfetch/events'
import * as formats from 'sessionfetch/formats'
import * as server from 'sessionfetch/server'
import * as testing from 'sessionfetch/stores/testing'
import * as trace from 'sessionfetch/trace'
import { describe, inject, test } from 'vitest'
import { SUB_PATHS } from '../packages/apps/sub-paths.mjs'

const origin = inject('a')
/** A page or a worker of one has no visitors. */
const isBrowser = typeof location !== 'undefined'

const work = {
  events: () => SUB_PATHS.events(events, { createSession, origin }),
  formats: () => SUB_PATHS.formats(formats),
  trace: () => SUB_PATHS.trace(trace, { createSession, origin }),
  'stores/testing': () => SUB_PATHS['stores/testing'](testing),
  ...(isBrowser ? {} : { server: () => SUB_PATHS.server(server, { origin }) }),
}

describe('sub-paths', () => {
  test.each(Object.entries(work))('sessionfetch/%s', async (_, done) => {
    await done()
  })
})

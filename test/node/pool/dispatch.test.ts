/** The transport over a dispatcher that is a lambda: what it calls, and what is left of a call. */
import { expect, test } from 'vitest'
import { SessionClosedError } from '../../../src/contract/errors.ts'
import type { CurrentHandler } from '../../../src/node/pool/callbacks.ts'
import type { Connections, Route } from '../../../src/node/pool/connections.ts'
import { undiciTransport } from '../../../src/node/pool/dispatch.ts'
import type { Running } from '../../../src/node/pool/handler.ts'
import { Places } from '../../../src/node/pool/places.ts'
import { exchangeOf } from '../../support/exchange.ts'

const controller = { pause: () => undefined, resume: () => undefined, abort: () => undefined }

/** A transport over one dispatcher, and the requests that are under way on it. */
function transportOf(dispatch: (handler: CurrentHandler) => void) {
  const running = new Places<Running>()
  const dispatcher = {
    dispatch: (_: unknown, handler: unknown) => {
      dispatch(handler as CurrentHandler)
      return true
    },
    destroy: async () => undefined,
  } as Route['dispatcher']
  const route: Route = { dispatcher, proxy: undefined, ready: () => undefined, ended: () => undefined, running }
  const connections: Connections = { route: () => route, close: async () => undefined }
  return { send: undiciTransport(connections), running }
}

const answer = (handler: CurrentHandler) => {
  handler.onResponseStart(controller, 200, {}, 'OK')
  handler.onResponseEnd()
}

// undici begins a request again that it had pipelined on a connection which ended before its turn.
test('a request that is begun twice is under way once, and no more when it has ended', async () => {
  const during: number[] = []
  const { send, running } = transportOf((handler) => {
    for (let times = 0; times < 2; times++) {
      handler.onRequestStart({ ...controller })
      during.push(running.all().length)
    }
    answer(handler)
  })
  for (let times = 0; times < 2; times++) expect((await send(exchangeOf())).status).toBe(200)
  expect([during, running.all()]).toEqual([[1, 1, 1, 1], []])
})

test('a request that is begun twice and fails is not under way any more', async () => {
  const { send, running } = transportOf((handler) => {
    for (let times = 0; times < 2; times++) handler.onRequestStart({ ...controller })
    handler.onResponseError(undefined, new SessionClosedError())
  })
  await expect(send(exchangeOf())).rejects.toBeInstanceOf(SessionClosedError)
  expect(running.all()).toEqual([])
})

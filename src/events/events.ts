/** Server-sent events through a session, and the reconnects of WHATWG HTML section 9.2.3. */
import type { FetchInput, Session } from '../index.ts'
import { Connection } from './connection.ts'
import type { ServerEvent } from './event-stream.ts'
import { lastFailure, mayReconnect } from './failures.ts'
import { checkOptions, type EventsOptions } from './options.ts'

/** Milliseconds to which the wait between attempts grows while connecting fails. */
const MAX_DELAY = 30_000

/**
 * Gives the events of a server as they arrive, with the session's cookies and auth. When the network fails or the stream ends it
 * connects again with `Last-Event-ID`; a 204 or the `signal` ends it without an error, and `break` closes the connection.
 * `timeout.total` holds for each connection until its headers; `timeout.idle` connects again.
 *
 * @throws FetchError for another status than 200 and 204, for another type than `text/event-stream`, and for the last failure
 * when `reconnects` is used up; SessionClosedError as soon as the session is closed
 * @example
 * ```ts
 * for await (const { event, data } of events(session, '/feed', { signal })) console.log(event, JSON.parse(data))
 * ```
 */
export async function* events(
  session: Session,
  input: FetchInput,
  options: EventsOptions = {},
): AsyncGenerator<ServerEvent, void, undefined> {
  if (typeof session?.prepare !== 'function') throw new TypeError('events: give a session first, made by createSession')
  const { reconnects, retry, call } = checkOptions(options)
  const connection = await Connection.prepare(session, input, call, retry)
  let row = 0
  let failures = 0
  while (!connection.isAborted) {
    let failure: unknown
    try {
      const response = await connection.open()
      if (!response) return
      failures = 0
      for await (const event of connection.read(response)) {
        row = 0
        yield event
      }
    } catch (error) {
      if (connection.isAborted) return
      if (!mayReconnect(error)) throw lastFailure(error)
      failures++
      failure = error
    } finally {
      connection.close()
    }
    if (connection.isAborted) return
    if (row >= reconnects) {
      if (failure) throw lastFailure(failure)
      return
    }
    row++
    await connection.wait(delayBefore(connection.retry, failures))
  }
}

/** The first wait is the server's own; each failure to connect after it doubles the wait. */
function delayBefore(retry: number, failures: number): number {
  return Math.min(retry * 2 ** Math.max(0, failures - 1), Math.max(retry, MAX_DELAY))
}

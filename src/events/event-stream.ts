/** Event streams, WHATWG HTML section 9.2.6: from text to events. */
import { LineSplitter } from './line-splitter.ts'

/** One event that a server has sent. */
export interface ServerEvent {
  /** The last `id` that the server has sent, with this event or before it; `''` if none. */
  readonly id: string
  /** `'message'` if the server does not say. */
  readonly event: string
  /** Its `data` lines, joined by line feeds. */
  readonly data: string
}

/** The longest wait of a timer, in milliseconds: a longer one fires at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

/** Reads one connection's stream. */
export class EventStreamParser {
  /** The id to go on from: that of the last complete block. */
  lastEventId: string
  /** Milliseconds to wait before a reconnect, if the server has said. */
  retry: number | undefined
  readonly #lines = new LineSplitter('CR')
  #id: string
  #event = ''
  #data: string[] = []

  constructor(lastEventId: string) {
    this.lastEventId = lastEventId
    this.#id = lastEventId
  }

  /** The events that a piece of the stream completes. A block that the end of the stream cuts off is dropped. */
  push(piece: string): ServerEvent[] {
    const events: ServerEvent[] = []
    for (const line of this.#lines.push(piece)) {
      const event = line === '' ? this.#dispatch() : this.#takeField(line)
      if (event) events.push(event)
    }
    return events
  }

  #takeField(line: string): undefined {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (name === 'data') this.#data.push(value)
    else if (name === 'event') this.#event = value
    else if (name === 'id' && !value.includes('\0')) this.#id = value
    else if (name === 'retry' && /^\d+$/.test(value)) this.retry = Math.min(Number(value), LONGEST_TIMER)
  }

  /** Ends a block. Without data it gives no event, but its id counts. */
  #dispatch(): ServerEvent | undefined {
    const { length } = this.#data
    const event = { id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') }
    this.lastEventId = this.#id
    this.#event = ''
    this.#data = []
    return length > 0 ? event : undefined
  }
}

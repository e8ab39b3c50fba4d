/** The sub-path `sessionfetch/events`: bodies that arrive bit by bit, as events or lines. */
export type { ServerEvent } from './event-stream.ts'
export { events } from './events.ts'
export { lines } from './lines.ts'
export type { EventsOptions } from './options.ts'

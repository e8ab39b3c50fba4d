/** The sub-path `sessionfetch/server`: a session for each request that a server renders for. */
export type { HandedTo, ServerResponseLike } from './apply.ts'
export type { Forward } from './forward.ts'
export type { IncomingRequest } from './incoming.ts'
export { sessionForRequest, type VisitorOptions, type VisitorSession } from './visitor.ts'

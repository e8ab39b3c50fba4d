/** The response that users get: the platform's own, with what a session knows about it. */
import type { Link } from '../http/links.ts'

export type { Link } from '../http/links.ts'

/** The platform's own `Response`, with what a session knows about it. */
export interface SessionResponse<T = unknown> extends Response {
  /** The redirect responses that led here, oldest first. In a browser always `[]`: the platform hides them. */
  readonly history: readonly SessionResponse[]
  /** Milliseconds from sending the last hop to its headers. */
  readonly elapsed: number
  /** The `Link` header (RFC 8288) by `rel`, with absolute URLs. */
  readonly links: Readonly<Record<string, Link>>
  /** The parsed body, in the data door. */
  _data?: T
}

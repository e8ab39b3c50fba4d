/** A session of `node:http2` with our limits, and the limit that the server has for request headers. */
import type { ClientHttp2Session } from 'node:http2'
import type { Duplex } from 'node:stream'
import { builtin } from '../builtin.ts'

/** Bytes that may come of one stream before they are read, and of all: a body of 10 MB waits for a round trip 40 times. */
const STREAM_WINDOW = 1 << 18
const CONNECTION_WINDOW = 1 << 22
/** Header fields of a response: as many as Node takes over HTTP/1.1, where its own limit here is 128. */
const MOST_FIELDS = 2000
const LONGEST_FIELDS = 65_535
/** Bytes of request headers that are sent at most, whatever the server says, and where it says nothing: Node's own limit. */
const LONGEST_REQUEST = 1 << 20
const USUAL_LIMIT = 1 << 16
const NO_LIMIT = 2 ** 32 - 1

/** Opens a session over a connected socket. */
export function openSession(origin: string, socket: Duplex): ClientHttp2Session {
  const session = builtin('node:http2').connect(origin, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: LONGEST_FIELDS },
    maxHeaderListPairs: MOST_FIELDS,
    maxSendHeaderBlockLength: LONGEST_REQUEST,
    // In MB, of all streams together. Node's 10 would refuse a few large uploads at a time.
    maxSessionMemory: 1000,
  })
  session.once('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW))
  return session
}

/** Bytes of request headers that a server takes. Node gives the largest of numbers where it says nothing. */
export function longestHeaders({ remoteSettings }: ClientHttp2Session): number {
  const { maxHeaderListSize: said = NO_LIMIT } = remoteSettings
  return said === NO_LIMIT ? USUAL_LIMIT : Math.min(said, LONGEST_REQUEST)
}

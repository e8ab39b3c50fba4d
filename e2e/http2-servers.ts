/** HTTP/2 servers for the tests: one of Node's, and one that writes frames by hand, for what no good server does. */
import {
  createSecureServer,
  type Http2SecureServer,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Socket } from 'node:net'
import { createServer } from 'node:tls'
import type { Certificates } from './certificates.ts'
import { listen, portOf } from './loopback.ts'

interface Closable {
  close(): unknown
}

const opened: Closable[] = []
/** Open TCP connections, by the client's port. */
const sockets = new Map<number | undefined, Socket>()

/** Ends all servers and their connections. */
export function closeServers(): void {
  for (const socket of sockets.values()) socket.destroy()
  for (const server of opened.splice(0)) server.close()
}

async function open(server: Http2SecureServer | ReturnType<typeof createServer>): Promise<string> {
  opened.push(server)
  server.on('connection', (socket: Socket) => {
    const { remotePort } = socket
    sockets.set(remotePort, socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(remotePort))
  })
  server.on('tlsClientError', () => undefined)
  await listen(server)
  return `https://localhost:${portOf(server)}`
}

const identity = (certificates: Certificates) => ({ cert: certificates.pem('server.pem'), key: certificates.pem('server.key') })

/** What a server of Node's has seen. */
export interface Served {
  readonly origin: string
  readonly server: Http2SecureServer
  readonly sessions: ServerHttp2Session[]
}

export type Answer = (stream: ServerHttp2Stream, headers: Record<string, string>, nth: number) => void

/** Node's server. `nth` counts requests from 1. */
export async function serve(certificates: Certificates, answer: Answer, options: SecureServerOptions = {}): Promise<Served> {
  const server = createSecureServer({ ...identity(certificates), maxSessionMemory: 1000, ...options })
  const sessions: ServerHttp2Session[] = []
  let count = 0
  server.on('session', (session) => {
    sessions.push(session)
    session.on('error', () => undefined)
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    answer(stream, headers as Record<string, string>, ++count)
  })
  return { origin: await open(server), server, sessions }
}

/** One connection of the server that writes frames. */
export interface Wire {
  /** Counts connections from 1. */
  readonly nth: number
  readonly socket: Socket
  frame(type: number, flags: number, stream: number, payload?: Uint8Array): void
  /** Headers of a response. `isEnd`: and no body. */
  respond(stream: number, headers?: Record<string, string>, isEnd?: boolean): void
  data(stream: number, text: string, isEnd?: boolean): void
  reset(stream: number, code: number): void
  goAway(last: number, code: number): void
  /** Ends the TCP connection with a reset. */
  cut(): void
}

const [DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY] = [0, 1, 3, 4, 6, 7] as const
const PREFACE = 24

/** A server whose connections answer each finished request by hand; `onOpen` may write in place of SETTINGS. */
export async function serveFrames(
  certificates: Certificates,
  onRequest: (wire: Wire, stream: number) => void,
  onOpen: (wire: Wire) => void = (wire) => wire.frame(SETTINGS, 0, 0),
): Promise<{ origin: string; opened: () => number }> {
  let count = 0
  const server = createServer({ ...identity(certificates), ALPNProtocols: ['h2'], noDelay: true }, (socket) => {
    const wire = wireOn(socket, ++count)
    let left = Buffer.alloc(0)
    let skipped = 0
    onOpen(wire)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      left = Buffer.concat([left, chunk])
      if (skipped === 0 && left.length < PREFACE) return
      if (skipped === 0) {
        skipped = PREFACE
        left = left.subarray(PREFACE)
      }
      while (left.length >= 9 && left.length >= 9 + left.readUIntBE(0, 3)) {
        const [length, type, flags, stream] = [left.readUIntBE(0, 3), left[3], left[4] ?? 0, left.readUInt32BE(5)]
        if (type === SETTINGS && (flags & 1) === 0) wire.frame(SETTINGS, 1, 0)
        if (type === PING && (flags & 1) === 0) wire.frame(PING, 1, 0, left.subarray(9, 17))
        if ((type === HEADERS || type === DATA) && (flags & 1) === 1) onRequest(wire, stream)
        left = left.subarray(9 + length)
      }
    })
  })
  return { origin: await open(server), opened: () => count }
}

function wireOn(socket: Socket, nth: number): Wire {
  const frame: Wire['frame'] = (type, flags, stream, payload = new Uint8Array()) => {
    const head = Buffer.alloc(9)
    head.writeUIntBE(payload.length, 0, 3)
    head[3] = type
    head[4] = flags
    head.writeUInt32BE(stream, 5)
    if (!socket.destroyed) socket.write(Buffer.concat([head, payload]))
  }
  const numbers = (...values: number[]) =>
    Buffer.concat(values.map((value) => Buffer.from(Uint32Array.of(value).buffer).swap32()))
  return {
    nth,
    socket,
    frame,
    respond: (stream, headers = {}, isEnd = false) =>
      frame(
        HEADERS,
        isEnd ? 5 : 4,
        stream,
        Buffer.concat([fieldOf(':status', '200'), ...Object.entries(headers).map(([name, value]) => fieldOf(name, value))]),
      ),
    data: (stream, text, isEnd = false) => frame(DATA, isEnd ? 1 : 0, stream, Buffer.from(text)),
    reset: (stream, code) => frame(RST_STREAM, 0, stream, numbers(code)),
    cut: () => void sockets.get(socket.remotePort)?.resetAndDestroy(),
    goAway: (last, code) => frame(GOAWAY, 0, 0, numbers(last, code)),
  }
}

/** The payload of SETTINGS: pairs of an identifier and a value (RFC 9113 section 6.5.1). */
export function settings(...pairs: (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(6 * pairs.length)
  for (const [at, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, 6 * at)
    payload.writeUInt32BE(value, 6 * at + 2)
  }
  return payload
}

/** RFC 7541 section 6.2.2: a literal field without indexing, its name too, neither of them Huffman-coded. */
function fieldOf(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0), textOf(name), textOf(value)])
}

/** Section 5.1: a length below 127 is one byte. */
function textOf(text: string): Buffer {
  if (text.length > 126) throw new Error('a longer length takes more bytes')
  return Buffer.concat([Buffer.of(text.length), Buffer.from(text, 'latin1')])
}

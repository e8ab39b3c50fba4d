/** How a socket is asked for whose ALPN may choose h2. */
import type { Http2Socket } from './http2-socket.ts'

/** How undici asks for a socket. */
export type Connect = (
  options: { readonly protocol: string; readonly host: string; readonly hostname: string; readonly port: string },
  callback: (error: Error | null, socket: ConnectedSocket | null) => void,
) => void

/** A connector that tells what Node's TLS throws, for a key that it cannot read for instance. */
export function telling(connect: Connect): Connect {
  return (options, callback) => {
    try {
      connect(options, callback)
    } catch (error) {
      callback(error as Error, null)
    }
  }
}

/** A connected socket, and what ALPN has chosen. */
export interface ConnectedSocket extends Http2Socket {
  readonly alpnProtocol?: string | false | null
}

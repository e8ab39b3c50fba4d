/** Connections through a proxy's tunnel: CONNECT (RFC 9110 section 9.3.6), then TLS inside. What undici's ProxyAgent does, with a choice of ALPN. */
import type { Dispatcher, Pool } from 'undici'
import type { Connect } from './http2-connect.ts'
import { coded } from './http2-errors.ts'

/** What a proxy is asked with. */
export interface Tunnel {
  /** A pool of undici to the proxy. */
  readonly proxy: Pool
  /** `Proxy-Authorization`, where the proxy's URL has a user. */
  readonly token: string | undefined
}

/** Opens connections through a proxy, and hands them to a connector that does TLS on them. */
export function throughTunnel({ proxy, token }: Tunnel, secure: Connect): Connect {
  return (options, callback) => {
    const { host, hostname, port } = options
    const headers = { host, 'proxy-connection': 'keep-alive', ...(token === undefined ? {} : { 'proxy-authorization': token }) }
    const path = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port || '443'}`
    const opened = ({ statusCode, socket }: Dispatcher.ConnectData) => {
      const answer: typeof callback = (error, secured) => {
        if (error) socket.on('error', () => undefined).destroy()
        callback(error, secured)
      }
      if (statusCode === 200) secure({ ...options, httpSocket: socket } as never, answer)
      else answer(coded('UND_ERR_ABORTED', `Proxy response (${statusCode}) !== 200`), null)
    }
    const failed = (error: Error & { code?: unknown }) => {
      const isLate = error.code === 'UND_ERR_HEADERS_TIMEOUT'
      callback(isLate ? coded('UND_ERR_CONNECT_TIMEOUT', 'no answer to CONNECT') : error, null)
    }
    proxy.connect({ path, headers }).then(opened, failed)
  }
}

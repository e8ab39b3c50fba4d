/** Servers of the e2e tests on loopback, each on a free port. */
import type { Server as HTTPServer } from 'node:http'
import type { AddressInfo, Server } from 'node:net'

/** Lets a server listen, and gives its origin, as of http. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${portOf(server)}`
}

/** The port of a server that listens. */
export function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port
}

/** Closes a server, and the connections that are open. */
export function shut(server: Server): void {
  // The cast: a server of node:net has no such method.
  ;(server as Partial<HTTPServer>).closeAllConnections?.()
  server.close()
}

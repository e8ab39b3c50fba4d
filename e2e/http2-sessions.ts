/** What each spec of HTTP/2 begins with: certificates, sessions that trust them, and the end of all servers after each test. */
import { rmSync } from 'node:fs'
import { createSession, type Session, type SessionOptions } from 'sessionfetch'
import { afterAll, afterEach } from 'vitest'
import { makeCertificates } from './certificates.ts'
import { closeServers } from './http2-servers.ts'

/** Makes the certificates of a spec, and what opens a session over HTTP/2 to a server that has them. */
export function overHTTP2() {
  const certificates = makeCertificates()
  afterEach(closeServers)
  afterAll(() => rmSync(certificates.folder, { recursive: true, force: true }))
  return {
    certificates,
    open: (baseURL: string, options: SessionOptions = {}): Session =>
      createSession({ baseURL, pool: { http2: true }, tls: { ca: certificates.pem('ca.pem') }, ...options }),
  }
}

/** Certificates for the e2e tests, made with openssl: an authority, a server, a client, and two that are wrong. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificates {
  readonly folder: string
  /** The PEM text of `name.pem` or `name.key`. */
  pem(file: string): string
  path(file: string): string
}

export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'sessionfetch-tls-'))
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=test authority',
  )
  const sign = (name: string, hosts: string, ...dates: string[]) => {
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${hosts}\n`)
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    const request = ['-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', `${name}.pem`]
    openssl('x509', '-req', ...request, '-extfile', `${name}.ext`, ...dates)
  }
  sign('server', 'DNS:localhost,IP:127.0.0.1', '-days', '2')
  sign('client', 'DNS:client', '-days', '2')
  sign('elsewhere', 'DNS:elsewhere.example', '-days', '2')
  sign('expired', 'DNS:localhost,IP:127.0.0.1', '-days', '-1')
  openssl('rsa', '-aes256', '-in', 'client.key', '-out', 'locked.key', '-passout', 'pass:secret')
  return { folder, pem: (file) => readFileSync(join(folder, file), 'utf8'), path: (file) => join(folder, file) }
}
